package schema

import (
	"slices"

	"realmconf/schema/tree"
)

// Unexported names for the external tests.
var (
	Encoded = encoded
	Compare = compare
)

const (
	MaxGot     = maxGot
	Generation = generation
)

// Leads reports whether the schema has the place.
func (m *Model) Leads(p tree.Pointer) bool { return len(m.root.lookup(p)) > 0 }

// RootAliases returns the other names of the root's keys.
func (m *Model) RootAliases() []Alias { return m.root.KeyAliases }

// TextFormats returns all formats of the model.
func (m *Model) TextFormats() []TextFormat {
	duration, _ := m.textFormat(formatDuration)
	return append(slices.Clone(m.rules.Formats), duration)
}

// Violations calls found for each violation of a configuration.
func (m *Model) Violations(config tree.Object, found func(at tree.Pointer, keyword, name string)) {
	m.validate(config, func(v violation) { found(v.at, string(v.keyword), v.name) })
}

// Place is a place of the schema.
type Place struct {
	node    *Node
	Section string // of an unknown place: all of these share one node
}

// PlaceOf returns the place that a pointer into a configuration leads to.
func (m *Model) PlaceOf(p tree.Pointer, config any) Place {
	n, v := m.root, config
	for _, token := range p {
		n = n.formFor(v).childOrUnknown(token)
		v, _, _ = tree.Pointer{token}.Get(v)
	}
	if n == unknown || n == misplaced || slices.Contains(p, "no_such_key") {
		return Place{unknown, p[0]}
	}
	return Place{node: n}
}
