package policy

import (
	"fmt"
	"strings"

	"realmconf/schema/tree"
)

// entryToken stands for the entry of a list in a pointer.
const entryToken = "-"

// allowedPlace is a place of an Allowance, which covers changes there and below. In
// text it is a JSON Pointer, in which an entry of a list is named by its identity:
//
//	/tools/mcp_servers[name="github"]/args
//
// An index would be another entry as soon as one before it comes or goes.
type allowedPlace struct {
	path tree.Pointer // with entryToken in the place of the entry

	key, name string // the identity of the entry, key "" if there is none
	list      int    // how many tokens of path lead to the list
}

// parseAllowedPlace reads a place. It has at most one entry.
func parseAllowedPlace(text string) (allowedPlace, error) {
	identity, start, end := findIdentity(text)
	if identity == nil {
		path, err := tree.ParsePointer(text)
		return allowedPlace{path: path}, err
	}
	if identity.name == "" {
		return allowedPlace{}, fmt.Errorf("%.200q: an entry without a name cannot be told from others: name the list", text)
	}
	list, err := tree.ParsePointer(text[:start])
	if err != nil {
		return allowedPlace{}, err
	}
	if another, _, _ := findIdentity(text[end:]); another != nil {
		return allowedPlace{}, fmt.Errorf("%.200q names an entry inside of an entry: name the outer one, and what is in it by a JSON Pointer", text)
	}
	below, err := tree.ParsePointer(text[end:])
	if err != nil {
		return allowedPlace{}, err
	}
	return allowedPlace{
		path: append(list.Child(entryToken), below...),
		key:  identity.key, name: identity.name, list: len(list),
	}, nil
}

// String returns the form that parseAllowedPlace reads.
func (a allowedPlace) String() string {
	if a.key == "" {
		return a.path.String()
	}
	return fmt.Sprintf("%s[%s=%s]%s", a.path[:a.list], a.key, jsonQuote(a.name), a.path[a.list+1:])
}

// check returns an error if the place covers nothing in the configurations of a model.
func (a allowedPlace) check(model Model) error {
	for i := range a.path {
		switch isEntry := a.key != "" && i == a.list; {
		case isEntry:
			list := a.path[:i]
			if key := model.Key(list); key == "" {
				return fmt.Errorf("%s: the entries of %s have no identity: name the list", a, list)
			} else if key != a.key {
				return fmt.Errorf("%s: the entries of %s are named by %s: write %s[%s=\"…\"]%s", a, list, key, list, key, a.path[i+1:])
			}
			if len(a.path) > i+1 && a.path[i+1] == a.key {
				return fmt.Errorf("%s: with another %s it is another entry: name the list, %s", a, a.key, list)
			}
		case model.IsIndex(a.path[:i+1]):
			return a.indexError(model, i)
		}
	}
	return nil
}

// checkTokens returns an error if the place has a token that looks like a wildcard or a
// mistake of writing, and is a key that the schema does not name.
func (a allowedPlace) checkTokens(model Model) error {
	for i := range a.path {
		switch {
		case !isOddToken(model, a.path[:i+1]):
		case a.path[i] == "":
			return a.slashError(i)
		default:
			return fmt.Errorf("%s: a * stands for no other key: name the key, or the place above it", a)
		}
	}
	return nil
}

// isOddToken reports whether the last token of a place is empty or "*", and no key that
// the schema names.
func isOddToken(model Model, p tree.Pointer) bool {
	last := p[len(p)-1]
	return (last == "" || last == "*") && !model.Declares(p)
}

// slashError is the error of a place whose token i is empty.
func (a allowedPlace) slashError(i int) error {
	switch {
	case len(a.path) == 1:
		return fmt.Errorf("%s: that is a key without a name: name the keys, or a class", a)
	case i == len(a.path)-1:
		return fmt.Errorf("%s: after the last slash the name of a key is missing: leave the slash out", a)
	}
	return fmt.Errorf("%s: between two slashes the name of a key is missing", a)
}

