package schema

import "strings"

// address is a text that may be a URL, cut by the syntax of RFC 3986, appendix
// B. The five parts together are the text, byte for byte.
//
// Programs differ in how they read a text that is not a URL. If some of them
// would find a userinfo that this cut does not, the address is opaque.
type address struct {
	before   string // up to the userinfo
	userinfo string
	between  string // from the "@", or the place where it would be, through the "?"
	query    string
	fragment string // with its "#"

	opaque bool // it may hold a secret, and the place of the secret is not clear
}

// cutAddress cuts a text. One without scheme and "//" is read as git and curl
// read it: the userinfo is before the first slash.
func cutAddress(s string) address {
	hash := lengthBefore(s, '#')
	mark := lengthBefore(s[:hash], '?')
	query := min(mark+1, hash)
	hier := s[:mark] // the scheme and the hierarchical part of RFC 3986

	start := schemeEnd(hier)
	end := start
	switch {
	case strings.HasPrefix(hier[start:], "//"):
		start += 2
		end = start + lengthBefore(hier[start:], '/')
	case start == 0:
		end = lengthBefore(hier, '/')
	}
	a := address{before: s[:start], between: s[start:query], query: s[query:hash], fragment: s[hash:]}
	if at := strings.LastIndexByte(hier[start:end], '@'); at >= 0 {
		a.userinfo, a.between = s[start:start+at], s[start+at:query]
	}
	if strings.Contains(s, "@") {
		a.opaque = isAmbiguous(a, hier[start:end], hier[end:])
	}
	return a
}

// isAmbiguous reports whether an "@" may end a userinfo although the syntax says
// otherwise: the authority may have been cut at a password's "/", "?" or "#". An
// "@" in the path of a plain host, or in the query after a path, is common and
// means nothing.
func isAmbiguous(a address, authority, path string) bool {
	later := strings.Contains(path, "@") || strings.Contains(a.fragment, "@")
	inQuery := strings.Contains(a.query, "@")
	switch {
	case a.userinfo != "":
		return later || path == "" && inQuery || strings.ContainsFunc(authority+path, isOdd)
	case authority == "":
		return later // some programs read the path as the authority
	case !isHost(authority):
		return later || inQuery
	case strings.Contains(authority, ":") || a.before == "":
		return later || path == "" && inQuery
	default:
		return path == "" && (later || inQuery)
	}
}

// isHost reports whether an authority is a host, with or without a port.
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
		return r < 0x80 && !isAlphanumeric(byte(r)) && r != '-' && r != '.'
	})
}

// isOdd reports whether some programs strip a character from a URL, or take it
// for a slash.
func isOdd(r rune) bool { return r <= ' ' || r == 0x7f || r == '\\' }

// schemeEnd returns the index after the scheme and its colon, 0 if there is no
// scheme.
func schemeEnd(s string) int {
	for i, c := range []byte(s) {
		switch {
		case c == ':' && i > 0:
			return i + 1
		case isAlphanumeric(c) && (i > 0 || c > '9'):
		case i > 0 && strings.IndexByte("+-.", c) >= 0:
		default:
			return 0
		}
	}
	return 0
}

// isURL reports whether a text has a scheme and an authority, in the reading of
// the most tolerant program.
func isURL(s string) bool {
	s = strings.TrimLeftFunc(s, isOdd)
	rest := s[schemeEnd(s):]
	return len(rest) < len(s) && len(rest) >= 2 && strings.Trim(rest[:2], `/\`) == ""
}

// lengthBefore returns the length of the text before the first c.
func lengthBefore(s string, c byte) int {
	if i := strings.IndexByte(s, c); i >= 0 {
		return i
	}
	return len(s)
}

// String returns the text that was cut.
func (a address) String() string { return a.before + a.userinfo + a.between + a.query + a.fragment }

// part returns a secret part, and whether there is one.
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

// hasSecret reports whether there is any secret part.
func (a address) hasSecret() bool { return a.opaque || a.userinfo != "" || a.query != "" }
