// Package schema checks and describes configurations: a Model has the resolved
// view of one, reads the configurations that clients send, and lists all mistakes
// with their places.
//
// A Model is made of a JSON Schema (draft 2020-12) and the rules that a schema
// cannot say. The package knows nothing else about fields: another schema with
// its rules makes another model.
package schema

import (
	"encoding/json"
	"slices"
	"sync"

	"realmconf/schema/tree"
)

// Model says what a configuration may be. Its methods may be called at the same
// time; trees handed in are not changed, and those handed back share parts with
// them.
type Model struct {
	source []byte
	rules  Rules

	decoded    func() tree.Object               // the outline of the schema
	root       func() *node                     // the schema, read once
	places     func() map[string][]tree.Pointer // where the properties of each name are
	constraint func() *constraint               // what the schema asks for, read as far as values come
}

// New returns the model of a JSON Schema and its rules. It costs nothing until
// it is used; a text that is not a schema panics at first use.
func New(source []byte, r Rules) *Model {
	m := &Model{source: source, rules: r}
	m.decoded = sync.OnceValue(func() tree.Object { return known(json.RawMessage(source)).(map[string]any) })
	m.root = sync.OnceValue(func() *node { return parseNode(m.decoded(), RiskNone) })
	m.places = sync.OnceValue(func() map[string][]tree.Pointer {
		found := make(map[string][]tree.Pointer)
		m.root().find(nil, found)
		return found
	})
	m.constraint = sync.OnceValue(func() *constraint { return newConstraint(m.decoded()) })
	return m
}

// JSON is the schema itself. Nobody writes into it.
func (m *Model) JSON() []byte { return m.source }

// Roots is the keys of the configuration, sorted.
func (m *Model) Roots() []string { return slices.Clone(m.root().names) }

// Key is the member that identifies the entries of the list at p, or "" where
// p is no list or its entries have no name.
func (m *Model) Key(p tree.Pointer) string {
	for _, n := range m.root().lookup(p) {
		if n.key != "" {
			return n.key
		}
	}
	return ""
}

// Default is the value that a missing key stands for. Sections have none of
// their own, unless they stand whole or not at all; optional fields have none,
// and neither has a key for which the branches of a union differ.
func (m *Model) Default(p tree.Pointer) (any, bool) {
	for i := len(p); i >= 0; i-- {
		var found []any
		for _, n := range m.root().lookup(p[:i]) {
			if !n.hasDefault {
				continue
			}
			if v, _, ok := p[i:].Get(n.def); ok {
				found = append(found, v)
			}
		}
		if len(found) == 0 {
			continue
		}
		for _, v := range found[1:] {
			if !tree.Equal(v, found[0]) {
				return nil, false
			}
		}
		return found[0], true
	}
	return nil, false
}

// Children is the names that are listed for the object at p, sorted, for
// "did you mean"; for a union, those of all branches. It is empty for open
// objects, maps, and what is no object.
func (m *Model) Children(p tree.Pointer) []string {
	var names []string
	for _, n := range m.root().lookup(p) {
		for _, form := range n.forms() {
			names = append(names, form.names...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
