package schema

import "testing"

func TestIsSecretKey(t *testing.T) {
	for want, names := range map[secretName][]string{
		namesSecret: {
			"password", "db_password", "PASSWORD", "passwd", "db.passwd", "passphrase", "pass", "smtp_pass", "userpass", "pwd", "dbPwd", "pw", "db_pw", "rootpw",
			"secret", "client-secret", "token", "github_token", "accessToken", "api_key", "apikey", "x-api-key", "access_key", "private_key", "auth-key",
			"signing_key", "encryption-key", "session_key", "ssh_key", "sshKey", "license_key", "licence-key", "master_key", "deploy_key", "account_key", "shared-key",
			"cookie", "session_cookie", "cookies", "creds", "aws_creds", "credential", "credentials", "jwt", "auth_jwt", "otp", "totp", "psk", "passcode",
			"webhook", "slack_webhook", "webhook_url", "dsn", "sentry_dsn", "connection_string", "connectionString", "conn-str", "authorization", "bearer",
		},
		suggestsSecret: {"max_tokens", "token_limit", "secret_rotation_days", "secrets", "tokens", "token_refresh", "secret_mode", "use_token_store", "password_min_length", "api_key_count", "credential_ttl"},
		namesNone: {
			"name", "key", "keys", "keywords", "author", "authors", "repository", "homepage", "tokenizer", "tokenize", "key_count", "keymap", "sort_key", "cache-key", "primary_key",
			"public_key", "ssh_public_key", "ssh_keys", "bypass", "compass", "multipass", "two_pass", "passthrough", "passes", "cookie_domain", "cookie_name", "hooks", "webhooks_enabled",
			"monkey", "hockey", "turkey", "host_keyboard", "pin", "user", "url", "hash", "signature", "dsnames", "otpauth", "",
		},
	} {
		for _, name := range names {
			if got := secretNameOf(name); got != want {
				t.Errorf("%q: got %d, want %d", name, got, want)
			}
		}
	}
}

func TestHasSecretText(t *testing.T) {
	for _, text := range []string{
		"Bearer abc123", "bearer eyJhbGciOiJIUzI1NiJ9.e30.x1", "Basic dXNlcjpwYXNz", "Authorization: Basic X", "X-Api-Key: hunter2", "Token hunter2",
		"-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----\nx", "cert:\n-----BEGIN OPENSSH PRIVATE KEY-----\nx", "-----BEGIN PGP PRIVATE KEY BLOCK-----",
		"jdbc:mysql://h/db?user=a&password=X", "jdbc:sqlserver://h:1433;databaseName=x;user=a;password=X", "jdbc:oracle:thin:scott/tiger@//h:1521/s", "jdbc:postgresql://u:p@h/db", "git::https://u:p@h/r.git",
		"Server=h;User Id=a;Password=X;", "host=h user=a password=X dbname=d", "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=Zm9v==", "curl --token=hunter2 https://h/", "GITHUB_TOKEN=abc make",
		"see https://u:X@h/ for more", "1https://u:X@h/", "(http://h/?token=zz)", "fetch https://TOKEN@github.com/x.git now", "ghp_abcdefghij1234567890", "key sk-proj-abcdefgh12345678 of the team",
		`{"password":"x"}`, `[{"headers":{"a":"x"}}]`,
		"Authorization: Bearer +abc/1", "Bearer +abc/1", "password: token $ecret", "X-Api-Key: Basic ^abc",
		"curl -H 'Authorization: Bearer abc123' https://h/", `curl --header="X-Api-Key: hunter2" h`, "sh -c `curl -H \"Authorization: token $A\" -H 'Cookie: a=b'`",
	} {
		if !hasSecretText(text) {
			t.Errorf("%q has a secret", text)
		}
	}
	for _, text := range []string{
		"", "bearer", "Bearer token", "Bearer tokens are sent", "Basic usage", "Basic configuration", "basic", "Token count", "https://github.com/x", "see https://github.com/x/y#readme.", "the password of a user", "token: the name of it",
		"-----BEGIN PUBLIC KEY-----\nMIIE", "-----BEGIN CERTIFICATE-----", `-----BEGIN[ A-Z0-9_-]{0,100}PRIVATE KEY`, "Server=h;User Id=a;", "password=${PASSWORD}", "--token=$TOKEN", "--password=", "export TOKEN=$(cat f)",
		"--token-file=/run/x", "max_tokens=500", "--cov-report=term-missing", `(?i)(?:token|secret)\s*=\s*["'][a-z]{20,}`, `password\s*=\s*x`, "jdbc:h2:mem:test", "a@b.example", "git@github.com:x/y.git", "ssh://git@h/r",
		"Authorization: Bearer ${TOKEN}", `curl -H "Authorization: Bearer $TOKEN" https://h/`, "curl -H 'Accept: text/plain' h", "don't say token: abc, it's wrong", `'token: the name of it'`,
		`{"name":"x"}`, `[tool"`, ":year/://x", "://", "a ://u:p@h", "1://x", ":///", "-://h", "a.b://", "/:year/:month/", "://://://", "x=://", "_://u@h", "[a-z]{3}", "x = 1; y = 2", "name@1.2.3", "node --max-old-space-size=4096", "key=value",
	} {
		if hasSecretText(text) {
			t.Errorf("%q has no secret", text)
		}
	}
}

// TestCutSecrets cuts all texts of five characters out of six, and a few around each: the
// parts together are the text.
func TestCutSecrets(t *testing.T) {
	const characters = ":/a@?="
	var cut func(s string)
	cut = func(s string) {
		if len(s) == 5 {
			for _, text := range []string{s, s + "://h", "see 1" + s + "#key=x"} {
				if a, _ := cutSecrets(text); a.String() != text {
					t.Fatalf("%q: got %q", text, a.String())
				}
			}
			return
		}
		for i := range characters {
			cut(s + characters[i:i+1])
		}
	}
	cut("")
}
