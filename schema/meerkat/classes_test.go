package meerkat

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// TestModel_classes compares the risk classes of every key, and the reason of every
// key that has none, with testdata/classes.txt, which a change of them changes too. With
// UPDATE=1 in the environment that file is written.
func TestModel_classes(t *testing.T) {
	const name = "testdata/classes.txt"
	leaves := classLeaves(t)
	var b strings.Builder
	for _, l := range leaves {
		fmt.Fprintf(&b, "%s: %s\n", l.place(), strings.Join(append([]string{l.classes}, l.why...), ": "))
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("the classes differ from %s (-want +got): run the test with UPDATE=1 and read the difference\n%s", name, diff)
	}
	if len(leaves) < 250 {
		t.Errorf("only %d keys were looked at", len(leaves))
	}
}

// TestModel_classesOfLeaves checks that the model at run time has the classes that the
// schema gives to each key, and that a key without one is never beside a class.
func TestModel_classesOfLeaves(t *testing.T) {
	m := New()
	for _, l := range classLeaves(t) {
		var want schema.RiskSet
		for class := range strings.SplitSeq(l.classes, ", ") {
			want |= schema.NewRiskSet(schema.Risk(class))
		}
		if got := m.Risk(l.path); !got.Contains(want) || l.branch == "" && got != want {
			t.Errorf("%s: got %s, want %s", l.place(), got, want)
		}
		if (want == 0) != (len(l.why) == 1) {
			t.Errorf("%s: the classes are %s, and the reasons for none %q", l.place(), want, l.why)
		}
	}
}

// classLeaf is a key with no keys below.
type classLeaf struct {
	path    tree.Pointer
	branch  string // the condition of the branch that has it, "" outside of unions
	classes string
	why     []string
}

func (l classLeaf) place() string {
	if l.branch == "" {
		return l.path.String()
	}
	return l.path.String() + " (" + l.branch + ")"
}

// classLeaves returns the leaves of the schema, sorted.
func classLeaves(t *testing.T) []classLeaf {
	t.Helper()
	var root map[string]any
	if err := json.Unmarshal(New().JSON(), &root); err != nil {
		t.Fatal(err)
	}
	leaves := leavesOf(root, nil, "")
	slices.SortFunc(leaves, func(a, b classLeaf) int { return strings.Compare(a.place(), b.place()) })
	return leaves
}

func leavesOf(o map[string]any, path tree.Pointer, branch string) []classLeaf {
	var all []classLeaf
	properties, _ := o["properties"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		p, isSchema := properties[name].(map[string]any)
		if !isSchema {
			continue // a key that all branches have
		}
		below := leavesOf(p, path.Child(name), branch)
		if below == nil {
			below = []classLeaf{leafOf(p, path.Child(name), branch)}
		}
		all = append(all, below...)
	}
	for keyword, token := range map[string]string{"items": "-", "additionalProperties": "<id>"} {
		if below, ok := o[keyword].(map[string]any); ok {
			all = append(all, leavesOf(below, path.Child(token), branch)...)
		}
	}
	if then, ok := o["then"].(map[string]any); ok {
		all = append(all, leavesOf(then, path, branch)...)
	}
	branches, _ := o["allOf"].([]any)
	for _, b := range branches {
		b := b.(map[string]any)
		all = append(all, leavesOf(b["then"].(map[string]any), path, conditionOf(o, b["if"].(map[string]any)))...)
	}
	return all
}

func leafOf(p map[string]any, path tree.Pointer, branch string) classLeaf {
	l := classLeaf{path: path, branch: branch}
	list, _ := p["x-risk"].([]any)
	var names []string
	for _, class := range list {
		names = append(names, class.(string))
	}
	l.classes = strings.Join(names, ", ")
	if why, ok := p["x-risk-why"].(string); ok {
		l.why = []string{why}
	}
	return l
}

// conditionOf returns the condition of a branch in words.
func conditionOf(o, condition map[string]any) string {
	tag, isTagged := o["x-tag"].(string)
	if !isTagged {
		return "with " + condition["required"].([]any)[0].(string)
	}
	return tag + " is " + condition["properties"].(map[string]any)[tag].(map[string]any)["const"].(string)
}