// indexError is the error of a place whose token i is an index.
func (a allowedPlace) indexError(model Model, i int) error {
	list := allowedPlace{path: a.path[:i], key: a.key, name: a.name, list: a.list}
	if a.key != "" && a.list >= i {
		list.key = ""
	}
	if key := model.Key(a.path[:i]); key != "" {
		return fmt.Errorf("%s: an index is another entry as soon as one before it comes or goes: name the entry, %s[%s=\"…\"]%s", a, list, key, a.path[i+1:])
	}
	return fmt.Errorf("%s: an index is another entry as soon as one before it comes or goes: name the list, %s", a, list)
}

// narrowestPlace returns the narrowest place that covers a change. It ends at a list,
// unless the change is inside of an entry that has an identity, before and after the
// write. entries may be nil, as for covers.
func narrowestPlace(model Model, c tree.Change, entries *entryIdentities) allowedPlace {
	p := span(c)
	place := allowedPlace{path: p}
	for i := range p {
		if i > 0 && isOddToken(model, p[:i+1]) {
			place.path = place.path[:i]
			return place
		}
		if !model.IsIndex(p[:i+1]) {
			continue
		}
		key := model.Key(p[:i])
		if place.key != "" || key == "" || entries == nil || len(p) < i+2 || p[i+1] == key || entries.name(c, i) == "" {
			place.path = place.path[:i]
			return place
		}
		place = allowedPlace{path: append(p[:i:i].Child(entryToken), p[i+1:]...), key: key, name: entries.name(c, i), list: i}
	}
	return place
}

// covers reports whether a change is at the place or below it. What is named by an
// identity covers only changes inside of an entry that exists once before and after
// the write, under the same name: to add, remove, move or rename it is no such change.
func (a allowedPlace) covers(model Model, c tree.Change, entries *entryIdentities) bool {
	if a.check(model) != nil {
		return false
	}
	p := span(c)
	if a.key == "" {
		return p.HasPrefix(a.path)
	}
	if entries == nil || len(p) < a.list+2 || !p.HasPrefix(a.path[:a.list]) {
		return false
	}
	inside := p[a.list+1:]
	return inside.HasPrefix(a.path[a.list+1:]) && inside[0] != a.key && entries.name(c, a.list) == a.name
}

// identity is how a text names an entry: the member that identifies it, and its value.
type identity struct{ key, name string }

// findIdentity returns the first identity in a text, [key="name"] at the end of a
// token, with its place in the text; nil if there is none. The name is JSON.
func findIdentity(text string) (found *identity, start, end int) {
	for start = range len(text) {
		if text[start] != '[' {
			continue
		}
		key, rest, hasName := strings.Cut(text[start+1:], `="`)
		if !hasName || key == "" || strings.ContainsAny(key, `[]/,"= `) {
			continue
		}
		n := quotedLength(rest)
		if n == 0 || !strings.HasPrefix(rest[n:], "]") {
			continue
		}
		after := rest[n+1:]
		name, err := tree.Decode([]byte(`"` + rest[:n]))
		if s, isText := name.(string); err == nil && isText && (after == "" || strings.ContainsAny(after[:1], "/, \t\n")) {
			return &identity{key, s}, start, len(text) - len(after)
		}
	}
	return nil, 0, 0
}

// quotedLength returns the length of a JSON text up to and with its closing quote, 0
// if it has none. The opening one is not there any more.
func quotedLength(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return 0
}

// cutItem cuts a list at its first comma that is not in an identity. It is false if
// there is no further item.
func cutItem(list string) (item, rest string, more bool) {
	from := 0
	for {
		comma := strings.IndexByte(list[from:], ',')
		if comma < 0 {
			return list, "", false
		}
		comma += from
		identity, start, end := findIdentity(list[from:])
		if identity == nil || comma < from+start {
			return list[:comma], list[comma+1:], true
		}
		from += end
	}
}
