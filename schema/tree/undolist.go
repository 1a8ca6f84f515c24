package tree

import "slices"

// identifiedList is a list whose entries all have an identity of their own.
type identifiedList struct {
	entries []any
	ids     []string
	at      map[string]int // index by identity
}

// identify reads a list; false if an entry has no identity, or shares it.
func identify(list []any, key string) (identifiedList, bool) {
	l := identifiedList{entries: list, ids: make([]string, len(list)), at: make(map[string]int, len(list))}
	for i, e := range list {
		id := Identity(e, key)
		if _, taken := l.at[id]; taken || id == "" {
			return l, false
		}
		l.ids[i], l.at[id] = id, i
	}
	return l, true
}

// entry returns the entry with an identity, absent if there is none.
func (l identifiedList) entry(id string) any {
	if i, has := l.at[id]; has {
		return l.entries[i]
	}
	return absent{}
}

// order returns the identities that all of others have too, in the list's order.
func (l identifiedList) order(others ...identifiedList) []string {
	var shared []string
	for _, id := range l.ids {
		if !slices.ContainsFunc(others, func(o identifiedList) bool { _, has := o.at[id]; return !has }) {
			shared = append(shared, id)
		}
	}
	return shared
}

// list undoes a change in a list, entry by entry; false if the entries have no
// identity. An entry that comes back is put after the entry that it followed.
func (u *undoer) list(p Pointer, before, after, current []any) ([]any, bool) {
	key := ""
	if u.keyOf != nil {
		key = u.keyOf(p)
	}
	b, okB := identify(before, key)
	a, okA := identify(after, key)
	c, okC := identify(current, key)
	if key == "" || !okB || !okA || !okC {
		return nil, false
	}
	entries := make(map[string]any)     // of the result
	follow := make(map[string][]string) // the entries that come back, by the one before them
	anchor := ""
	for i, id := range b.ids {
		if _, has := c.at[id]; has {
			anchor = id
			continue
		}
		switch was := b.entries[i]; {
		case isAbsent(a.entry(id)):
			follow[anchor], entries[id] = append(follow[anchor], id), was
		case !same(a.entry(id), was): // changed, and then removed
			u.overlaps = append(u.overlaps, p)
		}
	}
	ids := follow[""]
	for i, id := range c.ids {
		if v := u.entry(p.Index(i), b.entry(id), a.entry(id), c.entries[i]); !isAbsent(v) {
			ids, entries[id] = append(ids, id), v
		}
		ids = append(ids, follow[id]...)
	}
	ids = u.reorder(p, ids, b, a, c)
	merged := make([]any, len(ids))
	for i, id := range ids {
		merged[i] = entries[id]
	}
	return merged, true
}

// entry is value for an entry that current has. One that came or went is undone as a
// whole: a part of an entry would be another entry.
func (u *undoer) entry(p Pointer, before, after, current any) any {
	switch {
	case isAbsent(before) == isAbsent(after), same(current, before):
		return u.value(p, before, after, current)
	case u.except.Overlaps(p):
		return current
	case same(current, after):
		return before
	}
	u.overlaps = append(u.overlaps, p)
	return current
}

// reorder undoes a change of the order: the entries that all three lists have get
// the order of before, in the places that they take now.
func (u *undoer) reorder(p Pointer, ids []string, b, a, c identifiedList) []string {
	was, became, is := b.order(a, c), a.order(b, c), c.order(a, b)
	switch {
	case slices.Equal(was, became), slices.Equal(is, was):
		return ids
	case !slices.Equal(is, became):
		u.overlaps = append(u.overlaps, p)
		return ids
	}
	shared := make(map[string]bool, len(was))
	for _, id := range was {
		shared[id] = true
	}
	next := 0
	ordered := slices.Clone(ids)
	for i, id := range ids {
		if shared[id] {
			ordered[i] = was[next]
			next++
		}
	}
	return ordered
}
