package schema

import (
	"maps"
	"slices"

	"realmconf/schema/internal/jsonschema"
	"realmconf/schema/tree"
)

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// choose returns the branch of a loaded union that an object means: the one whose
// consts and enums its members have, then that with the fewest keys that it must not
// have or lacks, then that with the fewest members of another type; the first one of
// several that are equal.
func (u *Union) choose(o tree.Object) *Node {
	best, bestScore := 0, [3]int{1 << 30}
	for i, so := range u.objects {
		if score := so.distance(o); less(score, bestScore) {
			best, bestScore = i, score
		}
	}
	return u.Branches[best].Node
}

func less(a, b [3]int) bool { return slices.Compare(a[:], b[:]) < 0 }

// distance returns how far an object is from a shape.
func (so shape) distance(o tree.Object) (d [3]int) {
	for name, v := range o {
		list, may := so.member(name)
		if !may {
			d[1]++
			continue
		}
		for _, s := range list {
			switch {
			case s.Enum != nil && !slices.ContainsFunc(s.Enum, func(e any) bool { return tree.Equal(e, v) }):
				d[0]++
			case s.Types != nil && !slices.ContainsFunc(s.Types, func(t string) bool { return jsonschema.IsOfType(v, t) }):
				d[2]++
			}
		}
	}
	for _, s := range so.schemas {
		for _, name := range s.Required {
			if _, has := o[name]; !has {
				d[1]++
			}
		}
	}
	return d
}
