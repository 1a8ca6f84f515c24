package schema

import (
	"slices"
	"strings"
	"unicode"
)

// secretName is what the name of a key says about its value.
type secretName int

const (
	namesNone      secretName = iota
	suggestsSecret            // it has a word such as token or secret, as token_limit and secret_mode: a text is a secret, a number is not
	namesSecret               // it is the name of a secret, as password and github_token: a number is one, too
)

// secretNameOf returns what the name of a key says.
func secretNameOf(name string) secretName {
	words := wordsOf(name)
	plain := strings.Join(words, "")
	hasWord := hasSecretWord(plain) || strings.Contains(plain, "token") && !strings.Contains(plain, "tokeniz")
	switch {
	case slices.ContainsFunc(words, isPublicWord) && !hasWord:
		return namesNone
	case !isQuantity(words) && endsAsSecret(words, plain):
		return namesSecret
	case hasWord:
		return suggestsSecret
	}
	return namesNone
}

// isSecretKey reports whether the name of a key says that its value is a secret.
func isSecretKey(name string) bool { return secretNameOf(name) != namesNone }

// hasSecretWord reports whether a name in lower case, without signs between its words, has
// a word that says secret wherever it is.
func hasSecretWord(plain string) bool {
	return slices.ContainsFunc([]string{
		"secret", "password", "passwd", "passphrase", "apikey", "accesskey", "privatekey", "authkey", "signingkey", "encryptionkey", "authorization", "credential",
	}, func(word string) bool { return strings.Contains(plain, word) })
}

// endsAsSecret reports whether the end of a name is that of a secret. An "s" more is many
// secrets where a text or a table has them, and a count where a number has.
func endsAsSecret(words []string, plain string) bool {
	switch words[len(words)-1] {
	case "pw", "pwd", "psk", "jwt", "otp", "totp", "dsn", "creds", "cookie", "cookies", "bearer", "webhook", "passcode", "credentials":
		return true
	case "pass":
		return len(words) == 1 || !isPassCount(words[len(words)-2])
	case "url", "uri":
		return len(words) > 1 && words[len(words)-2] == "webhook" || strings.HasSuffix(plain, "webhookurl")
	}
	if isWordWithPass(plain) {
		return false
	}
	return slices.ContainsFunc([]string{
		"secret", "token", "password", "passwd", "passphrase", "pass", "pwd", "dbpw", "rootpw", "userpw", "adminpw", "bindpw", "authorization", "credential", "connectionstring", "connstring", "connstr",
		"apikey", "accesskey", "privatekey", "authkey", "signingkey", "signkey", "encryptionkey", "decryptionkey", "sessionkey", "sshkey", "gpgkey", "pgpkey", "aeskey", "hmackey", "licensekey", "licencekey",
		"masterkey", "deploykey", "accountkey", "storagekey", "sharedkey", "servicekey", "adminkey", "writekey", "webhookkey", "secretkey",
	}, func(end string) bool { return strings.HasSuffix(plain, end) })
}

// isPassCount reports whether a pass after this word is a run over something.
func isPassCount(word string) bool {
	switch word {
	case "one", "two", "single", "multi", "first", "second", "last", "final", "by", "per", "lto":
		return true
	}
	return false
}

// isWordWithPass reports whether a name ends in a word of the language that ends in pass.
func isWordWithPass(plain string) bool {
	return slices.ContainsFunc([]string{"bypass", "compass", "multipass", "encompass", "surpass", "trespass", "overpass", "underpass", "onepass", "twopass", "singlepass"},
		func(word string) bool { return strings.HasSuffix(plain, word) })
}

// isPublicWord reports whether a word says that the value may be read by everybody.
func isPublicWord(word string) bool { return word == "public" || word == "pub" }

// isQuantityName reports whether the name of a key says that its value is a quantity.
func isQuantityName(name string) bool { return isQuantity(wordsOf(name)) }

// isQuantity reports whether a word of a name says that its value is a quantity, or a
// time: max_token is no token.
func isQuantity(words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool {
		switch word {
		case "max", "min", "maximum", "minimum", "limit", "count", "number", "num", "size", "length", "len", "total", "budget", "window", "rate", "per", "interval", "timeout",
			"ttl", "age", "days", "hours", "minutes", "mins", "seconds", "secs", "ms", "millis", "expiry", "expires", "expiration", "lifetime", "rotation", "retries", "attempts",
			"port", "version", "index", "level", "priority", "weight", "ratio", "cost", "price":
			return true
		}
		return false
	})
}

// secretsBelow says what is secret in a table because of the table's name.
type secretsBelow int

const (
	belowNone    secretsBelow = iota
	belowDirect               // texts directly in it
	belowAtDepth              // texts in it and in tables and lists in it
)

// secretsBelowName returns what is secret in a table of a name: variables of an
// environment, headers, and what a person logs in with. Under keys, tables have other
// meanings: those of [keys.normal] are bindings of keys.
func secretsBelowName(name string) secretsBelow {
	words := wordsOf(name)
	if n := len(words); n > 1 && (words[n-1] == "vars" || words[n-1] == "variables") {
		words = words[:n-1]
	}
	switch words[len(words)-1] {
	case "env", "setenv", "environment", "headers", "auth":
		return belowAtDepth
	case "keys":
		if len(words) == 1 {
			return belowDirect
		}
	}
	return belowNone
}

// wordsOf returns the words of a key's name in lower case, at least one: extra-headers,
// extra_headers and extraHeaders have two.
func wordsOf(name string) []string {
	var b strings.Builder
	wasLower := false
	for _, r := range name {
		if wasLower && unicode.IsUpper(r) {
			b.WriteByte(' ')
		}
		wasLower = unicode.IsLower(r)
		if strings.ContainsRune("_-.", r) {
			r = ' '
		}
		b.WriteRune(unicode.ToLower(r))
	}
	if words := strings.Fields(b.String()); len(words) > 0 {
		return words
	}
	return []string{""}
}
