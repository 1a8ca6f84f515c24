package schema_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"realmconf/schema"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

func listOf(n int, entry any) []any { return slices.Repeat([]any{entry}, n) }

func mapOf(n int, key string, member any) tree.Object {
	o := make(tree.Object, n)
	for i := range n {
		o[fmt.Sprintf(key, i)] = member
	}
	return o
}

// full returns configurations with a quarter of the mistakes that a text of 1 MiB can
// have, by the sort of the mistake.
func full() map[string]tree.Object {
	return map[string]tree.Object{
		"unknown keys of the root":   mapOf(24_000, "k%05d", int64(1)),
		"unknown keys of a section":  {"agent": mapOf(24_000, "k%05d", int64(1))},
		"entries without keys":       {"skills": tree.Object{"repositories": listOf(36_000, tree.Object{})}},
		"entries of the wrong type":  {"shell": tree.Object{"security_patterns": listOf(36_000, int64(1))}},
		"members of the wrong type":  {"tools": tree.Object{"tool_timeouts": mapOf(24_000, "k%05d", int64(1))}},
		"parents that cannot be":     {"realm": mapOf(10_000, "r%d", tree.Object{"parent": "env_default"})},
		"bindings that lead nowhere": {"realm": tree.Object{"x": tree.Object{"binding": mapOf(4_000, "b%d", tree.Object{"backend_profile": "z", "auth_profile": "y"})}}},
		"missing and unknown keys":   {"realm": tree.Object{"x": tree.Object{"backend": tree.Object{"b": mapOf(24_000, "prov%04d", int64(1))}}}},
		"infinite numbers":           {"limits": mapOf(24_000, "k%05d", "nan")},
		"a long key above all": {"realm": tree.Object{strings.Repeat("r", 500_000): tree.Object{
			"backend": mapOf(5_000, "b%d", tree.Object{}), "binding": mapOf(2_000, "b%d", tree.Object{"backend_profile": "z", "auth_profile": "y"}),
		}}},
		"names near to two hundred others": {"realm": tree.Object{"x": tree.Object{
			"backend": mapOf(200, "abcdefgh%d", tree.Object{"provider": "openai", "backend_kind": "openai_api"}),
			"binding": mapOf(4_000, "b%d", tree.Object{"backend_profile": "abcdefgi0", "auth_profile": "y"}),
		}}},
	}
}

// TestCheck_fullOfMistakes holds the memory of checks of a configuration in which
// nearly everything is a mistake: what a check allocates does not grow with the
// texts of the mistakes. The most that is in use at once is less.
func TestCheck_fullOfMistakes(t *testing.T) {
	m := meerkat.New()
	for name, config := range treetest.Few(full(), 3/treetest.Stride(3)) {
		t.Run(name, func(t *testing.T) {
			var r schema.Report
			for _, tt := range []struct {
				check string
				most  uint64
				run   func()
			}{
				{"a file", 20 << 20, func() { r = m.Check(config, config) }},
				{"a small change", 30 << 20, func() {
					next := maps.Clone(config)
					next["rest"] = tree.Object{"port": int64(9)}
					r = m.Check(next, config)
				}},
				{"another text", 120 << 20, func() { r = m.Check(treetest.CloneObject(config), config) }},
			} {
				if got := treetest.AllocatedBytes(tt.run); got > tt.most {
					t.Errorf("%s: %d KiB were allocated, want at most %d", tt.check, got>>10, tt.most>>10)
				}
				if r.Issues.Count > 0 || r.Warnings.Count < 2_000 || len(r.Warnings.First) == 0 || len(r.Warnings.First) > schema.MaxIssues {
					t.Errorf("%s: got %d issues, and %d of %d warnings", tt.check, r.Issues.Count, len(r.Warnings.First), r.Warnings.Count)
				}
			}
			size := 0
			for _, issue := range r.Warnings.First {
				size += len(issue.Path) + len(issue.Message) + len(issue.Hint)
			}
			if size > 8<<20 {
				t.Errorf("the warnings have %d bytes", size)
			}
		})
	}
}

