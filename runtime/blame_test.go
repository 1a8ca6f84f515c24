package runtime_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"realmconf/runtime"
	"realmconf/runtime/document"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

// authors returns who made each change since generation 1, as the conflict of a stale
// write tells it: "op path: generation".
func authors(t interface{ Fatalf(string, ...any) }, rt *runtime.Runtime, write func() error) []string {
	var c *runtime.Conflict
	if err := write(); !errors.As(err, &c) || c.Comparison == nil {
		t.Fatalf("got %v, want a conflict with changes", err)
	}
	all := []string{}
	for i, change := range c.Changes {
		all = append(all, fmt.Sprintf("%s %s: %d", change.Op, change.Path, c.By[i]))
	}
	return all
}

// TestConflict_by: a change is of the last generation that touched its own place; in a
// list, of the last one that touched the entry, wherever it was then.
func TestConflict_by(t *testing.T) {
	model := meerkat.New()
	hooks := func(entries ...string) string {
		var b strings.Builder
		for _, e := range entries {
			id, priority, _ := strings.Cut(e, " ")
			fmt.Fprintf(&b, "[[hooks.entries]]\nid = %q\npoint = \"pre_tool_execution\"\n", id)
			if priority != "" {
				fmt.Fprintf(&b, "priority = %s\n", priority)
			}
		}
		return b.String()
	}
	patterns := func(list string) string { return "shell.security_patterns = [" + list + "]" }
	for _, tt := range []struct {
		name  string
		texts []string
		want  string
	}{
		{"an entry goes, then another one changes", []string{hooks("a", "b", "c"), hooks("b", "c"), hooks("b", "c 3")},
			"[remove /hooks/entries/0: 2 add /hooks/entries/1/priority: 3]"},
		{"an entry comes before one that changed", []string{hooks("a", "b"), hooks("a", "b 2"), hooks("z", "a", "b 2")},
			"[add /hooks/entries/0: 3 add /hooks/entries/2/priority: 2]"},
		{"an entry comes, is changed, and another one goes", []string{hooks("a"), hooks("a", "b"), hooks("a", "b 2"), hooks("b 2")},
			"[remove /hooks/entries/0: 4 add /hooks/entries/0: 3]"},
		{"an entry goes, comes back and goes", []string{hooks("a", "b"), hooks("b"), hooks("a", "b"), hooks("b"), hooks("b 1")},
			"[remove /hooks/entries/0: 4 add /hooks/entries/0/priority: 5]"},
		{"an entry moves, then another one changes", []string{hooks("a", "b", "c"), hooks("c", "a", "b"), hooks("c", "a 1", "b")},
			"[move /hooks/entries/0: 2 add /hooks/entries/1/priority: 3]"},
		{"an entry changes, then moves", []string{hooks("a", "b", "c"), hooks("a", "b", "c 1"), hooks("c 1", "a", "b")},
			"[move /hooks/entries/0: 3 add /hooks/entries/0/priority: 2]"},
		{"an entry is replaced in two steps", []string{hooks("a", "b"), hooks("b"), hooks("c", "b")},
			"[remove /hooks/entries/0: 2 add /hooks/entries/0: 3]"},
		{"strings", []string{patterns(`"x", "y", "z"`), patterns(`"y", "z"`), patterns(`"y", "z", "w"`), patterns(`"y", "v", "w"`)},
			"[remove /shell/security_patterns/0: 2 replace /shell/security_patterns/1: 4 add /shell/security_patterns/2: 3]"},
		{"a whole list", []string{"rest.port = 1", "rest.port = 1\n" + patterns(`"x"`), "rest.port = 2\n" + patterns(`"x", "y"`), "rest.port = 3\n" + patterns(`"x", "y"`)},
			"[replace /rest/port: 4 add /shell/security_patterns: 3]"},
		{"entries of a map", []string{"", "[realm.a.auth.x]\nname = \"n\"", "[realm.a.auth.x]\nname = \"n\"\n[realm.a.auth.y]\nname = \"n\""},
			"[add /realm/a/auth/x/name: 2 add /realm/a/auth/y/name: 3]"},
		{"a text between that is not TOML", []string{hooks("a", "b"), "[", hooks("b"), hooks("b 1")},
			"[remove /hooks/entries/0: 3 add /hooks/entries/0/priority: 4]"},
	} {
		s := newStore()
		for _, text := range tt.texts {
			appendText(t, s, text)
		}
		rt := runtimeWith(t, model, s)
		got := authors(t, rt, func() error {
			_, err := rt.Patch(t.Context(), agentPatch(7), runtime.Write{Expected: expect(1)})
			return err
		})
		if fmt.Sprint(got) != tt.want {
			t.Errorf("%s:\ngot  %v\nwant %s", tt.name, got, tt.want)
		}
	}
}

