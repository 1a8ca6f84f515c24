package tree

import (
	"cmp"
	"slices"
	"strings"
)

// Change is one difference between two configurations.
//
// Op determines the values: "add" has New; "remove" has Old; "replace" has both;
// "move", of a list's entry, has From and no values. A value may be false, 0, ""
// or null and is reported like any other.
//
// From, Was, and the Path of a "remove" point into the old configuration; every
// other Path points into the new one. So Path leads to the value, even if entries
// before it were added or removed. Whole points to where Path does.
type Change struct {
	Op       string
	Path     Pointer
	From     Pointer // the old place of a moved entry
	Was      Pointer // the place of Old in the old configuration; not on the wire
	Whole    Pointer // of an addition or a removal, the outermost value that came or went with this one, or Path; not on the wire
	Key      string  // the identity of an added, removed or moved list entry, "" if it has none
	Old, New any

	// Default is the value of an absent key, if HasDefault. Only "add" and
	// "remove" have it, because one side of them is absent.
	Default    any
	HasDefault bool

	// OldBytes and NewBytes are the sizes of Old and New as JSON if Shortened
	// removed the values themselves, else 0.
	OldBytes, NewBytes int
}

// Tree returns the change as a JSON object, with those members that it has:
// default, from, key, new or new_bytes, old or old_bytes, op, path. The caller may
// change it.
func (c Change) Tree() Object {
	o := Object{"op": c.Op, "path": c.Path.String()}
	if c.HasDefault {
		o["default"] = c.Default
	}
	if c.Op == "move" {
		o["from"] = c.From.String()
	}
	if c.Key != "" {
		o["key"] = c.Key
	}
	if c.Op == "add" || c.Op == "replace" {
		setSized(o, "new", c.New, c.NewBytes)
	}
	if c.Op == "remove" || c.Op == "replace" {
		setSized(o, "old", c.Old, c.OldBytes)
	}
	return o
}

// setSized sets a value, or its size if the value was removed: no JSON text has
// 0 bytes.
func setSized(o Object, name string, v any, size int) {
	if size > 0 {
		o[name+"_bytes"] = int64(size)
		return
	}
	o[name] = v
}

// MarshalJSON writes the change as Append writes its Tree, so that floats stay
// floats in replies that encoding/json writes.
func (c Change) MarshalJSON() ([]byte, error) { return Append(nil, c.Tree()), nil }

// Shortened returns the change without the values that have more than limit
// bytes as JSON: of Old and New the sizes remain, a Default is left out.
func (c Change) Shortened(limit int) Change {
	c.Old, c.OldBytes = shorten(c.Old, c.OldBytes, limit)
	c.New, c.NewBytes = shorten(c.New, c.NewBytes, limit)
	if c.HasDefault && len(Append(nil, c.Default)) > limit {
		c.Default, c.HasDefault = nil, false
	}
	return c
}

func shorten(v any, size, limit int) (any, int) {
	if size > 0 {
		return v, size // it is shortened already
	}
	if n := len(Append(nil, v)); n > limit {
		return nil, n
	}
	return v, 0
}

// compareChanges orders a report by path. If one entry left a place and another
// one came there, the removal precedes the addition.
func compareChanges(a, b Change) int {
	return cmp.Or(ComparePointers(a.Path, b.Path), cmp.Compare(opRank(a.Op), opRank(b.Op)))
}

func opRank(op string) int { return slices.Index([]string{"remove", "move", "add", "replace"}, op) }

// ComparePointers orders pointers token by token, and list indexes as numbers:
// the order of a report.
func ComparePointers(a, b Pointer) int { return slices.CompareFunc(a, b, compareTokens) }

func compareTokens(a, b string) int {
	i, aIndex := ArrayIndex(a)
	j, bIndex := ArrayIndex(b)
	switch {
	case aIndex && bIndex:
		return cmp.Compare(i, j)
	case aIndex:
		return -1
	case bIndex:
		return 1
	default:
		return strings.Compare(a, b)
	}
}
