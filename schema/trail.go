package schema

import (
	"hash/maphash"
	"math"
	"math/bits"

	"realmconf/schema/tree"
)

// trail follows pointers through a configuration and computes their hashes. It keeps
// what it found for each token of the last pointer: the next one mostly begins with
// the same tokens, and one of these may be as long as the text.
type trail struct {
	seed  maphash.Seed
	root  any
	steps []step
}

// step is what a trail knows of a pointer up to one of its tokens.
type step struct {
	token   string
	place   uint64 // the hash of the pointer
	general uint64 // the same without the indexes of lists
	value   any
	exists  bool
}

// follow returns the step of a pointer's last token, the zero one for the root.
func (t *trail) follow(p tree.Pointer) step {
	shared := 0
	for shared < len(p) && shared < len(t.steps) && p[shared] == t.steps[shared].token {
		shared++
	}
	t.steps = t.steps[:shared]
	last := step{value: t.root, exists: true}
	if shared > 0 {
		last = t.steps[shared-1]
	}
	for _, token := range p[shared:] {
		hash := maphash.String(t.seed, token)
		next := step{token: token, place: mix(last.place, hash)}
		if _, isList := last.value.([]any); isList {
			hash = 0
		}
		next.general = mix(last.general, hash)
		if last.exists {
			next.value, _, next.exists = tree.Pointer{token}.Get(last.value)
		}
		t.steps = append(t.steps, next)
		last = next
	}
	return last
}

// child returns the hash of a place one token below another one.
func (t *trail) child(place uint64, token string) uint64 {
	return mix(place, maphash.String(t.seed, token))
}

// mistake returns the hash of a mistake: of its kind, its place without the indexes
// of lists, and its value, in which equal numbers are the same. Two mistakes with one
// hash are taken for equal. The seed is another one in each check, so that a
// configuration cannot be made for a hash.
func (t *trail) mistake(kind Kind, at step) uint64 {
	h := mix(at.general, maphash.String(t.seed, string(kind)))
	if at.exists {
		h = mix(h, t.value(at.value))
	}
	return h
}

// value returns the hash of a value.
func (t *trail) value(v any) uint64 {
	switch v := normaliseNumber(v).(type) {
	case map[string]any:
		sum := uint64(len(v))
		for key, e := range v {
			sum += mix(maphash.String(t.seed, key), t.value(e)) // in any order
		}
		return mix(sum, 1)
	case []any:
		h := uint64(2)
		for _, e := range v {
			h = mix(h, t.value(e))
		}
		return h
	case string:
		return mix(maphash.String(t.seed, v), 3)
	case float64:
		return mix(maphash.Comparable(t.seed, math.Float64bits(v)), 4) // NaN equals itself
	case nil:
		return maphash.String(t.seed, "")
	default:
		return maphash.Comparable(t.seed, v)
	}
}

// mix combines two hashes.
func mix(a, b uint64) uint64 {
	high, low := bits.Mul64(a^0x9e3779b97f4a7c15, b^0xd1b54a32d192ed03)
	return high ^ low ^ a
}
