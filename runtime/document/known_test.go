package document

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"realmconf/schema/tree"
)

// sameAsFresh parses a text with the help of another document, and alone.
func sameAsFresh(t interface {
	Fatalf(format string, args ...any)
}, text []byte, known *Document) *Document {
	fresh, wrong := Parse(text)
	before := describe(known.layout)
	d, err := parse(text, known)
	if after := describe(known.layout); after != before {
		t.Fatalf("after %q: %q: what is known was\n%s\nand is\n%s", known.text, text, before, after)
	}
	switch {
	case (err == nil) != (wrong == nil) || err != nil && err.Error() != wrong.Error():
		t.Fatalf("after %q: %q: got error %v, want %v", known.text, text, err, wrong)
	case err == nil && !tree.Exactly(d.tree, fresh.tree):
		t.Fatalf("after %q: %q: got %v, want %v", known.text, text, d.tree, fresh.tree)
	case err == nil:
		if got, want := describe(d.layout), describe(fresh.layout); got != want {
			t.Fatalf("after %q: %q: got\n%s\nwant\n%s", known.text, text, got, want)
		}
	}
	return d
}

// describe is all that a layout says, with numbers for its parts.
func describe(l *layout) string {
	var b strings.Builder
	numbers := make(map[*body]int)
	var ofTable func(indent string, t *table)
	value := func(indent string, v *value) {
		fmt.Fprintf(&b, "%v %v %q %d entries\n", v.span, v.kind, v.str, len(v.entries))
		if v.table != nil {
			ofTable(indent+"  ", v.table)
		}
	}
	entries := func(indent string, own *body) {
		for _, e := range own.entries {
			fmt.Fprintf(&b, "%sentry %v %v %v = ", indent, e.span, e.key, e.line)
			value(indent, e.value)
			for _, inner := range e.value.entries {
				fmt.Fprintf(&b, "%s  element %v %v ", indent, inner.span, inner.key)
				value(indent+"  ", inner.value)
			}
		}
	}
	ofTable = func(indent string, t *table) {
		header := -1
		if t.header != nil {
			header = numbers[&t.header.body]
		}
		home, known := numbers[t.home]
		fmt.Fprintf(&b, "%stable header %d home %v %d %v prefix %q\n", indent, header, t.home != nil, home, known, t.prefix)
		for _, m := range t.members {
			if t.member(m.name) != m {
				fmt.Fprintf(&b, "%s  %q is not found by its name\n", indent, m.name)
			}
			fmt.Fprintf(&b, "%s  member %q at %d entry %v\n", indent, m.name, m.at, m.entry != nil)
			if m.entry != nil {
				fmt.Fprintf(&b, "%s  of %v\n", indent, m.entry.span)
			}
			if m.table != nil {
				ofTable(indent+"  ", m.table)
			}
			for _, e := range m.tables {
				ofTable(indent+"  - ", e)
			}
		}
	}
	for i, s := range l.sections {
		numbers[&s.body] = i
		fmt.Fprintf(&b, "section %d %v list %v depth %d lead %d line %v end %d text %v\n", i, s.key, s.list, s.depth, s.lead, s.line, s.end, s.text)
		entries("  ", &s.body)
	}
	ofTable("", l.root)
	fmt.Fprintf(&b, "numbers %v empty %v\n", l.numbers, l.empty)
	return b.String()
}

// drawChanged is a text with another part somewhere, often of the same length.
func drawChanged(t *rapid.T, text []byte) []byte {
	start := rapid.IntRange(0, len(text)).Draw(t, "start")
	end := min(len(text), start+rapid.IntRange(0, 12).Draw(t, "length"))
	part := []byte(rapid.SampledFrom([]string{"", "1", "x = 1\n", "[c]\n", "[a.z]\n", "[[a]]\n", "# c\n", "\n", "\"", "'", "\"\"\"", "]", "a.b = {c = 1}\n"}).Draw(t, "part"))
	if rapid.Bool().Draw(t, "as long") {
		filled := bytes.Repeat([]byte(rapid.SampledFrom([]string{"1", "\n", "#", " ", "a"}).Draw(t, "filling")), end-start)
		copy(filled, part)
		part = filled
	}
	return slices.Concat(text[:start], part, text[end:])
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
	shared, reread := 0, 0
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
			next := sameAsFresh(t, text, known)
			if next == nil {
				continue
			}
			if kept := slices.ContainsFunc(next.layout.sections, func(s *section) bool { return slices.Contains(known.layout.sections, s) }); kept {
				reread++
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
		next, _, err := known.Edit(want, byID)
		if err != nil {
			t.Fatalf("%q to %v: %v", known.text, want, err)
		}
		sameAsFresh(t, next.text, known)
	})
	if shared == 0 || reread == 0 {
		t.Errorf("%d texts had members in common with the one before, %d sections: want some of each", shared, reread)
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
