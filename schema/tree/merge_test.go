package tree_test

import (
	"testing"

	"pgregory.net/rapid"

	"realmconf/schema/tree"
)

// The table is RFC 7396, appendix A.
func TestMerge_RFC7396(t *testing.T) {
	for _, tt := range []struct{ target, patch, want string }{
		{`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`},
		{`{"a":"b"}`, `{"a":null}`, `{}`},
		{`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`},
		{`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"c"}`, `{"a":["b"]}`, `{"a":["b"]}`},
		{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`},
		{`{"a":[{"b":"c"}]}`, `{"a":[1]}`, `{"a":[1]}`},
		{`["a","b"]`, `["c","d"]`, `["c","d"]`},
		{`{"a":"b"}`, `["c"]`, `["c"]`},
		{`{"a":"foo"}`, `null`, `null`},
		{`{"a":"foo"}`, `"bar"`, `"bar"`},
		{`{"e":null}`, `{"a":1}`, `{"a":1,"e":null}`},
		{`[1,2]`, `{"a":"b","c":null}`, `{"a":"b"}`},
		{`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`},
	} {
		target, patch := parse(t, tt.target), parse(t, tt.patch)
		if got := text(tree.Merge(target, patch)); got != tt.want {
			t.Errorf("Merge(%s, %s): got %s, want %s", tt.target, tt.patch, got, tt.want)
		}
		if got := text(target); got != text(parse(t, tt.target)) {
			t.Errorf("Merge(%s, %s): changed its target to %s", tt.target, tt.patch, got)
		}
		if got := text(patch); got != text(parse(t, tt.patch)) {
			t.Errorf("Merge(%s, %s): changed its patch to %s", tt.target, tt.patch, got)
		}
	}
}

// TestMerge_leadsToAnyObject merges a patch that leads from one object to another.
func TestMerge_leadsToAnyObject(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := objects(3).Draw(t, "from")
		to := withoutNulls(objects(3).Draw(t, "to")).(tree.Object)
		before := text(from) + text(to)
		patch := patchBetween(from, to)
		if got := tree.Merge(from, patch); !tree.Equal(got, to) {
			t.Errorf("Merge(from, %s): got %s, want %s", text(patch), text(got), text(to))
		}
		if got, want := len(patch) == 0, tree.Equal(from, to); got != want {
			t.Errorf("empty patch: got %t, want %t: %s", got, want, text(patch))
		}
		if text(from)+text(to) != before {
			t.Errorf("Merge changed its arguments")
		}
	})
}

// patchBetween returns the merge patch that leads from one object to another. A
// merge patch cannot set a member to null, so to must have no null outside lists.
func patchBetween(from, to tree.Object) tree.Object {
	patch := tree.Object{}
	for k := range from {
		if _, exists := to[k]; !exists {
			patch[k] = nil
		}
	}
	for k, v := range to {
		w, exists := from[k]
		if exists && tree.Equal(w, v) {
			continue
		}
		if object, ok := v.(tree.Object); ok {
			before, _ := w.(tree.Object) // anything else counts as an empty object
			v = patchBetween(before, object)
		}
		patch[k] = v
	}
	return patch
}
