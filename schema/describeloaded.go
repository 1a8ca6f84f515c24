package schema

import (
	"strings"

	"realmconf/schema/tree"
)

// maxDescription is how many bytes the description of a place has at most, if a loaded
// schema has so much to say. What is left out can be asked for with the place below.
const maxDescription = 24 << 10

// Lengths of the descriptions of places below, longest first.
const (
	longDescription  = 400
	shortDescription = 80
)

// describeLoaded returns the description of a place of a loaded schema. If it is too
// long, the descriptions of the places below are cut, then their lists of values, then
// all levels but one, then all but the types, and at last the last properties, of which
// x-more-properties is the number.
func (m *Model) describeLoaded(p tree.Pointer, depth int) (tree.Object, bool) {
	d, ok := m.describeTo(p, depth)
	if !ok {
		return nil, false
	}
	for _, cut := range []reduction{{text: longDescription, values: 40}, {text: shortDescription, values: 12}, {values: 4}} {
		short := cut.of(d, 0)
		if len(tree.Append(nil, short)) <= maxDescription {
			return short, true
		}
	}
	if depth > 1 {
		return m.describeLoaded(p, 1)
	}
	short := reduction{typesOnly: true}.of(d, 0)
	cutProperties(short)
	return short, true
}

// cutProperties leaves out the last properties of a description that is too long even
// with nothing but types. Search finds these, and each can be described by its place.
func cutProperties(d tree.Object) {
	properties, _ := d["properties"].(tree.Object)
	length, names := len(tree.Append(nil, d)), sortedNames(properties)
	cut := 0
	for i := len(names) - 1; i >= 0 && length > maxDescription; i-- {
		length -= len(names[i]) + len(tree.Append(nil, properties[names[i]])) + len(`"":,`)
		delete(properties, names[i])
		cut++
	}
	if cut > 0 {
		d["x-more-properties"] = int64(cut)
	}
}

// reduction says how much of a description stays.
type reduction struct {
	text, values int
	typesOnly    bool
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
			if v = firstOf(v.(string), r.text, level); v == "" {
				continue
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

// firstOf returns the beginning of a description. That of the place itself may be long.
func firstOf(text string, length, level int) string {
	if level == 0 {
		length = 10 * longDescription
	}
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
