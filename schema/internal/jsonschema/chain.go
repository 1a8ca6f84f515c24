package jsonschema

import (
	"fmt"
	"maps"
	"slices"
)

// maxChain is how many schemas may lead to each other for the same value, by $ref,
// $dynamicRef, allOf and the like. The time for a description grows with the square of
// that length, and with its cube for anyOf.
const maxChain = 200

// chainLengths measures the chains of schemas for the same value.
type chainLengths struct {
	lengths map[*Schema]int // 0 while a schema is being measured
}

// length returns how many schemas a chain has that begins with a schema. One that leads
// back to where it comes from counts once.
func (c chainLengths) length(s *Schema) int {
	if n, known := c.lengths[s]; known {
		return n
	}
	c.lengths[s] = 0
	longest := 0
	for _, next := range s.sameValue() {
		longest = max(longest, c.length(next))
	}
	c.lengths[s] = longest + 1
	return longest + 1
}

// sameValue returns the schemas that are about the same value as s.
func (s *Schema) sameValue() []*Schema {
	all := append(s.InPlace(), s.AnyOf...)
	all = append(all, s.OneOf...)
	for _, inner := range []*Schema{s.Not, s.If, s.Then, s.Else} {
		if inner != nil {
			all = append(all, inner)
		}
	}
	return append(all, slices.Collect(maps.Values(s.DependentSchemas))...)
}

// checkChains refuses a chain that would take too long.
func (c *compiler) checkChains() error {
	measured := chainLengths{make(map[*Schema]int, len(c.doc.schemas))}
	for _, s := range c.doc.schemas {
		if measured.length(s) > maxChain {
			return notUnderstood(c.places[s.ID], fmt.Sprintf("a chain of more than %d schemas begins here that lead to each other for the same value ($ref, allOf, anyOf …): let them refer to the last one directly", maxChain))
		}
	}
	return nil
}
