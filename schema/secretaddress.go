package schema

import "strings"

// cutSecrets returns a text of any program as an address, and whether it is one that may
// have a secret. Seldom is all of an address secret, so that less of it is than of one in a
// place for addresses: the userinfo if it is more than a user's name, the query and the
// fragment if a name in them says so, and the part of a webhook's path that identifies it.
// A text of another form that has a secret counts as an address in which the place of the
// secret is not clear.
func cutSecrets(s string) (address, bool) {
	if !isURL(s) {
		return address{before: s, opaque: true}, hasSecretText(s)
	}
	a := cutSecretURL(s)
	return a, a.hasSecret()
}

// cutSecretURL is cutSecrets of a URL.
func cutSecretURL(s string) address {
	a := cutAddress(s, false)
	if a.opaque {
		return a
	}
	if !isHookSecret(a) {
		a.between, a.path = a.between+a.path, ""
	}
	if hasSecretPath(a.between) {
		return address{before: s, opaque: true}
	}
	if !hasSecretUser(a) {
		a.before, a.userinfo = a.before+a.userinfo, ""
	}
	inQuery := hasSecretParameter(a.query)
	if !inQuery {
		a.mark, a.query = a.mark+a.query, ""
	}
	if !inQuery && !hasSecretParameter(a.fragment) {
		a.hash, a.fragment = a.hash+a.fragment, ""
	}
	return a
}

// hasSecretUser reports whether the userinfo of an address has a password, or is a token:
// of addresses for a browser it seldom is a user's name alone, and then that of git.
func hasSecretUser(a address) bool {
	user, password, _ := strings.Cut(a.userinfo, ":")
	if password != "" || strings.Contains(a.userinfo, tokenName) || LooksLikeKey(user) {
		return true
	}
	scheme := strings.ToLower(strings.TrimRight(a.before, `:/\`))
	isWeb := strings.HasSuffix(scheme, "http") || strings.HasSuffix(scheme, "https")
	return isWeb && user != "" && user != "git" && !isReference(user)
}

// isHookSecret reports whether the part of a path that cutAddress takes for that of a
// webhook is one: in a field of any program, hooks may be the name of anything.
func isHookSecret(a address) bool {
	if a.path == "" || strings.Contains(a.path, tokenName) {
		return a.path != ""
	}
	host, _, _ := strings.Cut(strings.TrimLeft(a.between, "@/"), ".")
	if isHookWord(host) {
		return true
	}
	return len(a.path) >= minRandom && strings.ContainsAny(a.path, "0123456789") && !strings.HasSuffix(a.between, ";")
}

// hasSecretPath reports whether the public part of an address has a key of a well-known
// service in it, or a parameter whose name says secret.
func hasSecretPath(public string) bool {
	for segment := range strings.FieldsFuncSeq(public, func(r rune) bool { return r == '/' || r == ';' }) {
		if LooksLikeKey(segment) || assignsSecret(segment) {
			return true
		}
	}
	return false
}

// hasSecretParameter reports whether a query or a fragment has a parameter whose name says that it
// is a secret, or a token.
func hasSecretParameter(query string) bool {
	if strings.Contains(query, tokenName) {
		return true
	}
	for parameter := range strings.FieldsFuncSeq(query, func(r rune) bool { return r == '&' || r == ';' || r == '?' }) {
		name, value, _ := strings.Cut(parameter, "=")
		if value == "" || isReference(value) {
			continue
		}
		words := wordsOf(name)
		switch words[len(words)-1] {
		case "sig", "signature", "key", "auth", "code":
			return true
		}
		if isSecretKey(name) || LooksLikeKey(value) {
			return true
		}
	}
	return false
}
