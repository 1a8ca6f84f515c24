package document

import "strings"

// scanner makes a layout of the expressions that the parser finds. The parser
// gives no range for arrays and inline tables. Their ends are found from their
// last element, behind which there are only blanks, commas and comments.
type scanner struct {
	*layout
	depth      int      // the number of tables and arrays around the current place
	inner      int      // of which are arrays and inline tables
	keys       int      // the number of keys, tables and elements so far
	tableCount int      // of which are tables
	pending    []*entry // those of the section, and of the values around the current place

	// A layout has many small parts that live equally long. They are allocated
	// in chunks.
	chunk        int
	sectionParts []section
	entries      []entry
	keyParts     []keyPart
	members      []member
	tables       []table
	tableLists   []tableList
	inners       []inner
	entryLists   []*entry
	names        nameChunk
}

func newScanner(text []byte) *scanner {
	const largeChunk = 32 // and more for a text above 128 KB, of which it is a small part
	s := &scanner{layout: &layout{text: text, root: new(table)}, chunk: min(1+len(text)/64, max(largeChunk, len(text)/4096))}
	s.spelled = make([]*value, 0, 1+len(text)/32)
	s.sections = make([]*section, 0, 2*s.chunk)
	s.pending = make([]*entry, 0, s.chunk)
	return s
}

// fewParts is the chunk of the parts that most texts have few of.
const fewParts = 8

// take returns the next of the parts that were allocated together.
func take[T any](ready *[]T, chunk int) *T {
	if len(*ready) == 0 {
		*ready = make([]T, chunk)
	}
	next := &(*ready)[0]
	*ready = (*ready)[1:]
	return next
}

// takeCopy returns a copy of parts that is allocated with others.
func takeCopy[T any](ready *[]T, parts []T, chunk int) []T {
	if len(*ready) < len(parts) {
		*ready = make([]T, max(chunk, len(parts)))
	}
	n := copy(*ready, parts)
	taken := (*ready)[:n:n]
	*ready = (*ready)[n:]
	return taken
}

// list returns the pending entries from an index on, which are complete.
func (s *scanner) list(from int) []*entry {
	entries := takeCopy(&s.entryLists, s.pending[from:], s.chunk)
	s.pending = s.pending[:from]
	return entries
}

// nameChunk makes short strings that share memory. A tree may keep one of them
// long after its document is gone, so few of them share it.
type nameChunk struct{ strings.Builder }

func (c *nameChunk) copyOf(text []byte) string {
	const chunk = 256
	if c.Cap()-c.Len() < len(text) {
		c.Reset()
		c.Grow(max(chunk, len(text)))
	}
	start := c.Len()
	c.Write(text)
	return c.String()[start:]
}

// assignComments decides which comments belong to which section.
func (s *scanner) assignComments() {
	start := 0
	for i, section := range s.sections {
		last := section.line.end()
		if n := len(section.entries); n > 0 {
			last = s.lineEnd(section.entries[n-1].end())
		}
		limit := len(s.text) // of the lines that may belong to this section
		next := limit        // the start of the next section
		if i+1 < len(s.sections) {
			header := s.sections[i+1].line.start()
			limit = header
			for limit > last && s.isComment(s.lineStart(limit-1)) {
				limit = s.lineStart(limit - 1)
			}
			if limit == 0 { // the comment at the top is the file's, not the first header's
				limit = header
			}
			next = limit
		}
		end := last
		for last > 0 && end < limit && s.isComment(end) {
			end = s.lineEnd(end)
		}
		section.span32 = newSpan32(start, end)
		start = next
	}
}
