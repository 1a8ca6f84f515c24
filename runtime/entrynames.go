package runtime

import (
	"strconv"

	"realmconf/schema/tree"
)

// entryNames gives the entries of lists names that they keep from one configuration
// to the next one, while their indexes change. An entry that comes back with the
// identity that it had gets the same name again.
type entryNames struct {
	keyOf func(tree.Pointer) string
	root  namedPlace
	given int // names that are numbers
}

// namedPlace is a place whose path has the names of entries in the place of indexes.
type namedPlace struct {
	entries []string // if it is a list, the names of its entries; nil before it was asked for them
	below   map[string]*namedPlace
}

func (n *namedPlace) child(name string) *namedPlace {
	if n.below[name] == nil {
		if n.below == nil {
			n.below = make(map[string]*namedPlace)
		}
		n.below[name] = new(namedPlace)
	}
	return n.below[name]
}

func newEntryNames(keyOf func(tree.Pointer) string) *entryNames { return &entryNames{keyOf: keyOf} }

// place returns a place in the configuration that was followed last, with the names
// of entries in the place of indexes.
func (n *entryNames) place(config tree.Object, p tree.Pointer) tree.Pointer {
	named := make(tree.Pointer, 0, len(p))
	var value any = config
	at := &n.root
	for i, token := range p {
		switch v := value.(type) {
		case map[string]any:
			value = v[token]
		case []any:
			index, isIndex := tree.ArrayIndex(token)
			if !isIndex || index >= len(v) {
				return append(named, p[i:]...)
			}
			value, token = v[index], n.of(at, p[:i], v)[index]
		}
		named, at = append(named, token), at.child(token)
	}
	return named
}

// of returns the names of the entries of a list at p.
func (n *entryNames) of(at *namedPlace, p tree.Pointer, list []any) []string {
	if at.entries == nil {
		at.entries = n.name(list, n.keyOf(p), make([]string, len(list)))
	}
	return at.entries
}

// name completes the names of a list's entries.
func (n *entryNames) name(list []any, key string, names []string) []string {
	taken := make(map[string]bool, len(names))
	for _, name := range names {
		taken[name] = true
	}
	for i, entry := range list {
		if names[i] != "" {
			continue
		}
		names[i] = "=" + tree.Identity(entry, key)
		if names[i] == "=" || taken[names[i]] {
			n.given++
			names[i] = "#" + strconv.Itoa(n.given)
		}
		taken[names[i]] = true
	}
	return names
}

// follow takes the names from one configuration to the next one.
func (n *entryNames) follow(before, after tree.Object) { n.values(&n.root, nil, before, after) }

func (n *entryNames) values(at *namedPlace, p tree.Pointer, before, after any) {
	switch old := before.(type) {
	case map[string]any:
		if new, ok := after.(map[string]any); ok {
			for name, v := range old {
				if member, stays := new[name]; !stays {
					delete(at.below, name)
				} else if !tree.Equal(v, member) {
					n.values(at.child(name), p.Child(name), v, member)
				}
			}
			return
		}
	case []any:
		if new, ok := after.([]any); ok {
			n.entries(at, p, old, new)
			return
		}
	}
	*at = namedPlace{}
}

// entries takes the names of a list's entries along.
func (n *entryNames) entries(at *namedPlace, p tree.Pointer, old, new []any) {
	key := n.keyOf(p)
	was := n.of(at, p, old)
	m := tree.MatchEntries(old, new, key)
	is := make([]string, len(new))
	for i, j := range m.New {
		if j < 0 {
			delete(at.below, was[i])
			continue
		}
		is[j] = was[i]
		if !tree.Equal(old[i], new[j]) {
			n.values(at.child(was[i]), p.Index(j), old[i], new[j])
		}
	}
	at.entries = n.name(new, key, is)
}
