package schema

import (
	"maps"
	"math"
	"slices"

	"realmconf/schema/tree"
)

// Accept returns a whole configuration, or a merge patch of one, with values in the
// form that a file has, where a client sends another form that means the same: a
// number without a fraction is an integer, since JSON has one type for both, and the
// text of a duration is its table of secs and nanos. Everything else stays, also
// mistakes, and what shown has at the same place: the client only sends it back. It
// copies only the objects and lists that it changes.
func (m *Model) Accept(given, shown tree.Object) tree.Object {
	return accept(m.root, given, shown).(tree.Object)
}

func accept(n *Node, given, shown any) any {
	switch v := given.(type) {
	case map[string]any:
		form := n.formFor(v)
		before, _ := shown.(map[string]any)
		accepted := v
		for key, e := range v {
			below := form.child(key)
			if below == nil {
				continue
			}
			if next := accept(below, e, before[key]); !tree.Same(next, e) {
				if tree.Same(accepted, v) {
					accepted = maps.Clone(v)
				}
				accepted[key] = next
			}
		}
		return accepted
	case []any:
		if n.Items == nil {
			return v
		}
		before, _ := shown.([]any)
		accepted := v
		for i, e := range v {
			var was any
			if i < len(before) {
				was = before[i]
			}
			if next := accept(n.Items, e, was); !tree.Same(next, e) {
				if tree.Same(accepted, v) {
					accepted = slices.Clone(v)
				}
				accepted[i] = next
			}
		}
		return accepted
	case float64:
		if n.accepts("integer") && !n.accepts("number") && !tree.Equal(v, shown) {
			return WholeNumber(v)
		}
	case string:
		if n.isDurationTable() && !tree.Equal(v, shown) {
			if d, err := ParseDuration(v); err == nil && int64(d.Secs) >= 0 {
				return tree.Object{"secs": int64(d.Secs), "nanos": int64(d.Nanos)}
			}
		}
	}
	return given
}

// isDurationTable reports whether the value is a duration as a table.
func (n *Node) isDurationTable() bool {
	return len(n.Properties) == 2 && n.Properties[0].Name == "nanos" && n.Properties[1].Name == "secs"
}

// WholeNumber returns a number without a fraction as an integer, and any other number
// as it is.
func WholeNumber(f float64) any { return normaliseNumber(f) }

// normaliseNumber returns one spelling for equal numbers: 2 for 2.0. Other values
// stay as they are.
func normaliseNumber(v any) any {
	f, isFloat := v.(float64)
	if !isFloat {
		return v
	}
	if i := int64(f); f > -1<<63 && f < 1<<63 && float64(i) == f {
		return i
	}
	if f >= 1<<63 && f < 1<<64 && f == math.Trunc(f) {
		return uint64(f)
	}
	return v
}
