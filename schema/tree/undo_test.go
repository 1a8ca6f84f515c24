package tree_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"realmconf/schema/tree"
)

func TestUndo(t *testing.T) {
	keyOf := func(p tree.Pointer) string {
		if p[len(p)-1] == "hooks" {
			return "id"
		}
		return ""
	}
	const hooks = `{"hooks":[{"id":"a"},{"id":"b"},{"id":"c"}]}`
	for _, tt := range []struct {
		name                   string
		before, after, current string
		except                 []string
		want                   string
		overlaps               []string
	}{
		{"a key of a new section, another since", `{}`, `{"r":{"n":9}}`, `{"r":{"n":9,"m":3}}`, nil, `{"r":{"m":3}}`, nil},
		{"a new section", `{"a":1}`, `{"a":1,"r":{"n":{"x":1}}}`, `{"a":2,"r":{"n":{"x":1}}}`, nil, `{"a":2}`, nil},
		{"an empty section that was there", `{"r":{}}`, `{"r":{"n":9}}`, `{"r":{"n":9},"z":1}`, nil, `{"r":{},"z":1}`, nil},
		{"a removed section", `{"r":{"n":9,"m":1}}`, `{}`, `{"r":{"x":1}}`, nil, `{"r":{"n":9,"m":1,"x":1}}`, nil},
		{"a removed key, given again", `{"r":{"n":9}}`, `{}`, `{"r":{"n":8}}`, nil, `{"r":{"n":8}}`, []string{"/r/n"}},
		{"a value changed since", `{"a":1,"b":1}`, `{"a":2,"b":2}`, `{"a":3,"b":2}`, nil, `{"a":3,"b":1}`, []string{"/a"}},
		{"the same, left out", `{"a":1,"b":1}`, `{"a":2,"b":2}`, `{"a":3,"b":2}`, []string{"/a"}, `{"a":3,"b":1}`, nil},
		{"a place left out inside a new section", `{}`, `{"r":{"n":9,"m":1}}`, `{"r":{"n":9,"m":1}}`, []string{"/r/n"}, `{"r":{"n":9}}`, nil},
		{"undone by hand", `{"a":1}`, `{"a":2}`, `{"a":1,"b":1}`, nil, `{"a":1,"b":1}`, nil},
		{"removed since", `{"a":1}`, `{"a":2}`, `{}`, nil, `{}`, []string{"/a"}},
		{"a type that changed", `{"a":1}`, `{"a":1.0}`, `{"a":1.0,"b":1}`, nil, `{"a":1,"b":1}`, nil},
		{"a section in the place of a value", `{"a":1}`, `{"a":{"b":1}}`, `{"a":{"b":1,"c":1}}`, nil, `{"a":{"b":1,"c":1}}`, []string{"/a"}},

		{"an added entry, another since", hooks, `{"hooks":[{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d"}]}`,
			`{"hooks":[{"id":"e"},{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d"}]}`, nil, `{"hooks":[{"id":"e"},{"id":"a"},{"id":"b"},{"id":"c"}]}`, nil},
		{"a removed entry comes back in its place", hooks, `{"hooks":[{"id":"a"},{"id":"c"}]}`, `{"hooks":[{"id":"a"},{"id":"x"},{"id":"c","on":true}]}`, nil,
			`{"hooks":[{"id":"a"},{"id":"b"},{"id":"x"},{"id":"c","on":true}]}`, nil},
		{"all entries come back", hooks, `{}`, `{"hooks":[{"id":"z"}]}`, nil, `{"hooks":[{"id":"a"},{"id":"b"},{"id":"c"},{"id":"z"}]}`, nil},
		{"a changed entry, moved since", hooks, `{"hooks":[{"id":"a","on":true},{"id":"b"},{"id":"c"}]}`, `{"hooks":[{"id":"b"},{"id":"c"},{"id":"a","on":true}]}`, nil,
			`{"hooks":[{"id":"b"},{"id":"c"},{"id":"a"}]}`, nil},
		{"a changed entry, changed since", hooks, `{"hooks":[{"id":"a"},{"id":"b","on":true},{"id":"c"}]}`, `{"hooks":[{"id":"b","on":false},{"id":"c"}]}`, nil,
			`{"hooks":[{"id":"b","on":false},{"id":"c"}]}`, []string{"/hooks/0/on"}},
		{"a changed entry, removed since", hooks, `{"hooks":[{"id":"a"},{"id":"b","on":true},{"id":"c"}]}`, `{"hooks":[{"id":"a"},{"id":"c"}]}`, nil,
			`{"hooks":[{"id":"a"},{"id":"c"}]}`, []string{"/hooks"}},
		{"an added entry, changed since", hooks, `{"hooks":[{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d","on":true}]}`, `{"hooks":[{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d","on":true,"n":1}]}`, nil,
			`{"hooks":[{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d","on":true,"n":1}]}`, []string{"/hooks/3"}},
		{"an added entry, of which a place is left out", hooks, `{"x":1,"hooks":[{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d","on":true}]}`, `{"x":1,"hooks":[{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d","on":true}]}`, []string{"/hooks/3/on"},
			`{"hooks":[{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d","on":true}]}`, nil},
		{"a removed entry, added again by another", hooks, `{"hooks":[{"id":"a"},{"id":"c"}]}`, `{"hooks":[{"id":"a"},{"id":"c"},{"id":"b","n":1}]}`, nil,
			`{"hooks":[{"id":"a"},{"id":"c"},{"id":"b","n":1}]}`, []string{"/hooks/2"}},
		{"another order", hooks, `{"hooks":[{"id":"c"},{"id":"a"},{"id":"b"}]}`, `{"hooks":[{"id":"c"},{"id":"x"},{"id":"a"},{"id":"b"}]}`, nil,
			`{"hooks":[{"id":"a"},{"id":"x"},{"id":"b"},{"id":"c"}]}`, nil},
		{"another order, and one since", hooks, `{"hooks":[{"id":"c"},{"id":"a"},{"id":"b"}]}`, `{"hooks":[{"id":"c"},{"id":"b"},{"id":"a"}]}`, nil,
			`{"hooks":[{"id":"c"},{"id":"b"},{"id":"a"}]}`, []string{"/hooks"}},
		{"entries of one name", `{"hooks":[{"id":"a"}]}`, `{"hooks":[{"id":"a"},{"id":"a"}]}`, `{"hooks":[{"id":"a"},{"id":"a"},{"id":"b"}]}`, nil,
			`{"hooks":[{"id":"a"},{"id":"a"},{"id":"b"}]}`, []string{"/hooks"}},
		{"a list without identities", `{"l":[1]}`, `{"l":[1,2]}`, `{"l":[1,2]}`, nil, `{"l":[1]}`, nil},
		{"the same, changed since", `{"l":[1]}`, `{"l":[1,2]}`, `{"l":[1,2,3]}`, nil, `{"l":[1,2,3]}`, []string{"/l"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var except []tree.Pointer
			for _, text := range tt.except {
				p, err := tree.ParsePointer(text)
				if err != nil {
					t.Fatal(err)
				}
				except = append(except, p)
			}
			got, overlaps := tree.Undo(parseObject(t, tt.before), parseObject(t, tt.after), parseObject(t, tt.current), keyOf, except)
			if text(got) != text(parse(t, tt.want)) {
				t.Errorf("got  %s\nwant %s", text(got), tt.want)
			}
			var names []string
			for _, p := range overlaps {
				names = append(names, p.String())
			}
			if !slices.Equal(names, tt.overlaps) {
				t.Errorf("overlaps: got %v, want %v", names, tt.overlaps)
			}
		})
	}
}

