package schema

import (
	"slices"
	"strings"
	"unicode"

	"realmconf/schema/internal/jsonschema"
	"realmconf/schema/tree"
)

// isSecretKey reports whether the name of a key says that its value is a secret: it has
// a word such as token, secret, password or api_key. A number or a boolean of such a
// name, like max_tokens, is none.
func isSecretKey(name string) bool {
	plain := strings.Map(func(r rune) rune {
		if strings.ContainsRune("_-. ", r) {
			return -1
		}
		return r
	}, strings.ToLower(name))
	for _, word := range []string{"secret", "password", "passwd", "passphrase", "apikey", "accesskey", "privatekey", "authkey", "signingkey", "encryptionkey", "authorization", "credential"} {
		if strings.Contains(plain, word) {
			return true
		}
	}
	switch plain {
	case "pass", "pwd", "bearer":
		return true
	}
	return strings.Contains(plain, "token") && !strings.Contains(plain, "tokeniz")
}

// holdsSecretTexts reports whether the name of a key says that the texts directly under
// names of a person's choice are secrets: variables of an environment, headers, and what
// a person logs in with. Tables under such a name have other meanings, as those of
// [env.production] and [env.lint] do.
func holdsSecretTexts(name string) bool {
	words := wordsOf(name)
	if n := len(words); n > 1 && (words[n-1] == "vars" || words[n-1] == "variables") {
		words = words[:n-1]
	}
	switch words[len(words)-1] {
	case "env", "setenv", "environment", "headers", "auth":
		return true
	case "keys":
		return len(words) == 1
	}
	return false
}

// wordsOf returns the words of a key's name in lower case, at least one: extra-headers,
// extra_headers and extraHeaders have two.
func wordsOf(name string) []string {
	var b strings.Builder
	wasLower := false
	for _, r := range name {
		if wasLower && unicode.IsUpper(r) {
			b.WriteByte(' ')
		}
		wasLower = unicode.IsLower(r)
		if strings.ContainsRune("_-.", r) {
			r = ' '
		}
		b.WriteRune(unicode.ToLower(r))
	}
	if words := strings.Fields(b.String()); len(words) > 0 {
		return words
	}
	return []string{""}
}

// mayBeSecretText reports whether a place may hold a text, or texts in a list or under
// names of a person's choice. A section with keys of its own is no secret as a whole,
// but a text in its place is one.
func (b *builder) mayBeSecretText(alternatives [][]*jsonschema.Schema) (isText, isSection bool) {
	for _, list := range alternatives {
		for _, so := range b.flatten(list) {
			if so.enum != nil {
				continue // everybody knows the values
			}
			hasKeys := slices.ContainsFunc(so.schemas, func(s *jsonschema.Schema) bool { return len(s.Properties) > 0 })
			if so.types == nil && hasKeys {
				isSection = true
				continue
			}
			isMap := so.accepts("object") && !hasKeys
			if so.accepts("string") || so.types != nil && isMap || so.accepts("array") {
				return true, false
			}
			isSection = isSection || so.accepts("object")
		}
	}
	return false, isSection
}

// saysSecret returns whether the schemas of a place say that it holds a secret, and
// whether they say anything.
func (p *place) saysSecret() (isSecret, says bool) {
	for _, so := range p.shapes {
		for _, s := range so.schemas {
			switch v, has := s.Source["x-secret"]; {
			case has:
				return v != false, true
			case s.Source["writeOnly"] == true, s.Format == "password":
				isSecret, says = true, true
			}
		}
	}
	return isSecret, says
}

// mark is a place of the options.
type mark struct {
	path     tree.Pointer
	isSecret bool
}

func marksOf(options LoadOptions) []mark {
	var all []mark
	for _, p := range options.Secrets {
		all = append(all, mark{p, true})
	}
	for _, p := range options.NotSecrets {
		all = append(all, mark{p, false})
	}
	slices.SortStableFunc(all, func(a, b mark) int { return len(a.path) - len(b.path) })
	return all
}

// markState is the marks that may lead to a place, by how many of their tokens lie
// before it, and the decision of those that are behind.
type markState struct {
	builder  *builder
	depth    int
	open     []int // indexes of marks
	decided  bool
	isSecret bool
}

func (b *builder) start() markState {
	m := markState{builder: b}
	for i, mark := range b.marks {
		if len(mark.path) == 0 {
			m.decided, m.isSecret = true, mark.isSecret
		} else {
			m.open = append(m.open, i)
		}
	}
	return m
}

func (m markState) below(token string) markState {
	next := markState{builder: m.builder, depth: m.depth + 1, decided: m.decided, isSecret: m.isSecret}
	for _, i := range m.open {
		mark := m.builder.marks[i]
		if !matchesMark(mark.path[m.depth], token) {
			continue
		}
		if len(mark.path) == next.depth {
			next.decided, next.isSecret = true, mark.isSecret // the longest is the last
		} else {
			next.open = append(next.open, i)
		}
	}
	if len(next.open) == 0 {
		next.depth = 0 // so that equal states have equal keys
	}
	return next
}

// matchesMark reports whether a token of a mark stands for one of a place. Whichever
// index of a list it has, it stands for all.
func matchesMark(want, token string) bool {
	_, isIndex := tree.ArrayIndex(want)
	return want == "*" || want == token || token == "-" && isIndex
}

func (m markState) decision() (isSecret, has bool) { return m.isSecret, m.decided }

func (m markState) key() string {
	var b strings.Builder
	if m.decided {
		b.WriteString(map[bool]string{true: "s", false: "n"}[m.isSecret])
	}
	if len(m.open) > 0 {
		for _, i := range append([]int{m.depth}, m.open...) {
			b.WriteByte(',')
			b.WriteRune(rune(i + 1))
		}
	}
	return b.String()
}

// below returns the circumstances of a member or an entry.
func (c circumstances) below(token string) circumstances {
	return circumstances{risk: c.risk, isSecret: c.isSecret, marks: c.marks.below(token)}
}
