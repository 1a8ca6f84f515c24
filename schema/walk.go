package schema

import (
	"math"

	"realmconf/schema/tree"
)

// walk finds the mistakes that the validator does not: numbers with a fraction or
// exponent where an integer is needed (JSON Schema takes 8080.0 for 8080, readers
// of TOML do not), numbers that TOML or older readers cannot hold, nulls where
// the schema allows anything, and unknown keys of a union's value that selects no
// branch, and what other programs show in the place of a secret. It does not descend
// into unknown keys.
func (c *checker) walk(n *Node, v any) {
	switch v := v.(type) {
	case map[string]any:
		form := n.formFor(v)
		for name, e := range v {
			below := form.child(name)
			if below == nil {
				if form.IsLoose {
					c.addUnder(c.at, name, causeUnknown)
				}
				continue
			}
			c.at = append(c.at, name)
			c.walk(below, e)
			c.at = c.at[:len(c.at)-1]
		}
	case []any:
		below := n.Items
		if n.IsFree {
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
	case string:
		if n.mentionsStandIn(v) {
			c.add(c.at, causeStandIn)
		}
	case nil:
		if n.IsFree {
			c.add(c.at, causeType)
		}
	case uint64:
		if n.IsFree || n.accepts("number") {
			c.add(c.at, causeTooLarge)
		}
	case float64:
		switch {
		case math.IsNaN(v) || math.IsInf(v, 0):
			c.hasInfinite = true
			c.add(c.at, causeInfinite)
		case n.accepts("integer") && !n.accepts("number"):
			c.add(c.at, causeType)
		}
	}
}

// tooLarge is the message about integers that do not fit a signed integer.
const tooLarge = "must be at most 9223372036854775807"

// withoutInfinite returns a configuration without NaN and infinite numbers, which
// the validator cannot compare.
func (c *checker) withoutInfinite(config tree.Object) tree.Object {
	if !c.hasInfinite {
		return config
	}
	return withoutInfinite(config).(tree.Object)
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
