package document

// shape describes the values at one place of all entries of a list. A nil shape is that
// of a place where no entry has a value.
type shape struct {
	kinds    map[valueKind]bool // of the values that a string in the tree may spell
	others   bool               // there are other values
	bare     map[string]bool    // the texts of dates, times, inf and nan
	quoted   map[string]bool    // the strings that look like those
	members  map[string]*shape  // of objects
	elements *shape             // of lists
}

// with returns a shape that also describes some values.
func (s *shape) with(typed ...any) *shape {
	for _, v := range typed {
		if s == nil {
			s = &shape{kinds: make(map[valueKind]bool), bare: make(map[string]bool), quoted: make(map[string]bool), members: make(map[string]*shape)}
		}
		kind, isSpelled := spelledKind(v)
		if isSpelled {
			s.kinds[kind] = true
		}
		s.others = s.others || !isSpelled
		switch v := v.(type) {
		case literal:
			if text, is := v.value.(string); is {
				s.bare[text] = true
			}
		case string:
			if isSpelling(v) {
				s.quoted[v] = true
			}
		case []any:
			s.elements = s.elements.with(v...)
		case map[string]any:
			for name, e := range v {
				s.members[name] = s.members[name].with(e)
			}
		}
	}
	return s
}

// spells reports whether a string is the text of a date, a time, inf or nan at the
// place, and whether that is known: whether there is one of that text, and no string.
func (s *shape) spells(text string) (isLiteral, known bool) {
	if s == nil {
		return false, false
	}
	return s.bare[text], s.bare[text] != s.quoted[text]
}

// only returns the kind of all values at the place, if they are of one kind that a
// string in the tree may spell.
func (s *shape) only() (kind valueKind, ok bool) {
	if s == nil || s.others || len(s.kinds) != 1 {
		return 0, false
	}
	for kind = range s.kinds {
	}
	return kind, true
}

func (s *shape) member(name string) *shape {
	if s == nil {
		return nil
	}
	return s.members[name]
}

func (s *shape) element() *shape {
	if s == nil {
		return nil
	}
	return s.elements
}
