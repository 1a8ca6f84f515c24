package schema

import (
	"encoding/base64"
	"strings"

	"realmconf/schema/tree"
)

// hasSecretText reports whether a text has a secret in it that its form gives away: a
// private key, the value of a header that proves who asks, such a header in a command, JSON with a secret, a key of a
// well-known service, a URL with a password, or the assignment of a password as in the
// connection string of a database.
func hasSecretText(s string) bool {
	if len(s) < minSecretText {
		return false
	}
	return hasPrivateKey(s) || isProof(s) || hasQuotedHeader(s) || hasSecretWords(s) || isOracleLogin(s) || hasSecretInJSON(s)
}

// minSecretText is the length of the shortest text that hasSecretText examines.
const minSecretText = 6

// hasSecretInJSON reports whether a text is JSON that has a secret.
func hasSecretInJSON(s string) bool {
	if !isJSON(s) {
		return false
	}
	v, err := tree.Decode([]byte(s))
	return err == nil && mayHoldSecret(v, false)
}

// hasPrivateKey reports whether a text has the first line of a private key in PEM.
func hasPrivateKey(s string) bool {
	for {
		_, rest, found := strings.Cut(s, "-----BEGIN ")
		if !found {
			return false
		}
		label, _, _ := strings.Cut(rest, "-----")
		if strings.Contains(label, "PRIVATE KEY") && strings.Trim(label, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ") == "" {
			return true
		}
		s = rest
	}
}

// isProof reports whether a text is the value of the header Authorization, or a header
// whose name says that it is a secret.
func isProof(s string) bool {
	s = strings.TrimSpace(s)
	if name, value, has := strings.Cut(s, ": "); has && isWord(name) && secretNameOf(name) == namesSecret && strings.Count(strings.TrimSpace(value), " ") <= 1 {
		value = strings.TrimSpace(value)
		if scheme, proof, has := strings.Cut(value, " "); has && isScheme(scheme) && strings.HasSuffix(strings.ToLower(name), "authorization") {
			return isGivenProof(proof)
		}
		return isGiven(value)
	}
	scheme, proof, has := strings.Cut(s, " ")
	if !has || proof == "" || strings.ContainsAny(proof, " \t\n") || isReference(proof) {
		return false
	}
	switch strings.ToLower(scheme) {
	case "bearer", "token":
		return strings.Trim(proof, "abcdefghijklmnopqrstuvwxyz") != "" && isGivenProof(proof)
	case "basic":
		plain, err := base64.StdEncoding.DecodeString(proof)
		return err == nil && strings.Contains(string(plain), ":") || isStandIn(proof)
	}
	return false
}

// isGivenProof is isGiven of what follows a scheme, which may begin with "+" as base64 does.
func isGivenProof(proof string) bool { return isGiven(strings.TrimLeft(proof, "+")) }

// isScheme reports whether a word is a scheme of the header Authorization.
func isScheme(word string) bool {
	switch strings.ToLower(word) {
	case "bearer", "token", "basic":
		return true
	}
	return false
}

// hasQuotedHeader reports whether a text has a header with a secret in quotation marks, as
// the command curl -H 'Authorization: Bearer …' has it.
func hasQuotedHeader(s string) bool {
	if !strings.Contains(s, ": ") {
		return false
	}
	isQuote := func(r rune) bool { return r == '"' || r == '\'' || r == '`' }
	for part := range strings.FieldsFuncSeq(s, isQuote) {
		if strings.Contains(part, ": ") && isProof(part) {
			return true
		}
	}
	return false
}

// isOracleLogin reports whether a text is an address of the driver for Oracle that has a
// user's name and password before the "@".
func isOracleLogin(s string) bool {
	login, _, has := strings.Cut(s, "@")
	return has && strings.HasPrefix(s, "jdbc:oracle:") && strings.Contains(login, "/")
}

// hasSecretWords reports whether a word of a text is a key of a well-known service, a URL
// with a secret part, or an assignment to a name that says secret.
func hasSecretWords(s string) bool {
	isBetween := func(r rune) bool { return r <= ' ' || strings.ContainsRune("\"'`<>()", r) }
	for word := range strings.FieldsFuncSeq(s, isBetween) {
		if LooksLikeKey(strings.TrimRight(word, ".,;:")) || hasURL(word) || assignsSecret(word) {
			return true
		}
	}
	return false
}

// hasURL reports whether a word ends in a URL that has a secret part; another scheme may
// be before its own.
func hasURL(word string) bool {
	colon := strings.Index(word, "://")
	if colon < 0 {
		return false
	}
	start := colon
	for start > 0 && (isAlphanumeric(word[start-1]) || strings.IndexByte("+-.", word[start-1]) >= 0) {
		start--
	}
	for start < colon && !isLetter(word[start]) { // a scheme begins with a letter
		start++
	}
	return isURL(word[start:]) && cutSecretURL(word[start:]).hasSecret()
}

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

// assignsSecret reports whether a word has name=value in it, with a name that is that of a
// secret.
func assignsSecret(word string) bool {
	if !strings.Contains(word, "=") {
		return false
	}
	for part := range strings.FieldsFuncSeq(word, func(r rune) bool { return strings.ContainsRune(";&?", r) }) {
		name, value, has := strings.Cut(part, "=")
		name = strings.TrimLeft(name, "-")
		if has && isWord(name) && secretNameOf(name) == namesSecret && isGiven(value) {
			return true
		}
	}
	return false
}

// isWord reports whether a text is a name of letters, digits, "_", "-" and ".".
func isWord(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r >= 0x80 || !isAlphanumeric(byte(r)) && !strings.ContainsRune("_-.", r)
	})
}

// isGiven reports whether the value of an assignment is itself there: it is no reference
// to a variable, no expression of a shell or a template, and no regular expression.
func isGiven(value string) bool {
	return value != "" && !isReference(value) && !strings.ContainsAny(value[:1], `$%{[(\|^?+`)
}
