// Package schema checks and describes configurations: a Model has the resolved
// view of one, reads the configurations that clients send, and lists all mistakes
// with their places.
//
// A Model is made of a JSON Schema and the rules that a schema cannot say. The package
// knows nothing else about fields: another schema with its rules makes another model.
// There are two ways to one:
//
//   - New takes nodes that a generator has written as Go data, from a schema in the form
//     that Parse reads (draft 2020-12, without references). It costs nothing at the start
//     of a program. The rules say what goes beyond.
//   - Load reads any JSON Schema when it is called, of the drafts 4 to 2020-12, with
//     references and every keyword.
//
// Both make a graph of nodes, one for each place of a configuration, and all methods walk
// through that and a configuration together:
//
//	schema ──▶ nodes ──▶ Fill, Accept, Canonical   values: defaults, other spellings
//	             │  └──▶ Describe, Search          what there may be
//	             │  └──▶ Mask, Reveal, Risk        what is secret, what a change can do
//	             └─────▶ Check                     what is wrong, and what was meant
//
// For a loaded schema, package jsonschema finds what is wrong, since anyOf, not or
// unevaluatedProperties cannot be told of one place alone; the nodes say what was meant.
// A node then stands for a list of alternatives of which a value takes one (see builder):
//
//	{"anyOf": [{"type": "string"}, {"$ref": "#/$defs/list"}]}
//	    └─▶ types string and array, whose entries have the node of the list's entries
//	{"oneOf": [{"properties": {"kind": {"const": "a"}, …}}, …]}
//	    └─▶ a Union with the tag kind; for another value choose finds the nearest branch
//
// The meaning of the keywords is that of the standard (JSON Schema Core and Validation);
// of format, x-risk, x-key, x-secret, numbers and dates, the comment at Load.
package schema

import (
	"slices"
	"sync"

	"realmconf/schema/tree"
)

// Model says what a configuration may be. Its methods may be called at the same
// time; trees handed in are not changed, and those handed back share parts with
// them.
type Model struct {
	source []byte // the JSON Schema
	root   *Node  // the same as Parse reads it
	rules  Rules
	loaded *loadedSchema // nil if New made it

	indexOnce sync.Once // guards index
	index     *index    // for Search
}

// New returns the model of a JSON Schema, whose node Parse has returned or the
// generator has written. It costs nothing.
func New(source []byte, root *Node, r Rules) *Model {
	return &Model{source: source, root: root, rules: r}
}

// JSON returns the schema itself. It must not be changed.
func (m *Model) JSON() []byte { return m.source }

// Roots returns the keys of the configuration, sorted.
func (m *Model) Roots() []string { return m.root.names() }

// Key returns the member that identifies the entries of the list at p, or "" if
// there is no list or its entries have no identity.
func (m *Model) Key(p tree.Pointer) string {
	for _, n := range m.root.lookup(p) {
		if n.Key != "" {
			return n.Key
		}
	}
	return ""
}

// IsIndex reports whether the last token of p is the index of a list's entry, or "-",
// where the schema has a list, or where there may be one.
func (m *Model) IsIndex(p tree.Pointer) bool {
	if len(p) == 0 {
		return false
	}
	if _, isIndex := tree.ArrayIndex(p[len(p)-1]); !isIndex && p[len(p)-1] != "-" {
		return false
	}
	for _, n := range m.root.lookup(p[:len(p)-1]) {
		for _, form := range n.forms() {
			if form.Items != nil || form.IsFree {
				return true
			}
		}
	}
	return false
}

// Declares reports whether the schema has a property of the name at p, which is not
// the name of a map's entry, another name of a property, or unknown.
func (m *Model) Declares(p tree.Pointer) bool {
	if len(p) == 0 {
		return false
	}
	for _, n := range m.root.lookup(p[:len(p)-1]) {
		for _, form := range n.forms() {
			if form.property(p[len(p)-1]) != nil {
				return true
			}
		}
	}
	return false
}

// Default returns the value that an absent key means. Sections have a default
// only if all their keys are required together; optional fields have none, and
// neither has a key for which the branches of a union differ.
func (m *Model) Default(p tree.Pointer) (any, bool) {
	for i := len(p); i >= 0; i-- {
		var found []any
		for _, n := range m.root.lookup(p[:i]) {
			if !n.HasDefault {
				continue
			}
			if v, _, ok := p[i:].Get(n.defaultValue()); ok {
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

// DefaultWithout returns the value that p means in a configuration without whole, a
// place at or above it. That is Default, unless a key between the two exists only with
// an entry of a list or a map: without the entry it means nothing.
func (m *Model) DefaultWithout(whole, p tree.Pointer) (any, bool) {
	for i := len(whole); i < len(p); i++ {
		if !m.Declares(p[:i]) {
			return nil, false
		}
	}
	return m.Default(p)
}

// Children returns the keys that the schema lists for the object at p, sorted;
// for a union, those of all branches. It returns none for open objects and maps,
// and for places that hold no object.
func (m *Model) Children(p tree.Pointer) []string {
	var names []string
	for _, n := range m.root.lookup(p) {
		for _, form := range n.forms() {
			names = append(names, form.names()...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
