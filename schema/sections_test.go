package schema_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"realmconf/schema"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// drawSections draws a configuration from the schema, or any tree.
func drawSections(t *rapid.T) tree.Object {
	if rapid.Bool().Draw(t, "by the schema") {
		schema, err := tree.DecodeObject(meerkat.New().JSON())
		if err != nil {
			t.Fatal(err)
		}
		return maker{t}.config(schema)
	}
	return drawConfig(t)
}

// successor draws a configuration that shares some sections with another one, has
// others of its own, and lacks some.
func successor(t *rapid.T, prev tree.Object) tree.Object {
	next := drawSections(t)
	for _, name := range slices.Sorted(maps.Keys(prev)) {
		if rapid.IntRange(0, 2).Draw(t, name) > 0 {
			next[name] = prev[name]
		}
	}
	return next
}

func TestRefill_equalsFill(t *testing.T) {
	m := meerkat.New()
	rapid.Check(t, func(t *rapid.T) {
		prev := drawSections(t)
		next, filled := successor(t, prev), m.Fill(prev)
		before := treetest.Clone(filled)
		refilled := m.Refill(next, prev, filled)
		if diff := cmp.Diff(m.Fill(next), refilled); diff != "" {
			t.Fatalf("(-Fill +Refill)\n%s", diff)
		}
		if diff := cmp.Diff(before, any(filled)); diff != "" {
			t.Fatalf("what was filled before was written into\n%s", diff)
		}
		for name, v := range next {
			if was, had := prev[name]; had && tree.Same(v, was) && !tree.Same(refilled[name], filled[name]) {
				t.Fatalf("%s is the same, and was filled again", name)
			}
		}
		differs := maps.Clone(m.Fill(next))
		maps.DeleteFunc(differs, func(name string, _ any) bool {
			v, in := next[name]
			was, had := prev[name]
			return in && had && tree.Same(v, was) || !in && !had
		})
		if diff := cmp.Diff(differs, m.Refill(next, prev, tree.Object{})); diff != "" {
			t.Fatalf("what differs: (-Fill +Refill)\n%s", diff)
		}
	})
}

func TestRecheck_equalsCheck(t *testing.T) {
	m := meerkat.New()
	wrong, shared := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		right := drawSections(t)
		for issues, warnings := findIssues(m, right, nil); len(issues)+len(warnings) > 0; issues, warnings = findIssues(m, right, nil) {
			for _, issue := range slices.Concat(issues, warnings) {
				p, err := tree.ParsePointer(issue.Path)
				if err != nil {
					t.Fatal(err)
				}
				delete(right, p[0])
			}
		}
		next := successor(t, right)
		issues, warnings := findIssues(m, next, right)
		reissues, rewarnings := refindIssues(m, next, right)
		if diff := cmp.Diff([][]schema.Issue{issues, warnings}, [][]schema.Issue{reissues, rewarnings}); diff != "" {
			t.Fatalf("(-Check +Recheck)\n%s", diff)
		}
		if len(issues) > 0 {
			wrong++
		}
		if len(tree.Others(next, right)) < len(next) {
			shared++
		}
	})
	if wrong == 0 || shared == 0 {
		t.Errorf("%d configurations were wrong and %d had something in common with the right one: nothing was compared", wrong, shared)
	}
}

// TestRecheck_rulesAcrossSections makes sure that a change in one section is seen in
// an unchanged one.
func TestRecheck_rulesAcrossSections(t *testing.T) {
	m := meerkat.New()
	right := object(t, `{"self_hosted":{"servers":{"s":{"base_url":"http://h"}},"models":{"m":{"server":"s"}}},"models":{"other":{"provider":"openai"}}}`)
	if issues, warnings := findIssues(m, right, nil); len(issues)+len(warnings) > 0 {
		t.Fatalf("not right: %v %v", issues, warnings)
	}
	next := maps.Clone(right)
	next["models"] = object(t, `{"m":{"provider":"openai"}}`)
	issues, _ := findIssues(m, next, right)
	reissues, _ := refindIssues(m, next, right)
	if diff := cmp.Diff(issues, reissues); diff != "" || len(issues) == 0 {
		t.Errorf("%d issues (-Check +Recheck)\n%s", len(issues), diff)
	}
}

// TestRootKeys_haveNoAliases checks a condition of Refill and Recheck.
func TestRootKeys_haveNoAliases(t *testing.T) {
	if aliases := meerkat.New().RootAliases(); len(aliases) > 0 {
		t.Errorf("there are %v", aliases)
	}
}
