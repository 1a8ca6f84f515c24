package tree

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Pointer is a JSON Pointer (RFC 6901): the reference tokens from the root to a
// value, unescaped. The zero value points to the root.
type Pointer []string

// Limits of a pointer that a client gives. No configuration has a place that is
// longer or deeper, and what looks for one takes time for each token.
const (
	// MaxPointer is how many bytes it may have: twice those of a text, because each
	// byte of a key may be one that is escaped.
	MaxPointer = 2 << 20
	// maxTokens leaves room for pointers that lead a little deeper than a value may
	// be, which have errors of their own.
	maxTokens = 2 * MaxDepth
)

// ParsePointer reads a JSON Pointer in its string form. The error shows what a
// pointer looks like, with the one that was probably intended.
func ParsePointer(s string) (Pointer, error) {
	if s == "" {
		return nil, nil
	}
	if len(s) > MaxPointer {
		return nil, fmt.Errorf("a path of %d bytes leads to no place: it has at most %d; read the part above", len(s), MaxPointer)
	}
	if count := strings.Count(s, "/"); count > maxTokens {
		return nil, fmt.Errorf("path %.200q has %d levels and leads to no place: there are at most %d", s, count, MaxDepth)
	}
	if s[0] != '/' {
		return nil, fmt.Errorf("path %.200q must start with \"/\": try %.200q", s, nearestPointer(s))
	}
	tokens := strings.Split(s[1:], "/")
	for i, t := range tokens {
		u, ok := unescape(t)
		if !ok {
			return nil, fmt.Errorf("path %.200q: \"~\" must be followed by 0 or 1 (\"~0\" stands for \"~\", \"~1\" for \"/\")", s)
		}
		tokens[i] = u
	}
	return tokens, nil
}

// longestGuess is how much of a path nearestPointer looks at: an error shows less.
const longestGuess = 1000

// nearestPointer guesses the pointer that was intended by another path. People
// and models write dotted paths first, some with an index in brackets, some with
// the root of JSONPath ("$") or of URIs ("#").
func nearestPointer(s string) string {
	s = s[:min(len(s), longestGuess)]
	s = strings.TrimLeft(s, "$#")
	separator := "/"
	if !strings.Contains(s, separator) {
		separator = "."
		s = strings.NewReplacer("[", ".", "]", "").Replace(s)
	}
	s = strings.TrimPrefix(s, separator)
	if s == "" {
		return ""
	}
	if p, err := ParsePointer("/" + s); err == nil && separator == "/" {
		return p.String()
	}
	return Pointer(strings.Split(s, separator)).String()
}

func unescape(token string) (string, bool) {
	if !strings.Contains(token, "~") {
		return token, true
	}
	var b strings.Builder
	for i := 0; i < len(token); i++ {
		if token[i] != '~' {
			b.WriteByte(token[i])
			continue
		}
		i++
		switch {
		case i == len(token):
			return "", false
		case token[i] == '0':
			b.WriteByte('~')
		case token[i] == '1':
			b.WriteByte('/')
		default:
			return "", false
		}
	}
	return b.String(), true
}

// String returns the pointer in its string form, "" for the root.
func (p Pointer) String() string {
	var b strings.Builder
	length := len(p)
	for _, t := range p {
		length += len(t)
	}
	b.Grow(length)
	for _, t := range p {
		b.WriteByte('/')
		writeEscaped(&b, t)
	}
	return b.String()
}

// writeEscaped writes a token with ~ as ~0 and / as ~1. A strings.Replacer makes a table
// for it, which takes more time than the few pointers of a command.
func writeEscaped(b *strings.Builder, token string) {
	for i := strings.IndexAny(token, "~/"); i >= 0; i = strings.IndexAny(token, "~/") {
		b.WriteString(token[:i])
		if token[i] == '~' {
			b.WriteString("~0")
		} else {
			b.WriteString("~1")
		}
		token = token[i+1:]
	}
	b.WriteString(token)
}

// Child returns the pointer one token further down. p is not changed.
func (p Pointer) Child(token string) Pointer {
	return append(slices.Clip(p), token)
}

// Index returns the pointer to entry i of the list at p. p is not changed.
func (p Pointer) Index(i int) Pointer { return p.Child(strconv.Itoa(i)) }

// HasPrefix reports whether the pointer leads to prefix, or to a place inside
// it.
func (p Pointer) HasPrefix(prefix Pointer) bool {
	return len(p) >= len(prefix) && slices.Equal(p[:len(prefix)], prefix)
}

// Overlaps reports whether one of two pointers leads to the other, or to a
// place inside it.
func (p Pointer) Overlaps(q Pointer) bool { return p.HasPrefix(q) || q.HasPrefix(p) }

// Get follows a pointer into a value. If there is no value at its end, ok is
// false and depth is the number of tokens that lead to a value.
func (p Pointer) Get(v any) (value any, depth int, ok bool) {
	for i, t := range p {
		switch c := v.(type) {
		case map[string]any:
			e, has := c[t]
			if !has {
				return nil, i, false
			}
			v = e
		case []any:
			n, isIndex := ArrayIndex(t)
			if !isIndex || n >= len(c) {
				return nil, i, false
			}
			v = c[n]
		default:
			return nil, i, false
		}
	}
	return v, len(p), true
}

// ArrayIndex reads a token as a list index (RFC 6901, section 4): digits without a leading zero.
func ArrayIndex(token string) (int, bool) {
	if token == "" || len(token) > 9 || (len(token) > 1 && token[0] == '0') {
		return 0, false
	}
	for _, c := range []byte(token) {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(token)
	return n, err == nil
}
