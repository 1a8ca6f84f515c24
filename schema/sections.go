package schema

import (
	"maps"
	"slices"

	"realmconf/schema/tree"
)

// What a key of the root means depends on its own value alone: what is old in a
// form is renewed within its section, keys of the root have no other names, and
// only the rules see more than one section. So what is known of a configuration
// holds for the sections that another one shares with it. Shared is what is
// tree.Same.

// Refill is Fill of next, where filled is what Fill made of prev. It shares the
// sections of filled that next shares with prev; where filled is empty, these are
// left out.
func (m *Model) Refill(next, prev, filled tree.Object) tree.Object {
	root := m.root()
	if len(root.aliases) > 0 {
		return m.Fill(next)
	}
	refilled := maps.Clone(filled)
	touched := tree.Others(next, prev)
	n := normaliser{}
	normal := n.object(root, m.modern(touched), nil)
	changed := tree.Others(prev, next)
	maps.Copy(changed, touched)
	for name := range changed {
		delete(refilled, name)
		c := root.child(name)
		switch v, has := normal[name]; {
		case has && c != nil:
			refilled[name] = fillValue(c, v)
		case has:
			refilled[name] = v
		case root.properties[name] != nil:
			root.properties[name].fillIn(refilled, name)
		}
	}
	return refilled
}

// Recheck is Check of next, where right is a configuration in which Check finds
// nothing at all. It looks at what next does not share with that.
func (m *Model) Recheck(next, right tree.Object) (issues, warnings []Issue) {
	root := m.root()
	if len(root.aliases) > 0 {
		return m.Check(next, right)
	}
	touched := tree.Others(next, right)
	changed := tree.Others(right, next)
	maps.Copy(changed, touched)
	concerned := make(tree.Object) // what the rules that see a changed section see
	var again []FieldRule
	for _, r := range m.rules.Check {
		if slices.ContainsFunc(r.Sections, func(name string) bool { _, is := changed[name]; return is }) {
			again = append(again, r)
			maps.Copy(concerned, only(next, r.Sections))
		}
	}
	maps.Copy(concerned, touched)
	for _, issue := range m.found(touched, concerned, again) {
		if issue.Kind == Reference {
			warnings = append(warnings, issue)
		} else {
			issues = append(issues, issue)
		}
	}
	return issues, warnings
}

// only is an object with no other members than the named ones.
func only(o tree.Object, names []string) tree.Object {
	part := make(tree.Object, len(names))
	for _, name := range names {
		if v, has := o[name]; has {
			part[name] = v
		}
	}
	return part
}