// TestCheck_firstIssues counts all mistakes and explains the first hundred by their
// places, in whatever order they are found.
func TestCheck_firstIssues(t *testing.T) {
	config := mapOf(5_000, "k%04d", int64(1))
	config["hooks"] = tree.Object{"entries": listOf(60, tree.Object{"id": int64(1), "priority": "x"})}
	var want []string
	for i := range 60 {
		want = append(want, fmt.Sprintf("/hooks/entries/%d/id", i), fmt.Sprintf("/hooks/entries/%d/priority", i))
	}
	want = want[:schema.MaxIssues]
	for range 5 {
		r := meerkat.New().Check(config, nil)
		var got []string
		for _, issue := range r.Issues.First {
			got = append(got, issue.Path)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
		if r.Issues.Count != 5_000+2*60 || r.Issues.Omitted() != r.Issues.Count-schema.MaxIssues {
			t.Errorf("got %d mistakes, of which %d are left out", r.Issues.Count, r.Issues.Omitted())
		}
	}
}

// TestCheck_longPaths leaves out issues whose paths are long, always the same ones.
func TestCheck_longPaths(t *testing.T) {
	config := tree.Object{"realm": tree.Object{
		strings.Repeat("a", 900<<10): tree.Object{"backend": tree.Object{"x": int64(1), "y": int64(1), "z": int64(1)}},
		"b":                          tree.Object{"backend": int64(1)},
	}}
	for range 5 {
		r := meerkat.New().Check(config, nil)
		if len(r.Issues.First) != 2 || r.Issues.Count != 4 || !strings.HasSuffix(r.Issues.First[1].Path, "/y") {
			t.Fatalf("got %d of %d issues", len(r.Issues.First), r.Issues.Count)
		}
	}
}

// TestCheck_severalEarlier excuses what one of several earlier configurations has.
func TestCheck_severalEarlier(t *testing.T) {
	one := object(t, `{"rest":{"port":"a"},"shell":{"security_patterns":[1]}}`)
	two := object(t, `{"agent":{"modle":1},"shell":{"security_patterns":[1,2]}}`)
	next := object(t, `{"rest":{"port":"a"},"agent":{"modle":1},"shell":{"security_patterns":[1,2,2,1]},"zzz":1}`)
	r := meerkat.New().Check(next, one, two)
	var got []string
	for _, issue := range r.Issues.First {
		got = append(got, issue.Path)
	}
	want := []string{"/shell/security_patterns/2", "/shell/security_patterns/3", "/zzz"}
	if diff := cmp.Diff(want, got); diff != "" || r.Warnings.Count != 4 {
		t.Errorf("%d warnings (-want +got)\n%s", r.Warnings.Count, diff)
	}
	if r := meerkat.New().Check(next, one, next); r.Issues.Count > 0 || r.Warnings.Count != 7 {
		t.Errorf("got %d issues and %d warnings, want 0 and 7", r.Issues.Count, r.Warnings.Count)
	}
}

// TestCheck_sharedSections finds the same with an earlier configuration that shares
// sections, and with a copy of it.
func TestCheck_sharedSections(t *testing.T) {
	m, compared := meerkat.New(), 0
	rapid.Check(t, func(t *rapid.T) {
		prev := drawSections(t)
		next := successor(t, prev)
		want, got := m.Check(next, treetest.CloneObject(prev)), m.Check(next, prev)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s\n%s\n(-copy +shared)\n%s", tree.Append(nil, next), tree.Append(nil, prev), diff)
		}
		if got.Issues.Count > 0 && got.Warnings.Count > 0 {
			compared++
		}
	})
	if compared == 0 {
		t.Error("no configuration had old and new mistakes: nothing was compared")
	}
}
