package document

import "slices"

// reread is read of a text that begins and ends like another one, as it does
// after an edit: the sections that stand there are not read again, and the
// members of the root that consist of such sections only are those of the other
// layout. The part between is read, with a section more on both sides, whose ends
// depend on their neighbours. Behind it sections are the same only where they did
// not move.
//
//	known   [a] … [b] … [c] … [d] … [e] …
//	                     ▲ the change
//	text    [a] … [b] … [c] … [d] … [e] …
//	       shared └──── scanned ───┘ shared
//
// Integers and keys that the decoder is not shown make the meaning of a section
// depend on the rest of its text: where there are some, all is read.
func reread(text []byte, known *layout) (*layout, error) {
	if known == nil || len(known.numbers)+len(known.empty) > 0 {
		return read(text)
	}
	w := windowOf(text, known)
	if w.first == 0 && w.behind == len(known.sections) {
		return read(text)
	}
	r := newReader(text)
	if err := r.scan(w.text, w.first == 0); err != nil || len(r.sections) == 0 || len(r.numbers)+len(r.empty) > 0 {
		return read(text) // which finds the same, and says where
	}
	anew := r.sections
	if w.first > 0 {
		anew[0].lead = known.sections[w.first].lead // it is the same header, below the same lines
	}
	r.sections = slices.Concat(known.sections[:w.first], anew, known.sections[w.behind:])
	if !r.rejoin(known, w, anew) {
		return read(text)
	}
	for i := range anew {
		r.settleOne(w.first + i)
	}
	return r.layout, nil
}

// window is what of a text is to be read again.
type window struct {
	text          span
	first, behind int // the sections of the other layout that stand there: from first on, before behind
}

func windowOf(text []byte, known *layout) window {
	same := commonPrefix(text, known.text)
	all := known.sections
	w := window{text: span{0, len(text)}, behind: len(all)}
	for w.first+2 < len(all) && all[w.first+2].line.start <= same {
		w.first++
	}
	if w.first > 0 {
		w.text.start = all[w.first].line.start
	}
	if len(text) == len(known.text) {
		same = len(text) - commonSuffix(text, known.text)
		for w.behind-2 > w.first && all[w.behind-2].line.start > same { // the end of the line before is the same too
			w.behind--
		}
	}
	if w.behind < len(all) {
		w.text.end = all[w.behind].line.start
	}
	return w
}

// commonPrefix is how many bytes two texts have in common at their beginning.
func commonPrefix(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// commonSuffix is how many bytes two texts have in common at their end.
func commonSuffix(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[len(a)-1-i] != b[len(b)-1-i] {
			return i
		}
	}
	return n
}

// rejoin makes the tables of sections of which only those in anew are not the
// other layout's, too. It is false where they do not go together, or a section
// is deeper inside others than it was taken for when it was read.
func (r *reader) rejoin(known *layout, w window, anew []*section) bool {
	r.root = &table{header: r.sections[0]}
	touched := make(map[string]bool) // members of the root of which a part may be another one
	for _, s := range slices.Concat(known.sections[w.first:w.behind], anew) {
		for _, name := range s.roots() {
			touched[name] = true
		}
	}
	for i, s := range r.sections {
		into := r.root
		if i > 0 {
			name := s.key[0].name
			if !touched[name] {
				r.share(known, name)
				continue
			}
			if i < w.first || i >= w.first+len(anew) {
				own := *s // it is opened again, in another table
				s = &own
				r.sections[i] = s
			}
			depth := s.depth
			var err *SyntaxError
			if into, err = r.open(s); err != nil || s.depth != depth {
				return false
			}
		}
		for _, e := range s.entries {
			if name := e.key[0].name; i == 0 && !touched[name] {
				r.share(known, name)
			} else if r.define(into, &s.body, e) != nil {
				return false
			}
		}
	}
	return true
}

// roots are the members of the root that a section has to do with.
func (s *section) roots() []string {
	if len(s.key) > 0 {
		return []string{s.key[0].name}
	}
	var names []string
	for _, e := range s.entries {
		names = append(names, e.key[0].name)
	}
	return names
}

// share makes a member of another layout's root one of this root.
func (r *reader) share(known *layout, name string) {
	if r.root.member(name) == nil {
		r.root.add(known.root.member(name))
	}
}
