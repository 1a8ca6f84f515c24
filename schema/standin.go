package schema

import "strings"

// isStandIn reports whether a text is what a program shows in the place of a
// secret, and not a secret: "***", "••••", "[REDACTED]", "<redacted>", "sk-****". Only
// what cannot be meant otherwise counts.
func isStandIn(s string) bool {
	s = strings.TrimSpace(s)
	if scheme, rest, has := strings.Cut(s, " "); has && isVariable(scheme) && !strings.Contains(rest, " ") {
		s = rest // Bearer ***
	}
	return isFiller(s) || hasRun(s, '*', 4) || hasRun(s, '•', 3) || hasRun(s, '●', 3) || isHiddenWord(s)
}

// isFiller reports whether a text has nothing but one filling character, and hyphens.
func isFiller(s string) bool {
	if s == "…" {
		return true
	}
	plain := strings.ReplaceAll(s, "-", "")
	for filler, least := range map[string]int{"*": 3, "•": 3, "●": 3, "∗": 3, "█": 3, ".": 3, "x": 4, "X": 4} {
		if strings.Count(plain, filler) >= least && strings.ReplaceAll(plain, filler, "") == "" {
			return true
		}
	}
	return false
}

// hasRun reports whether a character is in a text so many times in a row.
func hasRun(s string, c rune, length int) bool {
	return strings.Contains(s, strings.Repeat(string(c), length))
}

// isHiddenWord reports whether a text says in words that something is hidden: "redacted"
// as it is, and others in brackets or between signs.
func isHiddenWord(s string) bool {
	word := strings.Trim(s, "[]<>(){}*_-%# ")
	isMarked := word != s
	words := strings.FieldsFunc(strings.ToLower(word), func(r rune) bool { return r == ' ' || r == '_' || r == '-' })
	says := false
	for _, w := range words {
		switch w {
		case "redacted":
			says = true
		case "masked", "hidden", "removed", "omitted", "filtered", "censored", "sanitized", "scrubbed":
			says = says || isMarked
		case "secret", "value", "key", "api", "token", "password", "credential", "credentials", "by", "for", "security", "privacy":
		default:
			return false
		}
	}
	return says
}

// hasStandIn reports whether a secret part of an address is a placeholder, or has
// one as a value.
func (a address) hasStandIn() bool {
	for part := Address; part <= lastPart; part++ {
		text, has := a.part(part)
		if !has {
			continue
		}
		for _, value := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(":&=;/", r) }) {
			if part != Address && isStandIn(value) {
				return true
			}
		}
	}
	return false
}

// mentionsStandIn reports whether a value at this place has a placeholder where the
// secret should be.
func (n *Node) mentionsStandIn(s string) bool {
	if n.MayHoldSecret {
		return n.holdsSecret(s) && isStandIn(s)
	}
	a, isAddress := n.addressOf(s)
	return isAddress && (a.hasStandIn() || n.loaded != nil && a.opaque && isStandIn(s))
}
