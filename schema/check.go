package schema

import (
	"cmp"
	"slices"

	"realmconf/schema/tree"
)

// Check finds everything that is wrong with next, a configuration as it is to
// be stored, sorted by place. What was wrong in prev already, with the same
// value, is a warning: it blocks no other change. In lists that counts
// wherever the entry stands now. A name that nothing has is a warning too, of
// the kind Reference, even when it is new: the platform accepts it, and fails
// when it needs what is named.
func (m *Model) Check(next, prev tree.Object) (issues, warnings []Issue) {
	found := m.problems(next)
	if len(found) == 0 {
		return nil, nil
	}
	old := make(map[place]int)
	if slices.ContainsFunc(found, func(i Issue) bool { return i.Kind != Reference }) {
		for _, issue := range m.problems(prev) {
			old[locate(issue, prev)]++
		}
	}
	for _, issue := range found {
		at := locate(issue, next)
		switch {
		case issue.Kind == Reference:
			warnings = append(warnings, issue)
		case old[at] > 0:
			old[at]-- // one old mistake excuses one
			warnings = append(warnings, issue)
		default:
			issues = append(issues, issue)
		}
	}
	return issues, warnings
}

// problems is all issues of a configuration, at most one for a place: the
// first thing that is wrong there.
func (m *Model) problems(config tree.Object) []Issue {
	return m.found(config, config, m.rules.Check)
}

// found is the issues of a configuration, and those that rules find in another
// one, which has all that the first has.
func (m *Model) found(config, concerned tree.Object, rules []FieldRule) []Issue {
	c := checker{model: m, config: config, seen: make(map[string]bool)}
	c.walk(m.root(), config)
	m.validate(m.constraint(), c.finite(), c.explain)
	n := normaliser{}
	normal := n.object(m.root(), m.modern(concerned), nil)
	c.addAll(n.issues)
	for _, r := range rules {
		c.addAll(r.Find(only(normal, r.Sections)))
	}
	return sorted(c.issues)
}

// checker collects the issues of one configuration.
type checker struct {
	model    *Model
	config   tree.Object
	issues   []Issue
	seen     map[string]bool // places that have an issue
	at       tree.Pointer    // where walk is
	infinite bool            // whether there is a number that is none
}

func (c *checker) add(issue Issue) {
	if c.seen[issue.Path] {
		return
	}
	c.seen[issue.Path] = true
	c.issues = append(c.issues, issue)
}

func (c *checker) addAll(issues []Issue) {
	for _, issue := range issues {
		c.add(issue)
	}
}

// sorted puts issues in the order of their places, so that equal
// configurations give equal answers.
func sorted(issues []Issue) []Issue {
	slices.SortStableFunc(issues, func(a, b Issue) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Kind, b.Kind))
	})
	return issues
}