// TestConflict_by_transcription compares the author of each change with a slow
// transcription: a configuration is its leaves by places that have the identity of an
// entry in the place of its index, and the author of a change is the last generation
// in which a leaf at, above or below its place changed.
func TestConflict_by_transcription(t *testing.T) {
	model := meerkat.New()
	rapid.Check(t, func(rt *rapid.T) {
		s := newStore()
		count := rapid.IntRange(2, 7).Draw(rt, "generations")
		steps := make([]map[string]string, count)
		for g := range count {
			text := randomHooks(rt)
			doc, err := document.Parse([]byte(text))
			if err != nil {
				rt.Fatal(err)
			}
			steps[g] = map[string]string{}
			identifiedLeaves(steps[g], "", doc.Tree())
			appendText(t, s, text)
		}
		r := runtimeWith(t, model, s)
		var c *runtime.Conflict
		_, err := r.Patch(t.Context(), agentPatch(7), runtime.Write{Expected: expect(1)})
		if !errors.As(err, &c) {
			rt.Fatalf("got %v, want a conflict", err)
		}
		for i, change := range c.Changes {
			if change.Op == "move" {
				if c.By[i] == 0 {
					rt.Errorf("%s: no author", change.Path)
				}
				continue
			}
			config, place := c.After.Stored(), change.Path
			if change.Op == "remove" {
				config = c.Before.Stored()
			}
			at := identifiedPlace(config, place)
			want := 0
			for g := 1; g < count; g++ {
				if differAt(steps[g-1], steps[g], at) {
					want = g + 1
				}
			}
			if c.By[i] != uint64(want) {
				rt.Errorf("%s %s (%s): got generation %d, want %d", change.Op, change.Path, at, c.By[i], want)
			}
		}
	})
}

// randomHooks returns a text with some hooks in any order, and some keys of maps.
func randomHooks(t *rapid.T) string {
	var b strings.Builder
	if rapid.Bool().Draw(t, "port") {
		fmt.Fprintf(&b, "rest.port = %d\n", rapid.IntRange(1, 2).Draw(t, "number"))
	}
	for _, name := range rapid.Permutation([]string{"x", "y"}).Draw(t, "bindings")[:rapid.IntRange(0, 2).Draw(t, "count")] {
		fmt.Fprintf(&b, "[realm.a.auth.%s]\nname = \"%d\"\n", name, rapid.IntRange(1, 2).Draw(t, "name"))
	}
	for _, id := range rapid.Permutation([]string{"a", "b", "c", "d"}).Draw(t, "ids")[:rapid.IntRange(0, 4).Draw(t, "length")] {
		fmt.Fprintf(&b, "[[hooks.entries]]\nid = %q\n", id)
		if n := rapid.IntRange(0, 2).Draw(t, "priority"); n > 0 {
			fmt.Fprintf(&b, "priority = %d\n", n)
		}
	}
	return b.String()
}

// identifiedLeaves collects the leaves of a value by their places.
func identifiedLeaves(leaves map[string]string, at string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			identifiedLeaves(leaves, at+"/"+name, member)
		}
	case []any:
		for _, entry := range v {
			place := at + "/" + entry.(tree.Object)["id"].(string)
			leaves[place] = "exists" // an entry comes and goes as a whole
			identifiedLeaves(leaves, place, entry)
		}
	default:
		leaves[at] = string(tree.Append(nil, v))
	}
}

// identifiedPlace returns a place with the identity of an entry in the place of its
// index.
func identifiedPlace(config tree.Object, p tree.Pointer) string {
	at := ""
	for i, token := range p {
		if parent, _, _ := p[:i].Get(config); i == 2 && p[0] == "hooks" {
			n, _ := tree.ArrayIndex(token)
			token = parent.([]any)[n].(tree.Object)["id"].(string)
		}
		at += "/" + token
	}
	return at
}

// differAt reports whether a leaf at, above or below a place is another one.
func differAt(before, after map[string]string, at string) bool {
	for _, pair := range [][2]map[string]string{{before, after}, {after, before}} {
		for place, v := range pair[0] {
			near := place == at || strings.HasPrefix(place, at+"/") || strings.HasPrefix(at, place+"/")
			if near && pair[1][place] != v {
				return true
			}
		}
	}
	return false
}
