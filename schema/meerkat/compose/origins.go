package compose

import (
	"maps"
	"slices"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// origin says which document set a value.
type origin struct {
	realm    string
	position int          // of the document in the fold; the root is 1
	source   tree.Pointer // in the document
}

// origins are the origins of the values below one place. They form a tree like
// the values, so that a value is replaced with all origins in it at once.
type origins struct {
	own   *origin // of the place as a whole; nil if only places below it have origins
	below map[string]*origins
}

// set makes o the origin of everything at p.
func (t *origins) set(p tree.Pointer, o origin) {
	for _, token := range p {
		t.own = nil // an empty map that another document has set
		if t.below == nil {
			t.below = map[string]*origins{}
		}
		if t.below[token] == nil {
			t.below[token] = &origins{}
		}
		t = t.below[token]
	}
	t.own, t.below = &o, nil
}

// remove removes the origins of everything at p.
func (t *origins) remove(p tree.Pointer) {
	last := len(p) - 1
	for _, token := range p[:last] {
		if t = t.below[token]; t == nil {
			return
		}
	}
	delete(t.below, p[last])
}

// get returns the origin of the value at p, or of one that has it inside; nil if
// there is none.
func (t *origins) get(p tree.Pointer) *origin {
	for _, token := range p {
		if t.own != nil {
			break
		}
		if t = t.below[token]; t == nil {
			return nil
		}
	}
	return t.own
}

// any returns an origin of something at p, nil if there is none.
func (t *origins) any(p tree.Pointer) *origin {
	for _, token := range p {
		if t.own != nil {
			return t.own
		}
		if t = t.below[token]; t == nil {
			return nil
		}
	}
	for t.own == nil {
		keys := slices.Sorted(maps.Keys(t.below))
		if len(keys) == 0 {
			return nil
		}
		t = t.below[keys[0]]
	}
	return t.own
}

// collect adds the origins of everything in v, the value at p, to a list. because
// returns why a default holds.
func (t *origins) collect(to []schema.Origin, p tree.Pointer, v any, because func(tree.Pointer) string) []schema.Origin {
	if t == nil {
		t = &origins{}
	}
	switch v := v.(type) {
	case map[string]any:
		if t.own == nil && len(v) > 0 {
			for _, key := range slices.Sorted(maps.Keys(v)) {
				to = t.below[key].collect(to, p.Child(key), v[key], because)
			}
			return to
		}
	case []any:
		if t.own == nil && len(t.below) > 0 {
			for i, entry := range v {
				at := p.Index(i)
				to = t.below[at[len(p)]].collect(to, at, entry, because)
			}
			return to
		}
	}
	if t.own == nil {
		return append(to, schema.Origin{Path: p, Because: because(p)})
	}
	return append(to, schema.Origin{Path: p, Realm: t.own.realm, Source: t.own.source})
}

// leaves returns how many values are in v that hold no others: at least as many as it
// has origins.
func leaves(v any) int {
	n := 0
	switch v := v.(type) {
	case map[string]any:
		for _, member := range v {
			n += leaves(member)
		}
	case []any:
		for _, entry := range v {
			n += leaves(entry)
		}
	}
	return max(n, 1)
}
