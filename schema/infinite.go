package schema

import (
	"math"
	"slices"
	"strings"

	"realmconf/schema/tree"
)

// noteInfinite notes the text at c.at if it stands for a number that JSON does not have: a
// configuration has texts in the place of inf and nan.
func (c *checker) noteInfinite(n *Node, text string) {
	if _, is := infiniteOf(text); is && n.accepts("number") && !n.accepts("string") {
		c.infinite = append(c.infinite, slices.Clone(c.at))
	}
}

// infiniteOf returns the number for which a text stands, as TOML spells it.
func infiniteOf(text string) (f float64, is bool) {
	sign := 1
	if strings.HasPrefix(text, "-") {
		sign = -1
	}
	switch strings.TrimLeft(text, "+-") {
	case "inf":
		f = math.Inf(sign)
	case "nan":
		f = math.NaN()
	default:
		return 0, false
	}
	return f, len(text) <= len("+inf")
}

// withNumbers returns a configuration with numbers in the place of the noted texts. A text
// that a write puts where no number was stays one: it would be a text in the file.
func (c *checker) withNumbers(config tree.Object) tree.Object {
	if len(c.infinite) == 0 {
		return config
	}
	config = copied(config).(tree.Object)
	for _, p := range c.infinite {
		if !c.wasNumber(p) {
			continue
		}
		v, _, _ := p.Get(config)
		f, _ := infiniteOf(v.(string))
		switch parent, _, _ := p[:len(p)-1].Get(config); parent := parent.(type) {
		case map[string]any:
			parent[p[len(p)-1]] = f
		case []any:
			i, _ := tree.ArrayIndex(p[len(p)-1])
			parent[i] = f
		}
	}
	return config
}

// wasNumber reports whether an earlier configuration has a number at a place, or numbers in
// the list there, or whether there is no earlier one.
func (c *checker) wasNumber(p tree.Pointer) bool {
	return len(c.old) == 0 || slices.ContainsFunc(c.old, func(old *oldMistakes) bool {
		v, _, _ := p.Get(old.removed.prev)
		list, _, _ := p[:len(p)-1].Get(old.removed.prev)
		switch v := v.(type) {
		case int64, uint64, float64:
			return true
		case string:
			_, is := infiniteOf(v)
			return is
		}
		_, isList := list.([]any)
		return isList
	})
}

// copied returns a value whose objects and lists may be changed.
func copied(v any) any {
	switch v := v.(type) {
	case map[string]any:
		o := make(tree.Object, len(v))
		for name, e := range v {
			o[name] = copied(e)
		}
		return o
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = copied(e)
		}
		return list
	}
	return v
}
