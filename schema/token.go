package schema

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"realmconf/schema/tree"
)

// TokenPrefix is the start of the text of every Token.
const TokenPrefix = tokenName + ":"

// tokenName is in the text of every token, also where that is percent-encoded.
const tokenName = "realmconf-secret"

// Token refers to a secret without its value: it names the generation whose
// configuration has the secret, and the place in it.
type Token struct {
	Generation uint64
	Path       tree.Pointer
}

// String returns the token as clients see it: realmconf-secret:<generation>:<pointer>.
func (t Token) String() string {
	return TokenPrefix + strconv.FormatUint(t.Generation, 10) + ":" + t.Path.String()
}

// ParseToken reads the texts that String returns, and no others: a generation
// without sign and leading zeros, and a pointer in UTF-8 that is not empty and not
// deeper than a configuration can be.
func ParseToken(s string) (Token, bool) {
	rest, ok := strings.CutPrefix(s, TokenPrefix)
	if !ok {
		return Token{}, false
	}
	number, pointer, _ := strings.Cut(rest, ":")
	generation, err := strconv.ParseUint(number, 10, 64)
	if err != nil || strconv.FormatUint(generation, 10) != number || !utf8.ValidString(pointer) {
		return Token{}, false
	}
	p, err := tree.ParsePointer(pointer)
	if err != nil || len(p) == 0 || len(p) > tree.MaxDepth {
		return Token{}, false
	}
	return Token{generation, p}, true
}

// IsToken reports whether a text is a token, plain or encoded for an address.
func IsToken(s string) bool {
	_, plain := ParseToken(s)
	_, inAddress := parseEncoded(s)
	return plain || inAddress
}

// encoded returns a token's text in a form that is legal in every part of a URL that
// may be secret (RFC 3986, sections 3.2.1 and 3.3 to 3.5): all but the unreserved characters are
// percent-encoded.
func encoded(token string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(token) {
		if isAlphanumeric(c) || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

// encodedPrefix is encoded(TokenPrefix).
const encodedPrefix = "realmconf-secret%3A"

// ReplaceTokens returns a text in which by has replaced the tokens: the whole text
// if it is a token, and otherwise each encoded token in it.
func ReplaceTokens(s string, by func(Token) Token) string {
	if t, ok := ParseToken(s); ok {
		return by(t).String()
	}
	var b strings.Builder
	for {
		before, token, after, found := CutToken(s)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if t, ok := parseEncoded(token); ok {
			token = encoded(by(t).String())
		}
		b.WriteString(token)
		s = after
	}
}

// CutToken cuts a text before and after the first encoded token in it, or what begins
// like one. Without one, all of the text is before it.
func CutToken(s string) (before, token, after string, found bool) {
	start := strings.Index(s, encodedPrefix)
	if start < 0 {
		return s, "", "", false
	}
	end := start
	for end < len(s) && (isAlphanumeric(s[end]) || strings.IndexByte("-._~%", s[end]) >= 0) {
		end++
	}
	return s[:start], s[start:end], s[end:], true
}

// DecodeToken returns what CutToken found as it is outside of addresses: the text of a
// token, or one that a secret has before it is stored.
func DecodeToken(s string) (plain string, ok bool) {
	plain, err := url.PathUnescape(s)
	return plain, err == nil && strings.HasPrefix(plain, TokenPrefix)
}

// parseEncoded reads a token in an address. It need not be encoded as thoroughly as
// encoded does it.
func parseEncoded(part string) (Token, bool) {
	s, err := url.PathUnescape(part)
	if err != nil {
		return Token{}, false
	}
	return ParseToken(s)
}

// mention is how much of a token a text must have.
type mention int

const (
	anyMention     mention = iota // its name and a colon
	withGeneration                // its name, a colon and a digit: less may be prose
)

// mentionsToken reports whether a text contains a token, complete or not, plain
// or encoded.
func mentionsToken(s string, least mention) bool {
	const name = tokenName
	if strings.HasPrefix(s, TokenPrefix) {
		return true
	}
	for {
		i := strings.Index(s, name)
		if i < 0 {
			return false
		}
		s = s[i+len(name):]
		for _, colon := range []string{":", "%3A", "%3a"} {
			rest, ok := strings.CutPrefix(s, colon)
			if ok && (least == anyMention || rest != "" && rest[0] >= '0' && rest[0] <= '9') {
				return true
			}
		}
	}
}
