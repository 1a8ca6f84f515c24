package schema

import "strings"

// isReference reports whether a text is nothing but a reference to a variable:
// ${NAME}, {env:NAME} or $NAME. The last is one only in capitals, because a password
// may begin with "$".
func isReference(s string) bool {
	if name, ok := enclosed(s, "${", "}"); ok {
		return isVariable(name)
	}
	if name, ok := enclosed(s, "{env:", "}"); ok {
		return isVariable(name)
	}
	name, ok := strings.CutPrefix(s, "$")
	return ok && isVariable(name) && strings.ToUpper(name) == name
}

// enclosed returns the text between a prefix and a suffix.
func enclosed(s, prefix, suffix string) (string, bool) {
	s, has := strings.CutPrefix(s, prefix)
	if !has {
		return "", false
	}
	return strings.CutSuffix(s, suffix)
}

// isVariable reports whether a text may be the name of an environment variable.
func isVariable(name string) bool {
	for i, c := range []byte(name) {
		if c != '_' && !isAlphanumeric(c) || i == 0 && c <= '9' {
			return false
		}
	}
	return name != ""
}
