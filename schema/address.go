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
	between  string // from the "@", or the place where it would be, through the public part of the path
	path     string // the secret part of the path: its parameters, or what identifies a webhook
	mark     string // "?" or ""
	query    string
	hash     string // "#" or ""
	fragment string

	opaque bool // it may hold a secret, and the place of the secret is not clear
}

// cutAddress cuts a text. One without scheme and "//" is read as git and curl
// read it: the userinfo is before the first slash. Of a webhook the whole path is
// secret.
func cutAddress(s string, isWebhook bool) address {
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
	text := min(hash+1, len(s))
	a := address{before: s[:start], mark: s[mark:query], query: s[query:hash], hash: s[hash:text], fragment: s[text:]}
	host := start
	if at := strings.LastIndexByte(hier[start:end], '@'); at >= 0 {
		a.userinfo, host = s[start:start+at], start+at
	}
	secret := end + publicLength(hier[end:], strings.TrimPrefix(hier[host:end], "//"), isWebhook)
	a.between, a.path = s[host:secret], s[secret:mark]
	if strings.Contains(s, "@") {
		a.opaque = isAmbiguous(a, hier[start:end], hier[end:])
	}
	return a
}

// publicLength returns the length of the public part of a path. The rest is secret:
// parameters, all of the path of a webhook, and a token. In a field that may have other
// addresses, a webhook has a host or a segment of its path called so.
func publicLength(path, host string, isWebhook bool) int {
	public := path
	if i := strings.Index(path, tokenName); i >= 0 {
		public = path[:i]
	}
	n := len(public)
	if i := strings.IndexByte(public, ';'); i >= 0 {
		n = i + 1
	}
	label, _, _ := strings.Cut(strings.TrimPrefix(host, "@"), ".")
	if isWebhook || isHookWord(label) {
		return min(n, 1)
	}
	for i := 0; i < n; {
		length := lengthBefore(public[i:], '/')
		if isHookWord(public[i:i+length]) && i+length < n {
			return i + length + 1
		}
		i += length + 1
	}
	return n
}

// isHookWord reports whether a name is that of webhooks.
func isHookWord(name string) bool {
	switch strings.ToLower(name) {
	case "hook", "hooks", "webhook", "webhooks":
		return true
	}
	return false
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
func (a address) String() string {
	return a.before + a.userinfo + a.between + a.path + a.mark + a.query + a.hash + a.fragment
}

// partOf returns the place of a part of the address that may be secret, nil for other
// parts.
func (a *address) partOf(part Part) *string {
	switch part {
	case Userinfo:
		return &a.userinfo
	case Path:
		return &a.path
	case Query:
		return &a.query
	case Fragment:
		return &a.fragment
	}
	return nil
}

// part returns a secret part, and whether there is one.
func (a address) part(part Part) (string, bool) {
	if part == Address {
		return a.String(), a.opaque
	}
	text := a.partOf(part)
	if text == nil {
		return "", false
	}
	return *text, !a.opaque && *text != "" && !isReference(*text)
}

// hasSecret reports whether there is any secret part.
func (a address) hasSecret() bool {
	for part := Address; part <= lastPart; part++ {
		if _, has := a.part(part); has {
			return true
		}
	}
	return false
}
