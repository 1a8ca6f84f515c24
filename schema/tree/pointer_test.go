package tree_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"realmconf/schema/tree"
)

// The document and its pointers are RFC 6901, section 5.
func TestPointer_RFC6901(t *testing.T) {
	document := parse(t, `{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}`)
	for _, tt := range []struct{ pointer, want string }{
		{``, text(document)},
		{`/foo`, `["bar","baz"]`},
		{`/foo/0`, `"bar"`},
		{`/`, `0`},
		{`/a~1b`, `1`},
		{`/c%d`, `2`},
		{`/e^f`, `3`},
		{`/g|h`, `4`},
		{`/i\j`, `5`},
		{`/k"l`, `6`},
		{`/ `, `7`},
		{`/m~0n`, `8`},
	} {
		p, err := tree.ParsePointer(tt.pointer)
		if err != nil {
			t.Errorf("ParsePointer(%q): %v", tt.pointer, err)
			continue
		}
		got, depth, ok := p.Get(document)
		if !ok || depth != len(p) || text(got) != tt.want {
			t.Errorf("%q: got %s, %d, %t, want %s", tt.pointer, text(got), depth, ok, tt.want)
		}
		if got := p.String(); got != tt.pointer {
			t.Errorf("String of %q: got %q", tt.pointer, got)
		}
	}
}

func TestPointer_Get_depth(t *testing.T) {
	document := parse(t, `{"a":{"list":[1,{"b":null}]}}`)
	for _, tt := range []struct {
		pointer string
		depth   int
		ok      bool
	}{
		{"/a/list/1/b", 4, true}, // null is a value
		{"/x", 0, false},
		{"/a/x", 1, false},
		{"/a/list/2", 2, false},
		{"/a/list/-", 2, false},
		{"/a/list/01", 2, false},
		{"/a/list/0/b", 3, false},
		{"/a/list/1/b/c", 4, false},
	} {
		p, err := tree.ParsePointer(tt.pointer)
		if err != nil {
			t.Fatal(err)
		}
		if _, depth, ok := p.Get(document); depth != tt.depth || ok != tt.ok {
			t.Errorf("%s: got %d, %t, want %d, %t", tt.pointer, depth, ok, tt.depth, tt.ok)
		}
	}
}

func TestParsePointer_errorsHaveHints(t *testing.T) {
	for _, tt := range []struct{ path, want string }{
		{"agent.model", `path "agent.model" must start with "/": try "/agent/model"`},
		{".agent.model", `path ".agent.model" must start with "/": try "/agent/model"`},
		{"$.agent.model", `path "$.agent.model" must start with "/": try "/agent/model"`},
		{"hooks.entries[0].id", `path "hooks.entries[0].id" must start with "/": try "/hooks/entries/0/id"`},
		{"agent", `path "agent" must start with "/": try "/agent"`},
		{"agent/model", `path "agent/model" must start with "/": try "/agent/model"`},
		{"#/agent/a.b", `path "#/agent/a.b" must start with "/": try "/agent/a.b"`},
		{"a~1b/c", `path "a~1b/c" must start with "/": try "/a~1b/c"`},
		{"a~b/c", `path "a~b/c" must start with "/": try "/a~0b/c"`},
		{"a~b", `path "a~b" must start with "/": try "/a~0b"`},
		{"$", `path "$" must start with "/": try ""`},
		{"/a~", `path "/a~": "~" must be followed by 0 or 1 ("~0" stands for "~", "~1" for "/")`},
		{"/a~2b", `path "/a~2b": "~" must be followed by 0 or 1 ("~0" stands for "~", "~1" for "/")`},
	} {
		p, err := tree.ParsePointer(tt.path)
		if err == nil || err.Error() != tt.want {
			t.Errorf("ParsePointer(%q): got %q, %v, want error %s", tt.path, p, err, tt.want)
		}
	}
}

func TestPointer_roundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := tree.Pointer(rapid.SliceOf(rapid.StringOf(rapid.RuneFrom([]rune("a/~01.é")))).Draw(t, "tokens"))
		got, err := tree.ParsePointer(p.String())
		if err != nil || !slices.Equal(got, p) {
			t.Errorf("ParsePointer(%q): got %q, %v, want %q", p.String(), got, err, p)
		}
	})
}

func TestPointer_Child_keepsParent(t *testing.T) {
	parent := make(tree.Pointer, 1, 8) // with capacity that two children could share
	parent[0] = "a"
	first, second := parent.Child("b"), parent.Index(7)
	want := []string{"/a", "/a/b", "/a/7"}
	if diff := cmp.Diff(want, []string{parent.String(), first.String(), second.String()}); diff != "" {
		t.Errorf("pointers (-want +got):\n%s", diff)
	}
}

func TestArrayIndex_RFC6901(t *testing.T) {
	for token, want := range map[string]int{
		"0": 0, "1": 1, "10": 10, "999999999": 999999999,
		"": -1, "-": -1, "-1": -1, "+1": -1, "00": -1, "01": -1, "1e0": -1, " 1": -1, "1.0": -1, "１": -1, "1000000000": -1,
	} {
		got, ok := tree.ArrayIndex(token)
		if ok != (want >= 0) || (ok && got != want) {
			t.Errorf("ArrayIndex(%q): got %d, %t, want %d", token, got, ok, want)
		}
	}
}

// The guess in the error is a valid pointer, for every input.
func FuzzParsePointer(f *testing.F) {
	for _, s := range []string{"", "/", "/a/b", "a.b", "$.a[0]", "#/a", "~", "a~/b", "[", "/~01", "\x00\"/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := tree.ParsePointer(s)
		if err == nil {
			if p.String() != s {
				t.Errorf("String of %q: got %q", s, p.String())
			}
			return
		}
		if guess, ok := tree.GuessPointer(s); ok {
			if _, err := tree.ParsePointer(guess); err != nil {
				t.Errorf("the guess for %q: %v", s, err)
			}
		} else if !strings.HasPrefix(s, "/") {
			t.Errorf("no guess for %q", s)
		}
	})
}

func TestPointer_HasPrefix(t *testing.T) {
	for _, c := range []struct {
		p, q                string
		hasPrefix, overlaps bool
	}{
		{"", "", true, true},
		{"/a", "", true, true},
		{"", "/a", false, true},
		{"/a/b", "/a", true, true},
		{"/a/b", "/a/b", true, true},
		{"/a", "/a/b", false, true},
		{"/ab", "/a", false, false},
		{"/a/b", "/a/c", false, false},
		{"/a~1b", "/a", false, false},
	} {
		p, err := tree.ParsePointer(c.p)
		q, err2 := tree.ParsePointer(c.q)
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		if p.HasPrefix(q) != c.hasPrefix || p.Overlaps(q) != c.overlaps || q.Overlaps(p) != c.overlaps {
			t.Errorf("%q, %q: got %t, %t, want %t, %t", c.p, c.q, p.HasPrefix(q), p.Overlaps(q), c.hasPrefix, c.overlaps)
		}
	}
}
