package tree

// PointerSet is a set of pointers that answers for many places which of the set
// lead to, above or below them. An answer takes time in the length of the pointer,
// however many there are. The zero value is empty.
type PointerSet struct{ root pointerNode }

// pointerNode is a place: below it are pointers of the set, or it is one.
type pointerNode struct {
	below    map[string]*pointerNode
	isMember bool
}

// NewPointerSet returns the set of some pointers.
func NewPointerSet(pointers ...Pointer) *PointerSet {
	s := new(PointerSet)
	for _, p := range pointers {
		s.Add(p)
	}
	return s
}

// Add adds a pointer.
func (s *PointerSet) Add(p Pointer) {
	n := &s.root
	for _, token := range p {
		next := n.below[token]
		if next == nil {
			if n.below == nil {
				n.below = make(map[string]*pointerNode)
			}
			next = new(pointerNode)
			n.below[token] = next
		}
		n = next
	}
	n.isMember = true
}

// Covers reports whether a pointer of the set leads to p, or to a place around it.
func (s *PointerSet) Covers(p Pointer) bool {
	covered, _ := s.find(p)
	return covered
}

// Overlaps reports whether a pointer of the set leads to p, or to a place around
// or inside it.
func (s *PointerSet) Overlaps(p Pointer) bool {
	covered, at := s.find(p)
	return covered || at != nil && at.hasMembers()
}

// HasWithin reports whether a pointer of the set leads to p, or to a place inside
// it.
func (s *PointerSet) HasWithin(p Pointer) bool {
	_, at := s.find(p)
	return at != nil && at.hasMembers()
}

// find follows p. at is the node of p itself, nil if no pointer of the set leads
// there or below.
func (s *PointerSet) find(p Pointer) (covered bool, at *pointerNode) {
	n := &s.root
	for _, token := range p {
		covered = covered || n.isMember
		if n = n.below[token]; n == nil {
			return covered, nil
		}
	}
	return covered || n.isMember, n
}

func (n *pointerNode) hasMembers() bool { return n.isMember || len(n.below) > 0 }
