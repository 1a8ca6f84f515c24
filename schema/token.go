package schema

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"realmconf/schema/tree"
)

// TokenPrefix is what the text of every Token starts with.
const TokenPrefix = "realmconf-secret:"

// Token is a reference to a secret: neither its value nor a key to it. It says
// in which generation's configuration the secret stands, and where.
type Token struct {
	Generation uint64
	Path       tree.Pointer
}

// String is the token as clients see it: realmconf-secret:<generation>:<pointer>.
func (t Token) String() string {
	return TokenPrefix + strconv.FormatUint(t.Generation, 10) + ":" + t.Path.String()
}

// ParseToken reads what String writes, and nothing else: a generation without
// sign and leading zeros, and a pointer that can lead somewhere in a
// configuration, in UTF-8.
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

// IsToken reports whether a text is a token, as it is or as it stands in an
// address.
func IsToken(s string) bool {
	_, plain := ParseToken(s)
	_, inAddress := parseEncoded(s)
	return plain || inAddress
}

// encoded is a token's text as a legal userinfo and query (RFC 3986, sections
// 3.2.1 and 3.4): all but the unreserved characters are percent-encoded.
func encoded(token string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(token) {
		if alphanumeric(c) || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

// encodedPrefix is what the text of every token starts with in an address.
var encodedPrefix = encoded(TokenPrefix)

// ReplaceTokens is a text with other tokens: with another one if it is a token,
// or, where it is an address, in the place of each that stands in it as encoded
// writes them. Any other text is given back.
func ReplaceTokens(s string, by func(Token) Token) string {
	if t, ok := ParseToken(s); ok {
		return by(t).String()
	}
	var b strings.Builder
	for {
		i := strings.Index(s, encodedPrefix)
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		end := i
		for end < len(s) && (alphanumeric(s[end]) || strings.IndexByte("-._~%", s[end]) >= 0) {
			end++
		}
		b.WriteString(s[:i])
		if t, ok := parseEncoded(s[i:end]); ok {
			b.WriteString(encoded(by(t).String()))
		} else {
			b.WriteString(s[i:end])
		}
		s = s[end:]
	}
}

// parseEncoded reads a token that stands in an address, encoded as encoded does
// it or less.
func parseEncoded(part string) (Token, bool) {
	s, err := url.PathUnescape(part)
	if err != nil {
		return Token{}, false
	}
	return ParseToken(s)
}

// mentionsToken reports whether a text has a token in it, whole or not, as it
// is or as it stands in an address. For one that may be prose only what has a
// generation too counts.
func mentionsToken(s string, prose bool) bool {
	const name = "realmconf-secret"
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
			if ok && (!prose || rest != "" && rest[0] >= '0' && rest[0] <= '9') {
				return true
			}
		}
	}
}
