package policy

import (
	"maps"
	"slices"

	"realmconf/schema/tree"
)

// replacedEntries are the identities of the list entries that operations have
// replaced. compare would take such an entry for one whose identity changed, so
// that the old one goes without a word. It is lost unless its list has an entry of
// its identity in the end: the operations may have changed the order.
type replacedEntries struct {
	model Model
	lists map[string]replacedList // by the list's place
}

// replacedList is one list with the identities of its replaced entries.
type replacedList struct {
	at         tree.Pointer
	identities map[string]bool
}

// add notes the entry that was replaced at p, if it had an identity and the one
// that took its place has another.
func (r *replacedEntries) add(p tree.Pointer, old any, after tree.Object) {
	if !isEntry(after, p) {
		return
	}
	list := p[:len(p)-1]
	key := r.model.Key(list)
	identity := tree.Identity(old, key)
	if now, _, _ := p.Get(after); identity == "" || identity == tree.Identity(now, key) {
		return
	}
	place := list.String()
	if r.lists == nil {
		r.lists = make(map[string]replacedList)
	}
	if r.lists[place].identities == nil {
		r.lists[place] = replacedList{list, make(map[string]bool)}
	}
	r.lists[place].identities[identity] = true
}

// addLost adds what is lost from the lists that an operation is about to move, or
// to replace: afterwards their places lead to something else.
func (r *replacedEntries) addLost(f *dropFinder, op tree.Operation, now tree.Object) {
	for place, l := range r.lists {
		if shifts(op.Path, l.at) || op.Op == "move" && shifts(op.From, l.at) {
			r.addLostOf(f, l, now)
			delete(r.lists, place)
		}
	}
}

// shifts reports whether an operation at p may change where a list is: p leads to
// the list or above it, or to an entry of a list around it.
func shifts(p, list tree.Pointer) bool {
	if list.HasPrefix(p) {
		return true
	}
	return len(p) > 0 && len(p) <= len(list) && list.HasPrefix(p[:len(p)-1])
}

// addAllLost adds what is lost in the end, in the order of the places.
func (r *replacedEntries) addAllLost(f *dropFinder, now tree.Object) {
	for _, place := range slices.Sorted(maps.Keys(r.lists)) {
		r.addLostOf(f, r.lists[place], now)
	}
}

func (r *replacedEntries) addLostOf(f *dropFinder, l replacedList, now tree.Object) {
	value, _, _ := l.at.Get(now)
	entries, _ := value.([]any)
	key := r.model.Key(l.at)
	for _, e := range entries {
		delete(l.identities, tree.Identity(e, key))
	}
	for _, identity := range slices.Sorted(maps.Keys(l.identities)) {
		f.add(l.at, identity)
	}
}
