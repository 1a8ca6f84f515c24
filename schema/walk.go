package schema

import (
	"math"

	"realmconf/schema/tree"
)

// walk finds what the validator does not: numbers with a fraction or exponent
// where an integer is needed (it lets 8080.0 pass for 8080, as JSON Schema has
// it; the peer does not), numbers that TOML or older readers cannot hold, nulls
// where the schema allows anything, and unknown keys of a union's value that
// selects no branch. It leaves out what stands below unknown keys.
func (c *checker) walk(n *node, v any) {
	switch v := v.(type) {
	case map[string]any:
		form := n.of(v)
		for name, e := range v {
			below := form.child(name)
			if below == nil {
				if form.loose {
					c.add(c.unknownKey(c.at, name))
				}
				continue
			}
			c.at = append(c.at, name)
			c.walk(below, e)
			c.at = c.at[:len(c.at)-1]
		}
	case []any:
		below := n.inner().items
		if n.free {
			below = n
		}
		if below == nil {
			return
		}
		parent := c.at
		for i, e := range v {
			c.at = parent.Index(i)
			c.walk(below, e)
		}
		c.at = parent
	case nil:
		if n.free {
			c.add(c.wrongType(c.at))
		}
	case uint64:
		if n.free || n.is("number") {
			c.add(c.outOfRange(c.at, tooLarge))
		}
	case float64:
		switch {
		case math.IsNaN(v) || math.IsInf(v, 0):
			c.infinite = true
			c.add(c.outOfRange(c.at, "must be a finite number"))
		case n.is("integer") && !n.is("number"):
			c.add(c.wrongType(c.at))
		}
	}
}

// tooLarge is about integers that only readers with unsigned ones can read.
const tooLarge = "must be at most 9223372036854775807"

// finite is the configuration as the validator can read it: it knows no
// number that is none.
func (c *checker) finite() tree.Object {
	if !c.infinite {
		return c.config
	}
	return withoutInfinite(c.config).(tree.Object)
}

func withoutInfinite(v any) any {
	switch v := v.(type) {
	case map[string]any:
		c := make(tree.Object, len(v))
		for key, e := range v {
			c[key] = withoutInfinite(e)
		}
		return c
	case []any:
		c := make([]any, len(v))
		for i, e := range v {
			c[i] = withoutInfinite(e)
		}
		return c
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return int64(0) // it has an issue already
		}
	}
	return v
}
