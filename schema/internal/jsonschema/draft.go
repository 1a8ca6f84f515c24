package jsonschema

import "strings"

// draft is a version of the standard.
type draft int

// The drafts, in their order.
const (
	draft4 draft = iota + 4
	draft6 draft = iota + 5
	draft7
	draft2019
	draft2020
)

// draftOf returns the draft that $schema names. One that is not known, or none, counts
// as the newest.
func draftOf(address string) draft {
	address = strings.TrimRight(address, "#")
	for part, d := range map[string]draft{
		"draft-04": draft4, "draft-03": draft4, "draft-06": draft6, "draft-07": draft7, "2019-09": draft2019, "2020-12": draft2020,
	} {
		if strings.HasPrefix(strings.TrimPrefix(strings.TrimPrefix(address, "http://"), "https://"), "json-schema.org/") && strings.Contains(address, part) {
			return d
		}
	}
	return draft2020
}

// idKeyword is the keyword that gives a schema its address.
func (d draft) idKeyword() string {
	if d == draft4 {
		return "id"
	}
	return "$id"
}

// refHidesSiblings reports whether the keywords beside $ref are ignored.
func (d draft) refHidesSiblings() bool { return d <= draft7 }

// has reports whether a keyword has a meaning in a draft.
func (d draft) has(keyword string) bool {
	switch keyword {
	case "const", "contains", "propertyNames":
		return d >= draft6
	case "if", "then", "else":
		return d >= draft7
	case "dependentRequired", "dependentSchemas", "minContains", "maxContains", "unevaluatedItems", "unevaluatedProperties", "$anchor":
		return d >= draft2019
	case "$recursiveRef", "$recursiveAnchor":
		return d == draft2019
	case "prefixItems", "$dynamicRef", "$dynamicAnchor":
		return d >= draft2020
	case "additionalItems":
		return d <= draft2019
	}
	return true
}
