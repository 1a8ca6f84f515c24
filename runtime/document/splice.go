package document

import (
	"bytes"
	"cmp"
	"slices"
)

// splices collects the changes of an edit to a text: ranges to drop, and texts
// to insert at an offset. All bytes that no splice names stay.
type splices struct {
	dropped         []span
	droppedSections []span // dropSections adds them to dropped
	inserted        []insertion
	trimEnd         bool // a section at the end is dropped, and the blank lines before it go too
}

type insertion struct {
	at   int
	text string
	rank rank
}

// rank is the order of the insertions at one offset. From afterSection on, they
// are sections, and have a blank line on both sides.
type rank int

const (
	inSection    rank = iota // lines of the section that ends there
	afterSection             // sections that come after it
	beforeHeader             // sections that come before the next header, outer tables first: add the length of the path
)

func (s *splices) drop(r span) { s.dropped = append(s.dropped, r) }

func (s *splices) insert(at int, text string) {
	s.inserted = append(s.inserted, insertion{at, text, inSection})
}

// insertAfter puts sections at the end of another one.
func (s *splices) insertAfter(at int, text string) {
	s.inserted = append(s.inserted, insertion{at, text, afterSection})
}

// insertBefore puts sections of the table at path before a header.
func (s *splices) insertBefore(at int, path []string, text string) {
	s.inserted = append(s.inserted, insertion{at, text, beforeHeader + rank(len(path))})
}

// dropSections drops the sections, and the gap behind each if there is another
// gap before it, or no text on one side: so one gap is left. Sections without a
// gap between them count as one.
func (s *splices) dropSections(text []byte) {
	slices.SortFunc(s.droppedSections, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	for len(s.droppedSections) > 0 {
		r := s.droppedSections[0]
		n := 1
		for ; n < len(s.droppedSections) && s.droppedSections[n].start <= r.end; n++ {
			r.end = max(r.end, s.droppedSections[n].end)
		}
		s.droppedSections = s.droppedSections[n:]
		gap := r.end
		for gap < len(text) && startsBlank(text[gap:]) {
			gap += bytes.IndexByte(text[gap:], '\n') + 1
		}
		if r.start == 0 || endsBlank(text[:r.start]) || gap == len(text) {
			r.end = gap
		}
		s.trimEnd = s.trimEnd || r.end == len(text)
		s.drop(r)
	}
}

// apply makes the new text. A text that is inserted inside a dropped range
// stays.
func (s *splices) apply(text []byte, eol string) []byte {
	s.dropSections(text)
	slices.SortFunc(s.dropped, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	slices.SortStableFunc(s.inserted, func(a, b insertion) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.rank, b.rank))
	})
	w := &writer{eol: eol, out: make([]byte, 0, len(text)+1024)}
	at, drops := 0, s.dropped
	keep := func(to int) { // writes text[at:to] without the dropped ranges
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
		keep(in.at)
		w.insert(in)
	}
	keep(len(text))
	if s.trimEnd {
		w.trim()
	}
	return w.out
}

// writer puts a blank line on both sides of inserted sections.
type writer struct {
	out          []byte
	eol          string
	afterSection bool // the last text was an inserted section
}

func (w *writer) keep(text []byte) {
	if len(text) == 0 {
		return
	}
	if w.afterSection && !startsBlank(text) {
		w.out = append(w.out, w.eol...)
	}
	w.afterSection = false
	w.out = append(w.out, text...)
}

func (w *writer) insert(in insertion) {
	isSection := in.rank >= afterSection
	if isSection && len(w.out) > 0 && !endsBlank(w.out) || w.afterSection && !isSection {
		w.out = append(w.out, w.eol...)
	}
	w.afterSection = isSection
	w.out = append(w.out, in.text...)
}

// trim removes the blank lines that a section at the end of the file leaves.
func (w *writer) trim() {
	for endsBlank(w.out) {
		w.out = w.out[:bytes.LastIndexByte(w.out[:len(w.out)-1], '\n')+1]
	}
}
