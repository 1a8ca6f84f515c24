package schema

import "strings"

// address is a text that may be a URL, cut by the syntax of RFC 3986, appendix
// B. The five parts together are the text, byte for byte.
//
// Programs differ in how they read what is no URL. Where some would find a
// userinfo that this cut does not, the address is opaque.
type address struct {
	before   string // what stands before the userinfo
	userinfo string
	between  string // from the "@", or where it would stand, up to and with the "?"
	query    string
	fragment string // with its "#"

	opaque bool // it may hold a secret at a place that cannot be told
}

// cutAddress cuts a text. One without scheme and "//" is read as git and curl
// read it: the userinfo is in what stands before the first slash.
func cutAddress(s string) address {
	hash := before(s, '#')
	mark := before(s[:hash], '?')
	query := min(mark+1, hash)
	hier := s[:mark] // what RFC 3986 calls the hierarchical part, with the scheme

	start := schemeEnd(hier)
	end := start
	switch {
	case strings.HasPrefix(hier[start:], "//"):
		start += 2
		end = start + before(hier[start:], '/')
	case start == 0:
		end = before(hier, '/')
	}
	a := address{before: s[:start], between: s[start:query], query: s[query:hash], fragment: s[hash:]}
	if at := strings.LastIndexByte(hier[start:end], '@'); at >= 0 {
		a.userinfo, a.between = s[start:start+at], s[start+at:query]
	}
	if strings.Contains(s, "@") {
		a.opaque = suspect(a, hier[start:end], hier[end:])
	}
	return a
}

// suspect reports whether an "@" stands where it may end a userinfo all the
// same: a password's "/", "?" or "#" may be what ended the authority. An "@" in
// the path of a plain host, or in the query after a path, is common and means
// nothing.
func suspect(a address, authority, path string) bool {
	later := strings.Contains(path, "@") || strings.Contains(a.fragment, "@")
	inQuery := strings.Contains(a.query, "@")
	switch {
	case a.userinfo != "":
		return later || path == "" && inQuery || strings.ContainsFunc(authority+path, odd)
	case authority == "":
		return later // some programs read the path for it
	case !isHost(authority):
		return later || inQuery
	case strings.Contains(authority, ":") || a.before == "":
		return later || path == "" && inQuery
	default:
		return path == "" && (later || inQuery)
	}
}

// isHost reports whether this is a host, with or without a port.
func isHost(authority string) bool {
	host := authority
	if i := strings.LastIndexByte(authority, ':'); i >= 0 && !strings.HasSuffix(authority, "]") {
		if strings.Trim(authority[i+1:], "0123456789") != "" {
			return false
		}
		host = authority[:i]
	}
	if inner, ok := strings.CutPrefix(host, "["); ok {
		return strings.HasSuffix(inner, "]") // an IPv6 address
	}
	return !strings.ContainsFunc(host, func(r rune) bool {
		return r < 0x80 && !alphanumeric(byte(r)) && r != '-' && r != '.'
	})
}

// odd is the characters that some programs strip from a URL, or take for a
// slash.
func odd(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' }

// schemeEnd is the index after the scheme and its colon, 0 where there is none.
func schemeEnd(s string) int {
	for i, c := range []byte(s) {
		switch {
		case c == ':' && i > 0:
			return i + 1
		case alphanumeric(c) && (i > 0 || c > '9'):
		case i > 0 && strings.IndexByte("+-.", c) >= 0:
		default:
			return 0
		}
	}
	return 0
}

// isURL reports whether a text has a scheme and an authority, or would have
// them for a program that is generous.
func isURL(s string) bool {
	s = strings.TrimLeftFunc(s, odd)
	rest := s[schemeEnd(s):]
	return len(rest) < len(s) && len(rest) >= 2 && strings.Trim(rest[:2], `/\`) == ""
}

// before is the length of what stands before the first c.
func before(s string, c byte) int {
	if i := strings.IndexByte(s, c); i >= 0 {
		return i
	}
	return len(s)
}

// String is the text that was cut.
func (a address) String() string { return a.before + a.userinfo + a.between + a.query + a.fragment }

// part is a secret part, and whether there is one.
func (a address) part(part Part) (string, bool) {
	switch part {
	case Address:
		return a.String(), a.opaque
	case Userinfo:
		return a.userinfo, !a.opaque && a.userinfo != ""
	case Query:
		return a.query, !a.opaque && a.query != ""
	}
	return "", false
}

// guarded reports whether there is any secret part.
func (a address) guarded() bool { return a.opaque || a.userinfo != "" || a.query != "" }
