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

// Merging an object without nulls into an empty one copies it, and merging it
// again changes nothing.
func TestMerge_isIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		target := objects(3).Draw(t, "target")
		patch := objects(3).Draw(t, "patch")
		before := text(target) + text(patch)
		once := tree.Merge(target, patch)
		if again := tree.Merge(once, patch); !tree.Equal(again, once) {
			t.Errorf("merging %s again: got %s, want %s", text(patch), text(again), text(once))
		}
		plain := withoutNulls(patch)
		if got := tree.Merge(tree.Object{}, plain); !tree.Equal(got, plain) {
			t.Errorf("merging %s into nothing: got %s", text(plain), text(got))
		}
		if text(target)+text(patch) != before {
			t.Errorf("Merge changed its input")
		}
	})
}
