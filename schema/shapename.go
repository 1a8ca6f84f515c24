package schema

import (
	"slices"
	"strconv"

	"realmconf/schema/internal/jsonschema"
)

// constOf returns the text that a member must be, "" if it need not be a certain one.
func (so shape) constOf(name string) string {
	text, isKnown := "", false
	so.about(name, func(s *jsonschema.Schema) {
		if p := s.Properties[name]; !isKnown && p != nil && len(p.Enum) == 1 && so.requires(name) {
			text, _ = p.Enum[0].(string)
			isKnown = true
		}
	})
	return text
}

// tagOf returns the member whose value tells some shapes apart, "" if there is none.
func tagOf(shapes []shape) string {
	for _, s := range shapes[0].schemas {
		for _, name := range sortedNames(s.Properties) {
			values := make(map[string]bool)
			for _, so := range shapes {
				if text := so.constOf(name); text != "" {
					values[text] = true
				}
			}
			if len(values) == len(shapes) {
				return name
			}
		}
	}
	return ""
}

// branchName returns the name of the i-th of some shapes: the value of the tag, or else
// its title, the key that it alone requires, or its number.
func (so shape) branchName(tag string, i int, shapes []shape) string {
	if tag != "" {
		return so.constOf(tag)
	}
	isTaken := func(name string) bool {
		return slices.ContainsFunc(shapes[:i], func(other shape) bool { return other.text("title") == name })
	}
	if title := so.text("title"); title != "" && len(title) <= 60 && !isTaken(title) {
		return title
	}
	for _, s := range so.schemas {
		for _, name := range s.Required {
			if !slices.ContainsFunc(shapes, func(other shape) bool { return !slices.Equal(other.schemas, so.schemas) && other.requires(name) }) {
				return "with " + name
			}
		}
	}
	return "form " + strconv.Itoa(i+1)
}
