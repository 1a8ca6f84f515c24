package document

import (
	"testing"

	"pgregory.net/rapid"

	"realmconf.io/realmconf/schema/tree"
)

// sameAsFresh parses a text with the help of another document, and alone.
func sameAsFresh(t interface {
	Fatalf(format string, args ...any)
}, text []byte, known *Document) *Document {
	fresh, wrong := Parse(text)
	d, err := parse(text, known)
	switch {
	case (err == nil) != (wrong == nil) || err != nil && err.Error() != wrong.Error():
		t.Fatalf("after %q: %q: got error %v, want %v", known.text, text, err, wrong)
	case err == nil && !tree.Exactly(d.tree, fresh.tree):
		t.Fatalf("after %q: %q: got %v, want %v", known.text, text, d.tree, fresh.tree)
	}
	return d
}

// drawSections is a text out of the sections of another one: in another order,
// some of them twice, some not at all, some with other lines.
func drawSections(t *rapid.T, d *Document) []byte {
	var text []byte
	for range rapid.IntRange(0, len(d.layout.sections)+1).Draw(t, "sections") {
		s := rapid.SampledFrom(d.layout.sections).Draw(t, "header")
		body := s
		if rapid.IntRange(0, 5).Draw(t, "other lines") == 0 {
			body = rapid.SampledFrom(d.layout.sections).Draw(t, "lines")
		}
		text = append(text, d.layout.text[s.line.start:s.line.end]...)
		text = append(text, d.layout.text[body.text.start:body.text.end]...)
		if n := len(text); n > 0 && text[n-1] != '\n' {
			text = append(text, '\n')
		}
	}
	return text
}

func TestWhatIsKnownChangesNothing(t *testing.T) {
	shared := 0
	rapid.Check(t, func(t *rapid.T) {
		known, err := Parse([]byte(drawText(t)))
		if err != nil {
			t.Fatal(err)
		}
		for range 4 {
			next := sameAsFresh(t, drawSections(t, known), known)
			if next == nil {
				continue
			}
			if len(tree.Others(next.tree, known.tree)) < len(next.tree) {
				shared++
			}
			known = next
		}
		want, isObject := drawWanted(t, known.tree, 2).(tree.Object)
		if !isObject {
			return
		}
		next, _, err := known.Edit(want)
		if err != nil {
			t.Fatalf("%q to %v: %v", known.text, want, err)
		}
		sameAsFresh(t, next.text, known)
	})
	if shared == 0 {
		t.Error("no two texts had anything in common")
	}
}

func TestListsAreKnownByAllTheirSections(t *testing.T) {
	for _, texts := range [][2]string{
		{"[[a]]\nx = 1\n[[a]]\ny = 2\n[a.b]\nz = 3\n", "[[a]]\nx = 1\n[a.b]\nz = 3\n[[a]]\ny = 2\n"},
		{"[a.b]\nx = 1\n[a]\ny = 2\n", "[a]\ny = 2\n[a.b]\nx = 1\n"},
		{"[a]\nx = 1\n", "[[a]]\nx = 1\n"},
		{"[a]\nb.c = 1\n", "b.c = 1\n[a]\n"},
		{"[a]\nx = 1\n[b]\n", "[b]\nx = 1\n[a]\n"},
		{"a.b = 1\n[c]\n", "a.b = 2\n[c]\n"},
		{"\"\" = 1\n[c]\n\"\" = 1\n", "\"\" = 1\naa = 2\n[c]\n\"\" = 1\n"},
		{"[c]\nn = 18446744073709551615\n", "[c]\nn = 18446744073709551615\n[d]\nn = 0\n"},
	} {
		sameAsFresh(t, []byte(texts[1]), mustParse(t, texts[0]))
		sameAsFresh(t, []byte(texts[0]), mustParse(t, texts[1]))
	}
}
