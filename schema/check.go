package schema

import (
	"cmp"
	"reflect"
	"slices"

	"realmconf/schema/tree"
)

// checker collects the issues of one configuration.
type checker struct {
	model       *Model
	config      tree.Object
	issues      []Issue
	seen        map[string]bool // places that have an issue
	at          tree.Pointer    // where walk is
	hasInfinite bool            // there is a number that is NaN or infinite
}

// Check returns all mistakes in next, a configuration as it is to be stored,
// sorted by place. A mistake that prev has too, with the same value, is a
// warning: it blocks no other change. In a list it may have moved to another
// index, and parts of it may be removed. A name that refers to nothing is a warning
// too, of the kind Reference, even if it is new: the platform accepts it and fails
// when it needs the thing.
func (m *Model) Check(next, prev tree.Object) (issues, warnings []Issue) {
	found := m.problems(next)
	if len(found) == 0 {
		return nil, nil
	}
	if reflect.ValueOf(next).Pointer() == reflect.ValueOf(prev).Pointer() {
		m.addHints(next, found) // the same object: nothing in it is new
		return nil, found
	}
	old := make(map[mistake]int)
	var before []Issue
	if slices.ContainsFunc(found, func(i Issue) bool { return i.Kind != Reference }) {
		before = m.problems(prev)
		for _, issue := range before {
			old[mistakeOf(issue, prev)]++
		}
	}
	removed := newRemovals(next, prev, before)
	for _, issue := range found {
		key := mistakeOf(issue, next)
		switch {
		case issue.Kind == Reference:
			warnings = append(warnings, issue)
		case old[key] > 0:
			old[key]-- // one old mistake excuses one
			warnings = append(warnings, issue)
		case removed.leave(issue):
			warnings = append(warnings, issue)
		default:
			issues = append(issues, issue)
		}
	}
	m.addHints(next, issues)
	m.addHints(next, warnings)
	return issues, warnings
}

// addHints says of the first unknown keys what they were probably meant to be.
func (m *Model) addHints(config tree.Object, issues []Issue) {
	c := checker{model: m, config: config}
	for i, issue := range issues[:min(len(issues), MaxIssues)] {
		if issue.Kind == UnknownKey {
			p := pointerOf(issue)
			issues[i].Hint = c.unknownKeyHint(p[:len(p)-1], p[len(p)-1])
		}
	}
}

// problems returns all issues of a configuration, at most one for each place:
// the first that was found there.
func (m *Model) problems(config tree.Object) []Issue {
	return m.find(config, config, m.rules.Check)
}

// find returns the issues of a configuration, and those that some rules find in
// concerned, which has every section of config and perhaps more.
func (m *Model) find(config, concerned tree.Object, rules []FieldRule) []Issue {
	c := checker{model: m, config: config, seen: make(map[string]bool)}
	c.walk(m.root, config)
	m.validate(c.finiteConfig(), c.explain)
	z := normaliser{}
	normal := z.object(m.root, m.modernise(concerned))
	c.addAll(z.issues)
	for _, r := range rules {
		c.addAll(r.Find(only(normal, r.Sections)))
	}
	return sortIssues(c.issues)
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

// sortIssues sorts issues by their places, so that equal configurations give
// equal answers.
func sortIssues(issues []Issue) []Issue {
	slices.SortStableFunc(issues, func(a, b Issue) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Kind, b.Kind))
	})
	return issues
}
