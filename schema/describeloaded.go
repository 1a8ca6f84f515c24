package schema

import (
	"math"
	"strings"

	"realmconf/schema/tree"
)

// Lengths of the descriptions of places below, longest first.
const (
	wholeText        = math.MaxInt
	longDescription  = 400
	shortDescription = 80
)

// maxDescribed is how many places below are described together at most. With more, there
// are fewer levels.
const maxDescribed = 2000

// cutHint is the x-cut of a description.
const cutHint = "what some keys below say is cut: give the path of one for all of it"

// describedDepth returns how many levels below a place are described.
func (m *Model) describedDepth(p tree.Pointer, depth int) int {
	for ; depth > 1; depth-- {
		left := maxDescribed
		nodes := []*Node{m.root}
		if len(p) > 0 {
			nodes = m.root.lookup(p)
		}
		for _, n := range nodes {
			n.countBelow(depth, &left)
		}
		if left > 0 {
			break
		}
	}
	return depth
}

// countBelow subtracts the number of places in some levels below n from left. It ends
// when nothing is left.
func (n *Node) countBelow(depth int, left *int) {
	if depth == 0 {
		return
	}
	n.forEachBelow(func(below *Node) {
		if *left > 0 {
			*left--
			below.countBelow(depth-1, left)
		}
	})
}

// reduction says how much of a description stays.
type reduction struct {
	text, values int
	typesOnly    bool
}

// mark returns a description without a part of what it says of the places below, and
// with x-cut if there is such a part.
func (r reduction) mark(d tree.Object) tree.Object {
	short := r.of(d, 0)
	if !tree.Equal(short, d) {
		short["x-cut"] = cutHint
	}
	return short
}

// of returns a description without a part of what it says of the places below.
func (r reduction) of(d tree.Object, level int) tree.Object {
	short := make(tree.Object, len(d))
	for keyword, v := range d {
		switch keyword {
		case "properties", "patternProperties", "x-branches":
			members := make(tree.Object)
			for name, e := range v.(tree.Object) {
				members[name] = r.of(e.(tree.Object), level+1)
			}
			v = members
		case "items", "additionalProperties":
			if below, isObject := v.(map[string]any); isObject {
				v = r.of(below, level+1)
			}
		case "anyOf":
			var all []any
			for _, e := range v.([]any) {
				all = append(all, r.of(e.(tree.Object), level))
			}
			v = all
		case "description":
			if level > 0 {
				if v = firstOf(v.(string), r.text); v == "" {
					continue
				}
			}
		case "enum", "examples", "default":
			if level > 0 && r.typesOnly {
				continue
			}
			if list, isList := v.([]any); isList && level > 0 && len(list) > r.values {
				v = list[:r.values:r.values]
				short["x-more-"+keyword] = int64(len(list) - r.values)
			}
		}
		short[keyword] = v
	}
	return short
}

// firstOf returns the beginning of a text.
func firstOf(text string, length int) string {
	if len(text) <= length {
		return text
	}
	text = strings.ToValidUTF8(text[:length], "")
	if end := strings.LastIndexAny(text, " \n"); end > 0 {
		text = text[:end]
	}
	if length == 0 {
		return ""
	}
	return text + "…"
}
