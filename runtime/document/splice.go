package document

import (
	"bytes"
	"cmp"
	"slices"
)

// splices collects what an edit does to a text: ranges that go, and text that
// comes at an offset. Nothing else moves, so what no splice names stays byte
// for byte.
type splices struct {
	dropped  []span
	inserted []insertion
	trimEnd  bool // a section at the end goes, and the blank lines before it
}

type insertion struct {
	at   int
	text string
	// rank is the order at one offset: 0 for lines, which belong to the section
	// that ends there; 1 for sections that come after it; from 2 on for those
	// that come before the next header, outer tables first. From 1 on a blank
	// line is kept on both sides.
	rank int
}

func (s *splices) drop(r span) { s.dropped = append(s.dropped, r) }

func (s *splices) insert(at int, text string) {
	s.inserted = append(s.inserted, insertion{at: at, text: text})
}

// insertAfter puts sections where another one ends.
func (s *splices) insertAfter(at int, text string) {
	s.inserted = append(s.inserted, insertion{at: at, text: text, rank: 1})
}

// insertBefore puts sections of the table at path before a header.
func (s *splices) insertBefore(at int, path []string, text string) {
	s.inserted = append(s.inserted, insertion{at: at, text: text, rank: 1 + len(path)})
}

// apply makes the new text. What is inserted inside a dropped range stays.
func (s *splices) apply(text []byte, eol string) []byte {
	slices.SortFunc(s.dropped, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	slices.SortStableFunc(s.inserted, func(a, b insertion) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.rank, b.rank))
	})
	w := &writer{eol: eol, out: make([]byte, 0, len(text)+1024)}
	at, drops := 0, s.dropped
	kept := func(to int) { // copies text[at:to] but for what is dropped
		for len(drops) > 0 && drops[0].start < to {
			w.keep(text[at:max(at, drops[0].start)])
			at = max(at, min(drops[0].end, to))
			if drops[0].end > to {
				return
			}
			drops = drops[1:]
		}
		if at < to {
			w.keep(text[at:to])
			at = to
		}
	}
	for _, in := range s.inserted {
		kept(in.at)
		w.insert(in)
	}
	kept(len(text))
	if s.trimEnd {
		w.trim()
	}
	return w.out
}

// writer puts the blank lines around blocks.
type writer struct {
	out   []byte
	eol   string
	block bool // what was written last is a block
}

func (w *writer) keep(text []byte) {
	if len(text) == 0 {
		return
	}
	if w.block && !startsBlank(text) {
		w.out = append(w.out, w.eol...)
	}
	w.block = false
	w.out = append(w.out, text...)
}

func (w *writer) insert(in insertion) {
	block := in.rank > 0
	if block && len(w.out) > 0 && !endsBlank(w.out) || w.block && !block {
		w.out = append(w.out, w.eol...)
	}
	w.block = block
	w.out = append(w.out, in.text...)
}

// trim takes away the blank lines that a section at the end of the file leaves.
func (w *writer) trim() {
	for endsBlank(w.out) {
		w.out = w.out[:bytes.LastIndexByte(w.out[:len(w.out)-1], '\n')+1]
	}
}

func startsBlank(text []byte) bool {
	line, _, ended := bytes.Cut(text, []byte("\n"))
	return ended && len(bytes.TrimSpace(line)) == 0
}

func endsBlank(text []byte) bool {
	if len(text) == 0 || text[len(text)-1] != '\n' {
		return false
	}
	rest := text[:len(text)-1]
	return len(bytes.TrimSpace(rest[bytes.LastIndexByte(rest, '\n')+1:])) == 0
}
