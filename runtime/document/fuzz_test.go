package document

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// seeds are texts with every part of the grammar.
var seeds = []string{
	"", "\ufeff", "\n", "# c", "a = 1", "a = 1\r\nb = 'x'\r\n", "a.b.c = 1\na.b.d = 2\n[x]\ny.z = 1\n",
	"[a.b]\nx = 1\n[a]\ny = 2\n", "[[a]]\nx = 1\n[a.b]\ny = 1\n[[a]]\n[[a.c]]\nz = 1\n",
	"a = [1, 2, # c\n 3]\nb = { c = 1, d.e = [ { f = 'g' } ] }\n", "a = 18446744073709551615\nb = 0xFFFF_FFFF_FFFF_FFFF\n",
	"a = \"\"\"\nx\\\n  y\"\"\"\"\"\nb = '''z'''''\n", "a = 1979-05-27T07:32:00Z\nb = 07:32:00\nc = inf\nd = -nan\n",
	"\"\" = 1\n'a.b' = 2\n[\"x y\".z]\n", "a = {\n b = 1, # c\n}\n", "a.b = 1\na = 2\n", "a = {b = 1}\n[a.c]\n", "a = [[[[[[1]]]]]]",
	"a = 1985-06-18T17:04:07+12:60", "a = [17:04:07.5, 1979-05-27 07:32]", "a = 1990-12-31T23:59:60Z",
	"[a]\n# in a\n\n# of b\n[b]\n", "a = 1e3\nb = 1_000.5\nc = +7\n",
}

func fixtures(t testing.TB) []string {
	t.Helper()
	names, err := filepath.Glob("testdata/*.toml")
	if err != nil || len(names) == 0 {
		t.Fatalf("got fixtures %v, %v; want some", names, err)
	}
	var texts []string
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(b))
	}
	return texts
}

func FuzzParse(f *testing.F) {
	for _, s := range append(seeds, fixtures(f)...) {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := Parse(text)
		if err != nil {
			checkPlace(t, text, err)
			return
		}
		next, _, err := d.Edit(treetest.CloneObject(d.Tree()), byID)
		if err != nil || next != d || string(d.Text()) != string(text) {
			t.Fatalf("Edit to the same tree: got %p, %v; want the document itself", next, err)
		}
		checkDecoder(t, d)
		// A new text with this tree has the same tree.
		fresh, _, err := mustParse(t, "").Edit(d.Tree(), byID)
		if err != nil {
			t.Fatalf("writing the tree into an empty document: %v", err)
		}
		if !tree.Equal(fresh.Tree(), d.Tree()) {
			t.Fatalf("a new text: got %v, want %v", fresh.Tree(), d.Tree())
		}
	})
}

// checkPlace checks that an error is a *SyntaxError with a place of the text: one
// of its characters, or the place behind the last of a line.
func checkPlace(t *testing.T, text []byte, err error) {
	t.Helper()
	se, ok := err.(*SyntaxError)
	if !ok {
		t.Fatalf("got %T, want *SyntaxError", err)
	}
	lines := bytes.Split(bytes.TrimPrefix(text, byteOrderMark), []byte("\n"))
	if se.Line < 1 || se.Line > len(lines) || se.Column < 1 || se.Column > 1+utf8.RuneCount(lines[se.Line-1]) {
		t.Fatalf("%q: got line %d, column %d, which the text does not have", text, se.Line, se.Column)
	}
}

// checkDecoder compares a document with the results of the TOML decoder, which
// must accept it too. The decoder sees each header, and the lines below each, on
// their own: it confuses the entries of an array of tables. It does not know empty
// keys and integers above 2^63-1.
func checkDecoder(t *testing.T, d *Document) {
	t.Helper()
	isEmpty := func(k keyPart) bool { return k.name == "" }
	for i, s := range d.layout.sections {
		end := len(d.layout.text)
		if i+1 < len(d.layout.sections) {
			end = d.layout.sections[i+1].line.start()
		}
		header, lines := d.layout.text[s.line.start():s.line.end()], d.layout.text[s.line.end():end]
		if _, err := toml.Decode(string(header), new(any)); err != nil && !slices.ContainsFunc(s.key, isEmpty) {
			t.Fatalf("the decoder refuses a header that Parse accepts: %q: %v", header, err)
		}
		part := mustParse(t, string(lines))
		if part.layout.hasEmptyKey() || slices.ContainsFunc(part.layout.spelled, isLarge) {
			continue
		}
		var decoded map[string]any
		if _, err := toml.Decode(string(lines), &decoded); err != nil {
			t.Fatalf("the decoder refuses a text that Parse accepts: %q: %v", lines, err)
		}
		if !agrees(part.Tree(), decoded) {
			t.Fatalf("%q: got tree %v, want the decoder's: %v", lines, part.Tree(), decoded)
		}
	}
}

func isLarge(v *value) bool { return v.kind == largeInteger }

// hasEmptyKey reports whether a text has a key that is the empty string, or
// something that looks like one.
func (l *layout) hasEmptyKey() bool {
	return bytes.Contains(l.text, []byte(`""`)) || bytes.Contains(l.text, []byte("''"))
}

// agrees compares a tree with the decoder's result for the same text.
func agrees(v, decoded any) bool {
	switch d := decoded.(type) {
	case map[string]any:
		o, ok := v.(map[string]any)
		if !ok || len(o) != len(d) {
			return false
		}
		for k, e := range d {
			if !agrees(o[k], e) {
				return false
			}
		}
		return true
	case []map[string]any:
		list := make([]any, len(d))
		for i, e := range d {
			list[i] = e
		}
		return agrees(v, list)
	case []any:
		l, ok := v.([]any)
		if !ok || len(l) != len(d) {
			return false
		}
		for i, e := range d {
			if !agrees(l[i], e) {
				return false
			}
		}
		return true
	case time.Time:
		_, ok := v.(string)
		return ok
	case float64:
		if math.IsNaN(d) || math.IsInf(d, 0) {
			_, ok := v.(string)
			return ok
		}
		return v == decoded
	default:
		return v == decoded
	}
}

func FuzzEdit(f *testing.F) {
	patches := []string{`{"a":2}`, `{"a":{"b":{"c":5,"n":[1,{"x":"y"}]}}}`, `{"x":{"y":null,"new":{"deep":{"er":true}}}}`, `{"a":null,"b":"l\nm"}`,
		`{"a":[{"x":1},{"q":[]}]}`, `{"":{"":""}}`, `{"a":{"b":{}}}`, `{"a":[]}`}
	for _, s := range append(seeds, fixtures(f)...) {
		for _, p := range patches {
			f.Add(s, p)
		}
	}
	f.Fuzz(func(t *testing.T, text, patch string) {
		d, err := Parse([]byte(text))
		if err != nil {
			return
		}
		p, err := tree.DecodeObject([]byte(patch))
		if err != nil {
			return
		}
		want := tree.Merge(d.Tree(), p).(map[string]any)
		if checkValues(nil, want) != nil {
			return
		}
		next, reformatted, err := d.Edit(want, byID)
		if err != nil {
			t.Fatalf("Edit: %v", err)
		}
		if !areMixedLists(reformatted, want) {
			t.Fatalf("got %v written anew, want changes in place: %q", reformatted, next.Text())
		}
		if again, _, err := next.Edit(want, byID); err != nil || again != next {
			t.Fatalf("the same edit again: got %v, %v; want no change", again, err)
		}
		for l := wholeValues; l <= topTables; l++ {
			if _, _, err := editOnLevel(d, want, l); err != nil {
				t.Fatalf("level %d: %v", l, err)
			}
		}
	})
}
