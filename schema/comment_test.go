package schema

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestHideSecrets(t *testing.T) {
	for comment, want := range map[string]string{
		"": "",
		" Never change this: audited every week.": " Never change this: audited every week.",
		" see https://docs.example/a/b":           " see https://docs.example/a/b",
		" port = 8080 # of the proxy":             " port = 8080 # of the proxy",
		" enabled = true":                         " enabled = true",
		` api_key = "sk-abc"`:                     " api_key = (not shown)",
		` model = "gpt"`:                          " model = (not shown)",
		" pin = 1234":                             " pin = (not shown)",
		" realm.r.auth.a.secret = 1234":           " realm.r.auth.a.secret = (not shown)",
		"a=b":                                     "a= (not shown)",
		" password: hunter2":                      " password (not shown)",
		" password:hunter2 of the shop":           " password (not shown)",
		" the password is hunter2":                " the password (not shown)",
		" ask Ann for the password":               " ask Ann for the password",
		` "hunter2",`:                             " (not shown)",
		" 'hunter2'":                              " (not shown)",
		" sk-ant-api03-abcdef12 was ours":         " (not shown) was ours",
		" (ghp_0123456789abcdefghij)":             " (not shown)",
		" old: https://u:p@h.example/":            " old: (not shown)",
		" 6a0f1c5e9b2d4f708192a3b4c5d6e7f8":       " (not shown)",
		" abcdefghijklmnopqrstuvwxyzabcdef":       " (not shown)",
		" AbCdEfGhIjKlMnOpQr":                     " (not shown)",
		" 4111111111111111":                       " (not shown)",
		" 設定を変更しないこと":                             " 設定を変更しないこと",
		" [tools.mcp_servers.env]":                " [tools.mcp_servers.env]",
		" headers = { A = \"x\" }":                " headers = (not shown)",
		"-----BEGIN PRIVATE KEY-----":             "-----BEGIN PRIVATE KEY-----",
		" internationalization of the dashboard":  " internationalization of the dashboard",
		" since 2026-11-27T10:00:00Z":             " since 2026-11-27T10:00:00Z",
	} {
		if got := HideSecrets(comment); got != want {
			t.Errorf("%q: got %q, want %q", comment, got, want)
		}
	}
}

// TestHideSecrets_drawn hides a random text in each place where a secret may be.
func TestHideSecrets_drawn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`[A-Za-z0-9]{20}[0-9][a-z]`).Draw(t, "secret")
		around := rapid.SampledFrom([]string{"%", " % of the shop", ` x = "%"`, " password: %", "(%)", " a,%,b", " https://%@h/", " 'x', '%'", " key % x"}).Draw(t, "around")
		if got := HideSecrets(strings.ReplaceAll(around, "%", secret)); strings.Contains(got, secret) {
			t.Fatalf("got %q", got)
		}
	})
}
