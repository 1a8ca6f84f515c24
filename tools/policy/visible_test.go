package policy

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode"
)

// TestVisibleText: the cases of testdata/visible.json are also those of the page.
func TestVisibleText(t *testing.T) {
	data, err := os.ReadFile("testdata/visible.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct{ Name, Text, Shown string }
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 30 {
		t.Errorf("got %d cases", len(cases))
	}
	for _, c := range cases {
		if got := VisibleText(c.Text); got != c.Shown {
			t.Errorf("%s: got  %+q\nwant %+q", c.Name, got, c.Shown)
		}
		if again := VisibleText(c.Shown); again != c.Shown {
			t.Errorf("%s: shown again: got %+q, want %+q", c.Name, again, c.Shown)
		}
	}
}

// TestVisibleText_spaces: the first of several spaces stays, and so does an indent.
func TestVisibleText_spaces(t *testing.T) {
	for text, want := range map[string]string{
		"a  b   c d": "a ·b ··c d", "  a  ": "  a ·", "   ": "   ", "a·b": "a·b", "a · b": `a \u00b7 b`, "a\xff\xff  b": `a\xff\xff ·b`,
	} {
		if got := VisibleText(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// TestVisibleText_page compares the tables of the page with those here. With UPDATE=1 in
// the environment the page gets them.
func TestVisibleText_page(t *testing.T) {
	const name = "../review/page/js/visible.js"
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	const first, last = "// Tables of tools/policy/lookaliketables.go.\n", "// End of the tables.\n"
	before, rest, _ := strings.Cut(string(data), first)
	old, after, found := strings.Cut(rest, last)
	if !found {
		t.Fatalf("%s has no tables", name)
	}
	want := fmt.Sprintf("const asciiLookAlikes = /[%s]/u;\nconst scriptSigns = /[%s]/u;\nconst latinLookAlikes = %q;\n",
		characterClass(asciiLookAlikes), characterClass(scriptSigns), latinLookAlikes)
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(name, []byte(before+first+want+last+after), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if old != want {
		t.Errorf("the tables of %s differ: run the test with UPDATE=1\ngot  %s\nwant %s", name, old, want)
	}
}

// characterClass returns the inside of a character class of a regular expression.
func characterClass(table *unicode.RangeTable) string {
	var b strings.Builder
	for _, r := range table.R16 {
		fmt.Fprintf(&b, `\u{%x}-\u{%x}`, r.Lo, r.Hi)
	}
	for _, r := range table.R32 {
		fmt.Fprintf(&b, `\u{%x}-\u{%x}`, r.Lo, r.Hi)
	}
	return b.String()
}
