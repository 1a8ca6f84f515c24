package schema

import "strings"

// SecretArguments returns the indexes of the arguments of a program that look like
// secrets: keys of well-known services, values of flags whose names say so, and URLs
// with a password. Arguments are not masked, so a secret belongs in the environment.
func SecretArguments(args []string) []int {
	var found []int
	for i, arg := range args {
		name, value, isJoined := strings.Cut(arg, "=")
		switch {
		case !isJoined && i > 0 && isSecretFlag(args[i-1]):
			name, value = args[i-1], arg
		case !isJoined:
			name, value = "", arg
		}
		isNamed := isSecretFlag(name) && !strings.HasPrefix(value, "-")
		if value != "" && !isReference(value) && (isNamed || LooksLikeKey(value) || hasPassword(arg) || hasPassword(value)) {
			found = append(found, i)
		}
	}
	return found
}

// isSecretFlag reports whether an argument is a flag, or sets a variable, whose value is
// a secret.
func isSecretFlag(arg string) bool {
	name := strings.TrimLeft(arg, "-")
	isFlag := name != arg || strings.ToUpper(name) == name
	switch strings.ToLower(name) {
	case "env", "headers", "auth", "key", "e", "": // these name a file, or what follows has a name of its own
		return false
	}
	return isFlag && !strings.HasSuffix(strings.ToLower(name), "-file") && isSecretName(name)
}

// hasPassword reports whether a text is a URL with a password.
func hasPassword(s string) bool {
	if !isURL(s) {
		return false
	}
	a := cutAddress(s, false)
	_, password, has := strings.Cut(a.userinfo, ":")
	return a.opaque || has && password != "" && !isReference(password)
}