// TestUndo_property checks with configurations of every form: nothing later means
// that all is as before; no change means that all stays; a place that is changed
// twice stays, once it is left out too, and then nothing else is in the way; and the
// arguments are not changed.
func TestUndo_property(t *testing.T) {
	keyOf := func(p tree.Pointer) string {
		if p[len(p)-1] == "entries" {
			return "id"
		}
		return ""
	}
	rapid.Check(t, func(t *rapid.T) {
		first, second := configs().Draw(t, "first"), configs().Draw(t, "second")
		before, after, current := first[0], first[1], second[1]
		if rapid.Bool().Draw(t, "near") {
			current = tree.Merge(after, objects(2).Draw(t, "patch")).(tree.Object)
		}
		texts := text([]any{before, after, current})
		if got, overlaps := tree.Undo(before, after, after, keyOf, nil); !tree.Exactly(got, before) || len(overlaps) > 0 {
			t.Fatalf("nothing later: got %s and overlaps %v, want %s", text(got), overlaps, text(before))
		}
		if got, overlaps := tree.Undo(before, before, current, keyOf, nil); !tree.Exactly(got, current) || len(overlaps) > 0 {
			t.Fatalf("no change: got %s and overlaps %v, want %s", text(got), overlaps, text(current))
		}
		got, overlaps := tree.Undo(before, after, current, keyOf, nil)
		if len(overlaps) > 0 {
			again, left := tree.Undo(before, after, current, keyOf, overlaps)
			if len(left) > 0 {
				t.Fatalf("with the overlaps %v left out, there are %v", overlaps, left)
			}
			for _, p := range overlaps {
				is, _, _ := p.Get(current)
				if stays, _, _ := p.Get(again); len(p) == 1 && !tree.Equal(is, stays) {
					t.Fatalf("%s: got %s, want %s", p, text(stays), text(is))
				}
			}
		}
		for name, is := range current {
			if was, has := after[name]; tree.Exactly(before[name], was) && has == hasMember(before, name) && !tree.Exactly(got[name], is) {
				t.Fatalf("/%s: got %s, want %s, which the change left alone", name, text(got[name]), text(is))
			}
		}
		if text([]any{before, after, current}) != texts {
			t.Fatal("an argument has changed")
		}
	})
}

func hasMember(o tree.Object, name string) bool { _, has := o[name]; return has }
