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

func TestDiff_onlyDifferences(t *testing.T) {
	for _, tt := range []struct{ from, to, want string }{
		{`{}`, `{}`, `{}`},
		{`{"a":1}`, `{"a":1}`, `{}`},
		{`{"a":2}`, `{"a":2.0}`, `{}`},
		{`{"a":1,"b":2}`, `{"b":3}`, `{"a":null,"b":3}`},
		{`{"a":{"b":1,"c":2}}`, `{"a":{"b":1,"c":3}}`, `{"a":{"c":3}}`},
		{`{"a":{"b":1}}`, `{"a":{}}`, `{"a":{"b":null}}`},
		{`{}`, `{"a":{}}`, `{"a":{}}`},
		{`{"a":1}`, `{"a":{"b":2}}`, `{"a":{"b":2}}`},
		{`{"a":{"b":2}}`, `{"a":[{"b":2}]}`, `{"a":[{"b":2}]}`},
		{`{"a":[1,2]}`, `{"a":[1,2,3]}`, `{"a":[1,2,3]}`},
		{`{"a":null}`, `{}`, `{"a":null}`},
		{`{"a":null}`, `{"a":{"b":1}}`, `{"a":{"b":1}}`},
		{`{"a":1}`, `{"a":[null,{"b":null}]}`, `{"a":[null,{"b":null}]}`},
	} {
		from, to := parseObject(t, tt.from), parseObject(t, tt.to)
		if got := text(tree.Diff(from, to)); got != tt.want {
			t.Errorf("Diff(%s, %s): got %s, want %s", tt.from, tt.to, got, tt.want)
		}
	}
}

func TestDiff_canBeMerged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := objects(3).Draw(t, "from")
		to := withoutNulls(objects(3).Draw(t, "to")).(tree.Object)
		before := text(from) + text(to)
		patch := tree.Diff(from, to)
		if got := tree.Merge(from, patch); !tree.Equal(got, to) {
			t.Errorf("Merge(from, %s): got %s, want %s", text(patch), text(got), text(to))
		}
		if got, want := len(patch) == 0, tree.Equal(from, to); got != want {
			t.Errorf("empty Diff: got %t, want %t: %s", got, want, text(patch))
		}
		if text(from)+text(to) != before {
			t.Errorf("Diff or Merge changed what it was given")
		}
	})
}
