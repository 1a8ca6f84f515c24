package runtime_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// texts returns configurations of every known shape: some special ones, the
// results of the recorded patches, and the recorded texts.
func texts(t *testing.T) map[string]string {
	t.Helper()
	model := meerkat.New()
	all := map[string]string{
		"legacy allow list":  "[shell] # own\nallowlist = [\"ls*\"]\n",
		"bare output schema": "[agent]\noutput_schema = {type = \"object\", properties = {a = {type = \"string\"}}}\n",
		"value alias":        "[models.mine] # own\nprovider = \"open_a_i\"\n",
		"thin hook entries":  "[[hooks.entries]] # one\nid = \"a\"\n\n[[hooks.entries]] # two\nid = \"b\"\npriority = 5\n",
		"milliseconds":       "[budget]\nmax_duration = 1500 # ms\n",
	}
	for _, v := range vectors(t, "patches.jsonl") {
		patch, ok := v.patch.(tree.Object)
		if !ok {
			continue
		}
		rt := runtimeWith(t, model, storeHolding(t, meerkatBase))
		if out, err := rt.Patch(t.Context(), patch, runtime.Write{}); err == nil {
			all["patch "+v.name] = string(out.After.Text())
		}
	}
	for _, v := range vectors(t, "texts.jsonl") {
		if _, err := runtimeWith(t, model, storeHolding(t, v.toml+"\n")).Get(t.Context()); err == nil {
			all["text "+v.name] = v.toml + "\n"
		}
	}
	return all
}

func TestSet_unchangedOfAnyShape(t *testing.T) {
	model := meerkat.New()
	for name, text := range texts(t) {
		t.Run(name, func(t *testing.T) {
			rt := runtimeWith(t, model, storeHolding(t, text))
			given := object(t, string(get(t, rt).ShownJSON()))
			out, err := rt.Set(t.Context(), given, runtime.Write{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(text, string(out.After.Text())); diff != "" || out.Changed {
				t.Errorf("changed %v (-want +got)\n%s", out.Changed, diff)
			}
		})
	}
}

// TestSet_anyShapeToAnother sets a configuration of one shape over one of another
// shape, with one more key changed. A read must then show what was given.
func TestSet_anyShapeToAnother(t *testing.T) {
	all := texts(t)
	model := meerkat.New()
	resolved := make(map[string]tree.Object)
	for name, text := range all {
		resolved[name] = get(t, runtimeWith(t, model, storeHolding(t, text))).Resolved()
	}
	names := slices.Sorted(maps.Keys(all))
	for i, from := range names {
		for j, to := range names {
			if (i+j)%treetest.Cases(7, 21) != 0 {
				continue // every text on both sides, but not every pair
			}
			given := resolved[to]
			rt := runtimeWith(t, model, storeHolding(t, all[from]))
			given = treetest.CloneObject(given)
			if agent, ok := given["agent"].(tree.Object); ok {
				agent["model"] = "another model"
			}
			out, err := rt.Set(t.Context(), given, runtime.Write{})
			if err != nil {
				if model.Check(given, given).IsValid() {
					t.Errorf("%s → %s: %v", from, to, err)
				}
				continue // a mistake that one text had before is new in the other
			}
			want, _ := model.Canonical(model.Accept(given, resolved[from]))
			got, _ := model.Canonical(out.After.Resolved())
			if !tree.Equal(want, got) {
				t.Errorf("%s → %s (-want +got)\n%s", from, to, cmp.Diff(want, got))
			}
		}
	}
}

func TestSet_oneEntry(t *testing.T) {
	const text = "[[hooks.entries]] # one\nid = \"a\"\n\n[[hooks.entries]] # two\nid = \"b\"\npriority = 5\n"
	rt := runtimeOver(t, storeHolding(t, text))
	given := treetest.CloneObject(get(t, rt).Resolved())
	entries := given["hooks"].(tree.Object)["entries"].([]any)
	entries[1].(tree.Object)["priority"] = int64(6)
	out, err := rt.Set(t.Context(), given, runtime.Write{})
	if err != nil {
		t.Fatal(err)
	}
	want := "[[hooks.entries]] # one\nid = \"a\"\n\n[[hooks.entries]] # two\nid = \"b\"\npriority = 6\n"
	if diff := cmp.Diff(want, string(out.After.Text())); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestSet_wholeDefault(t *testing.T) {
	rt := newRuntime(t)
	given := treetest.CloneObject(get(t, rt).Resolved())
	thresholds := given["skills"].(tree.Object)["health_thresholds"].(tree.Object)
	thresholds["degraded_failure_streak"] = int64(7)
	out, err := rt.Set(t.Context(), given, runtime.Write{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(tree.Object{"skills": tree.Object{"health_thresholds": thresholds}}, out.After.Stored()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
