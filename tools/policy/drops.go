package policy

import (
	"slices"

	"realmconf/runtime"
	"realmconf/schema/tree"
)

// drop is a key that a write would delete without naming it, or entries of a
// list.
type drop struct {
	path    tree.Pointer // of the key, or of the list
	entries []string     // names of the list's entries; nil for a key
	index   string       // of the first of them, if entries of the list have no identity
}

// dropFinder collects the differences between old and new values that lose
// something.
type dropFinder struct {
	model   Model
	base    tree.Pointer                         // where in the configuration the values of compare are
	shown   tree.Object                          // the configuration before, as the client may see it
	allowed *tree.PointerSet                     // the call's allow_drop
	isNamed func(p tree.Pointer) bool            // the call says that this key goes
	matters func(p tree.Pointer, value any) bool // the loss of this key is worth a refusal
	found   []drop
	index   map[string]int // of found, by path
}

// newDropFinder returns a finder for a call whose client sees the configuration
// before as shown.
func newDropFinder(model Model, call Call, shown tree.Object) *dropFinder {
	f := &dropFinder{model: model, shown: shown, allowed: tree.NewPointerSet(), index: make(map[string]int)}
	for _, p := range call.AllowDrop {
		if len(p) > 0 {
			f.allowed.Add(p)
		}
	}
	return f
}

// patchDrops returns what a patch, or a new configuration, drops from the stored
// configuration. A key is named by null at its place or above it.
func patchDrops(model Model, call Call, c *runtime.Comparison) []drop {
	f := newDropFinder(model, call, c.Before.ShownStored())
	patch := model.NamesAsStored(call.Patch, c.Before.Stored())
	f.isNamed = func(p tree.Pointer) bool { return hasNullAt(patch, p) }
	f.matters = func(tree.Pointer, any) bool { return true }
	f.compare(c.Before.Stored(), c.After.Stored())
	return f.found
}

// hasNullAt reports whether an object has null at a place or above it.
func hasNullAt(o tree.Object, p tree.Pointer) bool {
	v, depth, ok := p.Get(o)
	if !ok && depth > 0 { // null has nothing below it
		v, _, ok = p[:depth].Get(o)
	}
	return ok && v == nil
}

// compare adds what the old value at the base has and the new one lacks. Its
// cases, for each change:
//
//   - A removed entry of a list is lost, whatever the call names: null names
//     keys only. Difference pairs entries by identity, so an entry that moved or
//     changed is not removed.
//   - A removed key is lost unless the call names it or it does not matter.
//   - An object or a list that became a value of another type is lost with all
//     that it has. A call names it by null, which is a removal.
//   - A scalar entry of a list has no identity: Difference pairs it by position
//     with what has taken its place. It is lost unless the new list has an equal
//     entry anywhere.
//   - Any other replacement sets the value of the same key, and a move keeps the
//     entry: nothing is lost.
func (f *dropFinder) compare(old, new any) {
	const root = "value" // the values may be scalars, and Difference compares objects
	before, after := tree.Object{root: old}, tree.Object{root: new}
	keyOf := func(p tree.Pointer) string { return f.model.Key(f.absolute(p)) }
	entries := make(map[string]*tree.ValueSet) // of the new lists, by place
	for _, c := range tree.Losses(before, after, keyOf) {
		if len(c.Was) == 0 { // a move
			continue
		}
		p := f.absolute(c.Was)
		list, index, inList := splitEntry(before, c.Was)
		switch {
		case c.Op == "remove" && inList:
			f.add(f.absolute(list), f.entryName(p, c.Old, c.Key, index))
			f.setIndex(f.absolute(list), index)
		case c.Op == "remove":
			if !f.isNamed(p) && f.matters(p, c.Old) {
				f.add(p, "")
			}
		case c.Op == "replace" && hasMembers(c.Old):
			f.add(p, "")
		case c.Op == "replace" && inList && !isContainer(c.Old) && !hasEqualEntry(entries, after, c.Path, c.Old):
			f.add(f.absolute(list), f.entryName(p, c.Old, "", index))
			f.setIndex(f.absolute(list), index)
		}
	}
}

// absolute returns the place in the configuration of a pointer that compare
// has.
func (f *dropFinder) absolute(p tree.Pointer) tree.Pointer { return slices.Concat(f.base, p[1:]) }

// entryName returns what a refusal calls a list's entry: its identity, else its
// text if that is short and no secret, else its index.
func (f *dropFinder) entryName(p tree.Pointer, entry any, key string, index string) string {
	text, isText := entry.(string)
	shown, _, _ := p.Get(f.shown)
	switch {
	case key != "":
		return key
	case isText && len(text) <= 100 && shown == entry && !containsToken(text):
		return text
	}
	return index
}

// add adds a key, or an entry of the list at p, unless it may go.
func (f *dropFinder) add(p tree.Pointer, entry string) {
	if f.allowed.Covers(p) {
		return
	}
	place := p.String()
	i, known := f.index[place]
	if !known {
		i = len(f.found)
		f.index[place] = i
		f.found = append(f.found, drop{path: p})
	}
	if entry != "" {
		f.found[i].entries = append(f.found[i].entries, entry)
	}
}

// setIndex keeps the index of the first lost entry of a list whose entries have no
// identity: a text shows how to remove it.
func (f *dropFinder) setIndex(list tree.Pointer, index string) {
	i, known := f.index[list.String()]
	if known && f.found[i].index == "" && f.model.Key(list) == "" {
		f.found[i].index = index
	}
}

// splitEntry returns the pointer's list and index if it leads to an entry of a
// list.
func splitEntry(o tree.Object, p tree.Pointer) (list tree.Pointer, index string, inList bool) {
	parent, last := p[:len(p)-1], p[len(p)-1]
	value, _, _ := parent.Get(o)
	_, inList = value.([]any)
	return parent, last, inList
}

// hasEqualEntry reports whether the list of an entry's place has an entry that
// equals a value. It keeps the entries of each list in known.
func hasEqualEntry(known map[string]*tree.ValueSet, o tree.Object, entry tree.Pointer, value any) bool {
	at := entry[:len(entry)-1]
	place := at.String()
	if known[place] == nil {
		list, _, _ := at.Get(o)
		entries, _ := list.([]any)
		known[place] = tree.NewValueSet(entries)
	}
	return known[place].Has(value)
}

// hasMembers reports whether a value is an object or a list that is not empty.
func hasMembers(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return len(v) > 0
	case []any:
		return len(v) > 0
	}
	return false
}
