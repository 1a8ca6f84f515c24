package runtime

import (
	"maps"
	"slices"

	"realmconf/runtime/document"
	"realmconf/schema/tree"
)

// renameReversal gives entries of maps and lists that a generation renamed, and that still
// have the new names, the old ones, for a revert. What has been changed in such an entry
// since is later work on the entry, and not on another one.
type renameReversal struct {
	at map[string]*renamedEntries // by the place of the map or list
}

// renamedEntries is a map or a list with renamed entries. No list is around it.
type renamedEntries struct {
	around   tree.Pointer
	key      string            // the member that has the name of an entry; "" in a map
	old, new map[string]string // the old names by the new ones, and the reverse
}

// newRenameReversal finds the entries that a generation renamed. An entry at or below a
// pointer of except keeps its name.
func newRenameReversal(model Model, before, after, current tree.Object, except []tree.Pointer) renameReversal {
	f := renameFinder{model: model, except: tree.NewPointerSet(except...), found: renameReversal{make(map[string]*renamedEntries)}}
	f.object(tree.Pointer{}, before, after, current)
	return f.found
}

func (u renameReversal) add(around tree.Pointer, key, old, next string) {
	place := around.String()
	if u.at[place] == nil {
		u.at[place] = &renamedEntries{around, key, make(map[string]string), make(map[string]string)}
	}
	u.at[place].old[next], u.at[place].new[old] = old, next
}

type renameFinder struct {
	model  Model
	except *tree.PointerSet
	found  renameReversal
}

func (f renameFinder) object(p tree.Pointer, before, after, current tree.Object) {
	for next, old := range renames(f.model, p, before, before, after) {
		_, isThere := current[next]
		if _, isTaken := current[old]; isThere && !isTaken && !f.except.Covers(p.Child(next)) {
			f.found.add(p, "", old, next)
		}
	}
	for name, was := range before {
		switch was := was.(type) {
		case map[string]any:
			became, is := asObject(after[name]), asObject(current[name])
			if became != nil && is != nil && !tree.Same(was, became) {
				f.object(p.Child(name), was, became, is)
			}
		case []any:
			became, _ := after[name].([]any)
			is, _ := current[name].([]any)
			if key := f.model.Key(p.Child(name)); key != "" {
				f.list(p.Child(name), key, was, became, is)
			}
		}
	}
}

// list finds the entries whose identity alone changed.
func (f renameFinder) list(p tree.Pointer, key string, before, after, current []any) {
	was, became, is := indexes(before, key), indexes(after, key), indexes(current, key)
	gone := make(map[string][]string) // the names that went, by everything else in the entry
	for name, i := range was {
		if _, stays := became[name]; !stays {
			content := withoutName(before[i], key)
			gone[content] = append(gone[content], name)
		}
	}
	if len(gone) == 0 {
		return
	}
	for name, i := range became {
		at, isThere := is[name]
		if _, existed := was[name]; existed || !isThere || f.except.Covers(p.Index(at).Child(key)) {
			continue
		}
		content := withoutName(after[i], key)
		if old := gone[content]; len(old) == 1 {
			if _, isTaken := is[old[0]]; !isTaken {
				f.found.add(p, key, old[0], name)
				delete(gone, content)
			}
		}
	}
}

// indexes returns the indexes of a list's entries by their identities.
func indexes(list []any, key string) map[string]int {
	at := make(map[string]int, len(list))
	for i, e := range list {
		if name := tree.Identity(e, key); name != "" {
			at[name] = i
		}
	}
	return at
}

// withoutName returns a text for everything in an entry but its identity.
func withoutName(entry any, key string) string {
	rest := maps.Clone(asObject(entry))
	delete(rest, key)
	return string(tree.Append(nil, rest))
}

// apply returns a configuration in which the entries have their old names. It copies
// only what is on the way.
func (u renameReversal) apply(o tree.Object) tree.Object {
	for _, r := range u.at {
		value, _, _ := r.around.Get(o)
		o = replaceAt(o, r.around, r.apply(value)).(tree.Object)
	}
	return o
}

func (r *renamedEntries) apply(value any) any {
	if r.key == "" {
		members := make(tree.Object)
		for name, member := range asObject(value) {
			if old, isRenamed := r.old[name]; isRenamed {
				name = old
			}
			members[name] = member
		}
		return members
	}
	list, _ := value.([]any)
	list = slices.Clone(list)
	for i, e := range list {
		if old, isRenamed := r.old[tree.Identity(e, r.key)]; isRenamed {
			entry := maps.Clone(asObject(e))
			entry[r.key] = old
			list[i] = entry
		}
	}
	return list
}

// replaceAt returns a tree with another value at a place that exists. No list is on the
// way.
func replaceAt(v any, p tree.Pointer, value any) any {
	if len(p) == 0 {
		return value
	}
	next := maps.Clone(asObject(v))
	next[p[0]] = replaceAt(next[p[0]], p[1:], value)
	return next
}

// before returns a place in a configuration by the names that apply gives; after does
// the reverse. The index of an entry of a list stays.
func (u renameReversal) before(p tree.Pointer) tree.Pointer {
	return u.translate(p, func(r *renamedEntries) map[string]string { return r.old })
}

func (u renameReversal) after(p tree.Pointer) tree.Pointer {
	return u.translate(p, func(r *renamedEntries) map[string]string { return r.new })
}

func (u renameReversal) translate(p tree.Pointer, names func(*renamedEntries) map[string]string) tree.Pointer {
	for i := range p {
		r := u.at[p[:i].String()]
		if r == nil || r.key != "" {
			continue
		}
		if name, isRenamed := names(r)[p[i]]; isRenamed { // nothing in it is renamed, too
			return slices.Concat(p[:i], tree.Pointer{name}, p[i+1:])
		}
	}
	return p
}

// moves returns the moves that give entries of maps their old names. A document finds
// those of lists itself.
func (u renameReversal) moves() []document.Move {
	var moves []document.Move
	for _, r := range u.at {
		if r.key != "" {
			continue
		}
		for next, old := range r.old {
			moves = append(moves, document.Move{From: r.around.Child(next), To: r.around.Child(old)})
		}
	}
	return moves
}
