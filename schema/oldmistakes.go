package schema

import (
	"hash/maphash"

	"realmconf/schema/tree"
)

// oldMistakes are the mistakes of an earlier configuration.
type oldMistakes struct {
	left    map[uint64]int      // of the other sections: how many of each mistake excuse a new one
	kinds   map[uint64]struct{} // the places of these with their kinds
	removed removals
}

func newOldMistakes(seed maphash.Seed, m *Model, prev, next tree.Object) *oldMistakes {
	touched := tree.Others(prev, next)
	if m.loaded != nil {
		touched = prev // a loaded schema may look at several sections together
	}
	o := &oldMistakes{left: make(map[uint64]int), kinds: make(map[uint64]struct{})}
	c := newChecker(m, prev)
	c.trail.seed = seed
	c.found = func(f finding, at step) {
		if f.kind != Reference && f.cause != causeMisspelt {
			o.left[c.trail.mistake(f.kind, at)]++
			o.kinds[kindAt(c.trail, at.place, f.kind)] = struct{}{}
		}
	}
	c.find(touched, prev, m.rules.Check)
	o.removed = removals{next: next, prev: prev, wasMistake: func(p tree.Pointer, kind Kind) bool {
		_, was := o.kinds[kindAt(c.trail, c.trail.follow(p).place, kind)]
		return was
	}}
	return o
}

// kindAt returns the hash of a place with the kind of the mistake there.
func kindAt(t *trail, place uint64, kind Kind) uint64 { return t.child(place, string(kind)) }

// excuse reports whether a mistake of the new configuration was in this one, too. One
// old mistake excuses one. A rule sees other sections, so that a shared section may
// have a mistake that it did not have.
func (o *oldMistakes) excuse(f finding, at step, t *trail) bool {
	if f.kind == Reference || f.cause == causeMisspelt {
		return true
	}
	if f.cause != causeRule && f.cause != causeLoaded && len(f.at) > 0 && o.removed.shares(f.at[0]) {
		return true
	}
	if key := t.mistake(f.kind, at); o.left[key] > 0 {
		o.left[key]--
		return true
	}
	return o.removed.leave(f, at.value)
}
