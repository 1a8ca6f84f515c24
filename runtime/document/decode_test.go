package document

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"realmconf/schema/tree"
)

// checkKnown parses a text with another document known, which must give the same
// as without.
func checkKnown(t interface {
	Helper()
	Fatalf(format string, args ...any)
}, text []byte, known *Document) *Document {
	t.Helper()
	fresh, freshErr := Parse(text)
	d, err := parse(text, known)
	switch {
	case (err == nil) != (freshErr == nil) || err != nil && err.Error() != freshErr.Error():
		t.Fatalf("after %q: %q: got error %v, want %v", known.text, text, err, freshErr)
	case err == nil && !tree.Exactly(d.tree, fresh.tree):
		t.Fatalf("after %q: %q: got %v, want %v", known.text, text, d.tree, fresh.tree)
	}
	return d
}

func TestParse_knownDocument(t *testing.T) {
	for _, texts := range [][2]string{
		{"[[a]]\nx = 1\n[[a]]\ny = 2\n[a.b]\nz = 3\n", "[[a]]\nx = 1\n[a.b]\nz = 3\n[[a]]\ny = 2\n"},
		{"[a.b]\nx = 1\n[a]\ny = 2\n", "[a]\ny = 2\n[a.b]\nx = 1\n"},
		{"[a]\nx = 1\n", "[[a]]\nx = 1\n"},
		{"[a]\nb.c = 1\n", "b.c = 1\n[a]\n"},
		{"[a]\nx = 1\n[b]\n", "[b]\nx = 1\n[a]\n"},
		{"a.b = 1\n[c]\n", "a.b = 2\n[c]\n"},
		{"\"\" = 1\n[c]\n\"\" = 1\n", "\"\" = 1\naa = 2\n[c]\n\"\" = 1\n"},
		{"[c]\naa = 1\n", "\"\" = 1\n[c]\naa = 1\n"},
		{"[c]\nn = 18446744073709551615\n", "[c]\nn = 18446744073709551615\n[d]\nn = 0\n"},
		{"[d]\nn = 0\n", "[c]\nn = 18446744073709551615\n[d]\nn = 0\n"},
		{"a = [[1], {b = [2, 3]}]\nc = {d = 1}\n", "a = [[1], {b = [2, 4]}]\nc = {d = 1}\n"},
		{"a = [[1], {b = [2, 3]}]\nc = {d = 1}\n", "a = [[1], {b = [2, 3]}, 1]\nc = {d = 1}\ne = {}\n"},
		{"a = [1]\nb = [2]\nc = [1]\n", "a = [2]\nb = [1]\n"},
		{"a = [1, 2]\nb = 3\n", "a = 1\nb = [2, 3]\n"},
		{"a = {b = 1}\nc = []\n", "a = {b = [1]}\nc = [{}]\n"},
		{"[a]\nx = 1979-05-27\n", "[b]\nx = 1979-02-30\n[a]\nx = 1979-05-27\n"},
	} {
		checkKnown(t, []byte(texts[1]), mustParse(t, texts[0]))
		if _, err := Parse([]byte(texts[1])); err == nil {
			checkKnown(t, []byte(texts[0]), mustParse(t, texts[1]))
		}
	}
}

// drawChanged returns a text with another part somewhere.
func drawChanged(t *rapid.T, text []byte) []byte {
	start := rapid.IntRange(0, len(text)).Draw(t, "start")
	end := min(len(text), start+rapid.IntRange(0, 12).Draw(t, "length"))
	part := rapid.SampledFrom([]string{"", "1", "x = 1\n", "[c]\n", "[a.z]\n", "[[a]]\n", "# c\n", "\n", "\"", "'", "\"\"\"", "]", "a.b = {c = 1}\n"}).Draw(t, "part")
	return slices.Concat(text[:start], []byte(part), text[end:])
}

// drawSections returns a text of the sections of another one: in another order,
// some of them twice, some missing, some with other lines.
func drawSections(t *rapid.T, d *Document) []byte {
	var text []byte
	for range rapid.IntRange(0, len(d.layout.sections)+1).Draw(t, "sections") {
		header := rapid.SampledFrom(d.layout.sections).Draw(t, "header")
		lines := header
		if rapid.IntRange(0, 5).Draw(t, "other lines") == 0 {
			lines = rapid.SampledFrom(d.layout.sections).Draw(t, "lines")
		}
		text = append(text, d.layout.text[header.line.start():header.line.end()]...)
		text = append(text, d.layout.text[lines.line.end():lines.end()]...)
		if n := len(text); n > 0 && text[n-1] != '\n' {
			text = append(text, '\n')
		}
	}
	return text
}

func TestParse_knownDocumentOfAnyText(t *testing.T) {
	shared := 0
	rapid.Check(t, func(t *rapid.T) {
		const more = "\n[p.a]\nx = 1\n# about q\n\n[[q]]\ny = 1\n[q.z]\nu = {v = 1}\n[[q]]\ny = [1, 2]\n[p]\nw = 'w'\n# the end of p\n[r]\n\n[s]\nt = 1\n[p.b]\n[o]\nm.n = 1\n"
		known, err := Parse([]byte(drawText(t) + more))
		if err != nil {
			t.Fatal(err)
		}
		for range 4 {
			text := drawChanged(t, known.text)
			if rapid.Bool().Draw(t, "sections") {
				text = drawSections(t, known)
			}
			next := checkKnown(t, text, known)
			if next == nil {
				continue
			}
			for name, v := range next.tree {
				if was, has := known.tree[name]; has && tree.Same(v, was) {
					shared++
				}
			}
			known = next
		}
		want, isObject := drawWanted(t, known.tree, 2).(tree.Object)
		if !isObject {
			return
		}
		next, _, err := known.Edit(want, byID)
		if err != nil {
			t.Fatalf("%q to %v: %v", known.text, want, err)
		}
		checkKnown(t, next.text, known)
	})
	if shared == 0 {
		t.Error("no value was known: want some")
	}
}

// The arrays and inline tables before and behind a change are those of the known document.
func TestParse_knownArrays(t *testing.T) {
	known := mustParse(t, "[t]\na = [[1], 2]\nb = {c = [3, 4], d = [5]}\ne = [{}]\n")
	next := checkKnown(t, []byte("[t]\na = [[1], 2]\nb = {c = [3, 6], d = [5]}\ne = [{}]\n"), known)
	was, is := known.tree["t"].(tree.Object), next.tree["t"].(tree.Object)
	for _, name := range []string{"a", "e"} {
		if !tree.Same(is[name], was[name]) {
			t.Errorf("%s: got another value, want that of the known document", name)
		}
	}
	if d := is["b"].(tree.Object)["d"]; !tree.Same(d, was["b"].(tree.Object)["d"]) {
		t.Errorf("got another array beside the one that changed, want that of the known document")
	}
}

// An edit that leaves a member of the root as it was must give the next
// document that very member: the model does not look at it again.
func TestEdit_sharesMembers(t *testing.T) {
	d := mustParse(t, "[a]\nx = 1\n[b]\ny = [1, 2]\n[[c]]\nz = {}\n")
	next, _, err := d.Edit(patched(t, d, `{"a":{"x":2}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	changed := tree.Others(next.Tree(), d.Tree())
	if len(changed) != 1 || changed["a"] == nil {
		t.Errorf("got %v as not shared, want only a", changed)
	}
}
