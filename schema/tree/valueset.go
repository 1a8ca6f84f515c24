package tree

import (
	"hash/maphash"
	"slices"
)

// ValueSet is a set of values in the sense of Equal.
type ValueSet struct {
	seed   maphash.Seed
	values map[uint64][]any // by hash
}

// NewValueSet returns the set of the values in a list.
func NewValueSet(list []any) *ValueSet {
	s := &ValueSet{seed: maphash.MakeSeed(), values: make(map[uint64][]any, len(list))}
	for _, v := range list {
		s.Add(v)
	}
	return s
}

// Add adds a value. It reports whether the set had none that is Equal.
func (s *ValueSet) Add(v any) bool {
	h := hash(s.seed, v)
	if slices.ContainsFunc(s.values[h], func(w any) bool { return Equal(v, w) }) {
		return false
	}
	s.values[h] = append(s.values[h], v)
	return true
}

// Has reports whether the set has a value that is Equal.
func (s *ValueSet) Has(v any) bool {
	return slices.ContainsFunc(s.values[hash(s.seed, v)], func(w any) bool { return Equal(v, w) })
}
