package tree

import (
	"cmp"
	"slices"
	"strings"
)

// Change is one difference between two configurations.
//
// Which values it has follows from Op: "add" has New; "remove" has Old;
// "replace" has both; "move", of a list's entry, has From and no values. A
// value may be false, 0, "" or null and is reported like any other.
//
// A removed entry's Path, From and Was point into the old configuration; every
// other Path points into the new one. So a value is found where Path says, even
// when entries before it came or went.
type Change struct {
	Op       string
	Path     Pointer
	From     Pointer // where a moved entry stood
	Was      Pointer // where Old stood in the old configuration; not on the wire
	Key      string  // the identity of an added, removed or moved list entry, "" for none
	Old, New any

	// Default is what holds while nothing is stored, when HasDefault; only of
	// "add" and "remove", where one side is absent.
	Default    any
	HasDefault bool

	// OldBytes and NewBytes are the sizes of Old and New as JSON where Shortened
	// took the values themselves away, else 0.
	OldBytes, NewBytes int
}

// Tree is the change as a JSON object, with the members that it has: default,
// from, key, new or new_bytes, old or old_bytes, op, path. It is the caller's.
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

// setSized sets a value, or its size where the value was taken away: no JSON
// text has 0 bytes.
func setSized(o Object, name string, v any, size int) {
	if size > 0 {
		o[name+"_bytes"] = int64(size)
		return
	}
	o[name] = v
}

// MarshalJSON writes the change as Append writes its Tree, so that floats stay
// floats inside replies that encoding/json writes.
func (c Change) MarshalJSON() ([]byte, error) { return Append(nil, c.Tree()), nil }

// Shortened is the change without the values that need more than limit bytes
// as JSON: of Old and New the sizes remain, a Default is left out. c is not
// changed.
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
		return v, size // was shortened before
	}
	if n := len(Append(nil, v)); n > limit {
		return nil, n
	}
	return v, 0
}

// compareChanges orders a report by path. Where something went from the place
// at which something else now stands, the leaving comes first.
func compareChanges(a, b Change) int {
	return cmp.Or(ComparePointers(a.Path, b.Path), cmp.Compare(opRank(a.Op), opRank(b.Op)))
}

func opRank(op string) int { return slices.Index([]string{"remove", "move", "add", "replace"}, op) }

// ComparePointers orders token by token, list indexes by what they are worth:
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
