package policy

import (
	"strconv"

	"realmconf/runtime"
	"realmconf/schema/tree"
)

// entryIdentities knows the identities of the entries of lists, before and after a write.
type entryIdentities struct {
	model         Model
	before, after tree.Object
	lists         map[string]*namedList // by the pointer of the list
}

// namedList is the identities of a list's entries.
type namedList struct {
	before, after []string
	count         map[string][2]int // how many entries there are of a name, before and after
}

func newEntryIdentities(model Model, c *runtime.Comparison) *entryIdentities {
	return &entryIdentities{model: model, before: c.Before.Resolved(), after: c.After.Resolved(), lists: make(map[string]*namedList)}
}

// name returns the identity of the entry that a change is inside of. The list is at the
// first n tokens of the change's path. It is "" unless exactly one entry has that
// identity before the write, and exactly one after it.
func (e *entryIdentities) name(c tree.Change, n int) string {
	l := e.list(c.Path[:n])
	names := l.after
	if c.Op == "remove" {
		names = l.before
	}
	i, err := strconv.Atoi(c.Path[n])
	if err != nil || i < 0 || i >= len(names) || l.count[names[i]] != [2]int{1, 1} {
		return ""
	}
	return names[i]
}

func (e *entryIdentities) list(p tree.Pointer) *namedList {
	l := e.lists[p.String()]
	if l == nil {
		l = &namedList{count: make(map[string][2]int)}
		key := e.model.Key(p)
		l.before, l.after = identities(e.before, p, key), identities(e.after, p, key)
		for side, names := range [][]string{l.before, l.after} {
			for _, name := range names {
				count := l.count[name]
				count[side]++
				l.count[name] = count
			}
		}
		e.lists[p.String()] = l
	}
	return l
}

// identities returns the identities of the entries of the list at p, "" for an entry
// that has none.
func identities(config tree.Object, p tree.Pointer, key string) []string {
	v, _, _ := p.Get(config)
	list, _ := v.([]any)
	names := make([]string, len(list))
	for i, entry := range list {
		names[i] = tree.Identity(entry, key)
	}
	return names
}
