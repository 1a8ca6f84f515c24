package schema

import (
	"maps"
	"slices"

	"realmconf/schema/tree"
)

// The resolved value of a key of the root depends on its stored value alone: old
// forms are brought up to date within their section, and keys of the root have no
// aliases. Only the rules see more than one section. So a result for one
// configuration also holds for the sections that another one shares with it, in
// the sense of tree.Same. Accept and Mask are the exceptions, see HasForms.

// HasForms reports whether the root has several forms, as oneOf in a loaded schema gives
// it. Then a section may be a secret or not, and an integer or not, by what is in another
// section: Accept and Mask need the whole configuration.
func (m *Model) HasForms() bool { return m.root.Union != nil || m.root.Wrapper != nil }

// Refill returns Fill(next), where filled is Fill(prev). It shares the sections
// of filled that next shares with prev; if filled is empty, it leaves them out.
func (m *Model) Refill(next, prev, filled tree.Object) tree.Object {
	root := m.root
	if len(root.KeyAliases) > 0 {
		return m.Fill(next)
	}
	refilled := maps.Clone(filled)
	touched := tree.Others(next, prev)
	z := normaliser{}
	normal := z.object(root, m.modernise(touched))
	changed := tree.Others(prev, next)
	maps.Copy(changed, touched)
	for name := range changed {
		delete(refilled, name)
		c := root.child(name)
		switch v, has := normal[name]; {
		case has && c != nil:
			refilled[name] = m.fillValue(c, v)
		case has:
			refilled[name] = v
		case root.property(name) != nil:
			if v, isShown := m.fillAbsent(root.property(name)); isShown {
				refilled[name] = v
			}
		}
	}
	return refilled
}

// Recheck returns Check(next, valid), where valid is a configuration without
// issues and warnings. It checks only the sections that next does not share with
// it.
func (m *Model) Recheck(next, valid tree.Object) Report {
	if len(m.root.KeyAliases) > 0 || m.loaded != nil {
		return m.Check(next, valid)
	}
	touched := tree.Others(next, valid)
	changed := tree.Others(valid, next)
	maps.Copy(changed, touched)
	concerned := make(tree.Object) // every section of the rules that see a changed one
	var again []FieldRule
	for _, r := range m.rules.Check {
		if slices.ContainsFunc(r.Sections, func(name string) bool { _, is := changed[name]; return is }) {
			again = append(again, r)
			maps.Copy(concerned, only(next, r.Sections))
		}
	}
	maps.Copy(concerned, touched)
	c := newChecker(m, next)
	c.find(touched, concerned, again)
	return c.report()
}

// only returns an object without all members but the named ones.
func only(o tree.Object, names []string) tree.Object {
	part := make(tree.Object, len(names))
	for _, name := range names {
		if v, has := o[name]; has {
			part[name] = v
		}
	}
	return part
}
