package tree

import (
	"cmp"
	"hash/maphash"
	"iter"
	"slices"
)

// Matching tells which entry of an old list became which entry of a new one.
type Matching struct {
	New   []int  // by old index: the new index of the entry, -1 if it was removed
	Old   []int  // by new index: the old index of the entry, -1 if it was added
	Moved []bool // by new index: the entry was in the old list, in another order
}

// MatchEntries matches the entries of two lists. key is the member that
// identifies an entry, "" if none does; its values are strings.
//
//  1. Equal entries belong together: first those at both ends, so that one of
//     several equal entries that was removed or added in the middle does not
//     look like a move of the others; then the rest, in their order. Equal
//     entries have equal identities, and where two entries have one identity
//     this finds the one that did not change.
//  2. Entries with the same identity belong together, in their order.
//  3. The largest number of matched entries that kept their order did not
//     move; all other matched entries did.
//  4. Between two neighbours that did not move, the entries that are left over
//     are matched in their order, unless both have an identity: those are two
//     different entries.
//
// The time is in n log n.
func MatchEntries(old, new []any, key string) *Matching {
	m := newMatcher(old, new, key)
	m.matchSame()
	m.findMoves()
	m.matchPlaces(false)
	return m.Matching
}

// MatchSimilar is MatchEntries for an edit, in which a changed entry keeps its
// comments. It also matches entries that have something in common which no
// other entry has, and it matches entries of different identity between the
// same neighbours: an entry that was renamed.
func MatchSimilar(old, new []any, key string) *Matching {
	m := newMatcher(old, new, key)
	m.matchSame()
	m.findMoves()
	if m.matchFeatures() {
		m.findMoves()
	}
	m.matchPlaces(true)
	return m.Matching
}

// Steps goes from one end of both lists to the other and makes the new list of
// the old one. At each place the entries that leave it come first, then those
// that arrive, then the next entry that did not move:
//
//	(i, -1)  entry i leaves: it was removed, or New says where it moved to
//	(-1, j)  entry j arrives: it was added, or Old says where it moved from
//	(i, j)   entry i is entry j, and did not move
func (m *Matching) Steps() iter.Seq2[int, int] {
	return func(yield func(old, new int) bool) {
		i, arrived := 0, 0
		for j := 0; j <= len(m.Old); j++ {
			stayed := len(m.New)
			if j < len(m.Old) {
				if m.Old[j] < 0 || m.Moved[j] {
					continue
				}
				stayed = m.Old[j]
			}
			for ; i < stayed; i++ {
				if !yield(i, -1) {
					return
				}
			}
			for ; arrived < j; arrived++ {
				if !yield(-1, arrived) {
					return
				}
			}
			if j == len(m.Old) || !yield(i, j) {
				return
			}
			i, arrived = i+1, j+1
		}
	}
}

// Identity is the value of the member that identifies a list's entry, "" if the
// entry has none.
func Identity(entry any, key string) string {
	if key == "" {
		return ""
	}
	o, _ := entry.(map[string]any)
	id, _ := o[key].(string)
	return id
}

// matcher is a Matching under construction.
type matcher struct {
	*Matching
	old, new []any
	key      string
	seed     maphash.Seed
	stayed   []int // the new indexes of the entries that did not move, ascending
}

func newMatcher(old, new []any, key string) *matcher {
	m := &matcher{
		Matching: &Matching{New: make([]int, len(old)), Old: make([]int, len(new)), Moved: make([]bool, len(new))},
		old:      old, new: new, key: key, seed: maphash.MakeSeed(),
	}
	for i := range m.New {
		m.New[i] = -1
	}
	for j := range m.Old {
		m.Old[j] = -1
	}
	return m
}

func (m *matcher) join(i, j int) { m.New[i], m.Old[j] = j, i }

// matchSame matches equal entries, and those of one identity.
func (m *matcher) matchSame() {
	start, shorter := 0, min(len(m.old), len(m.new))
	for start < shorter && Equal(m.old[start], m.new[start]) {
		m.join(start, start)
		start++
	}
	for end := 1; end <= shorter-start && Equal(m.old[len(m.old)-end], m.new[len(m.new)-end]); end++ {
		m.join(len(m.old)-end, len(m.new)-end)
	}
	m.matchEqual()
	if m.key != "" {
		m.matchIdentities()
	}
}

// matchEqual matches equal entries in their order. It compares hashes first,
// since lists may be long.
func (m *matcher) matchEqual() {
	if m.onlyOneLeft() {
		return // they are not equal: the comparison of the ends saw them
	}
	waiting := make(map[uint64][]int)
	for i, e := range m.old {
		if m.New[i] < 0 {
			h := hash(m.seed, e)
			waiting[h] = append(waiting[h], i)
		}
	}
	if len(waiting) == 0 {
		return
	}
	for j, e := range m.new {
		if m.Old[j] >= 0 {
			continue
		}
		h := hash(m.seed, e)
		w := waiting[h]
		at := slices.IndexFunc(w, func(i int) bool { return Equal(m.old[i], e) })
		if at >= 0 {
			m.join(w[at], j)
			copy(w[1:at+1], w[:at]) // at is 0 unless two hashes collide
			waiting[h] = w[1:]
		}
	}
}

// onlyOneLeft reports whether at most one entry of each list is not matched. In
// a nested list with one difference, that saves hashing it at each level.
func (m *matcher) onlyOneLeft() bool {
	return hasAtMostOne(m.New, -1) && hasAtMostOne(m.Old, -1)
}

func hasAtMostOne(numbers []int, n int) bool {
	i := slices.Index(numbers, n)
	return i < 0 || !slices.Contains(numbers[i+1:], n)
}

// matchIdentities matches entries of one identity, in their order.
func (m *matcher) matchIdentities() {
	waiting := make(map[string][]int)
	for i, e := range m.old {
		if id := Identity(e, m.key); id != "" && m.New[i] < 0 {
			waiting[id] = append(waiting[id], i)
		}
	}
	for j, e := range m.new {
		if m.Old[j] >= 0 {
			continue
		}
		id := Identity(e, m.key)
		if w := waiting[id]; len(w) > 0 {
			m.join(w[0], j)
			waiting[id] = w[1:]
		}
	}
}

// findMoves decides which of the matched entries moved.
func (m *matcher) findMoves() {
	for j, i := range m.Old {
		m.Moved[j] = i >= 0
	}
	m.stayed = longestIncreasing(m.Old)
	for _, j := range m.stayed {
		m.Moved[j] = false
	}
}

// gaps calls back for the ranges between neighbours that did not move.
func (m *matcher) gaps(do func(i, oldEnd, j, newEnd int)) {
	i, j := 0, 0
	for _, at := range m.stayed {
		do(i, m.Old[at], j, at)
		i, j = m.Old[at]+1, at+1
	}
	do(i, len(m.old), j, len(m.new))
}

// matchPlaces matches, between neighbours that did not move, the entries that
// are left over, in their order. Two that have an identity are matched only as
// a renamed entry.
func (m *matcher) matchPlaces(renamed bool) {
	m.gaps(func(i, oldEnd, j, newEnd int) {
		for ; ; i, j = i+1, j+1 {
			for i < oldEnd && m.New[i] >= 0 {
				i++
			}
			for j < newEnd && m.Old[j] >= 0 {
				j++
			}
			if i >= oldEnd || j >= newEnd {
				return
			}
			if renamed || Identity(m.old[i], m.key) == "" || Identity(m.new[j], m.key) == "" {
				m.join(i, j)
			}
		}
	})
}

// candidate is an unmatched entry of each list that may be the same one.
type candidate struct {
	old, new int
	common   int // how many features only these two entries have
}

// matchFeatures matches entries by their features: the members of an object,
// the elements of a list. A feature counts if only one entry of each list has
// it: one that many entries have says nothing, and would make the time grow
// with the square of their number. Between the same neighbours one common
// feature is enough; elsewhere an entry was moved and changed if at least half
// of its features stayed. It reports whether it matched any.
func (m *matcher) matchFeatures() bool {
	i, j := slices.Index(m.New, -1), slices.Index(m.Old, -1)
	if i < 0 || j < 0 {
		return false
	}
	if i == j && m.onlyOneLeft() && len(m.stayed) == len(m.Old)-1 {
		return false // the two are between the same neighbours: matchPlaces matches them
	}
	oldFeatures, newFeatures := m.features(m.old), m.features(m.new)
	counts := make(map[[2]int]int)
	for feature, i := range oldFeatures.owner {
		j, ok := newFeatures.owner[feature]
		if ok && i >= 0 && j >= 0 && m.New[i] < 0 && m.Old[j] < 0 {
			counts[[2]int{i, j}]++
		}
	}
	if len(counts) == 0 {
		return false
	}
	candidates := make([]candidate, 0, len(counts))
	for pair, n := range counts {
		candidates = append(candidates, candidate{old: pair[0], new: pair[1], common: n})
	}
	slices.SortFunc(candidates, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.common, a.common), cmp.Compare(distance(a), distance(b)), cmp.Compare(a.new, b.new), cmp.Compare(a.old, b.old))
	})
	oldGap, newGap := m.gapNumbers()
	matched := false
	for _, c := range candidates {
		if m.New[c.old] >= 0 || m.Old[c.new] >= 0 {
			continue
		}
		if oldGap[c.old] == newGap[c.new] || 2*c.common >= max(oldFeatures.count[c.old], newFeatures.count[c.new]) {
			m.join(c.old, c.new)
			matched = true
		}
	}
	return matched
}

func distance(c candidate) int { return max(c.old-c.new, c.new-c.old) }

// gapNumbers tells, for each entry of both lists, between which neighbours that
// did not move it is.
func (m *matcher) gapNumbers() (old, new []int) {
	old, new = make([]int, len(m.old)), make([]int, len(m.new))
	number := 0
	m.gaps(func(i, oldEnd, j, newEnd int) {
		for ; i < oldEnd; i++ {
			old[i] = number
		}
		for ; j < newEnd; j++ {
			new[j] = number
		}
		number++
	})
	return old, new
}

// features are those of the entries of one list.
type features struct {
	owner map[uint64]int // by hash: the one entry that has the feature, -1 if several do
	count []int          // by index: the number of an entry's features
}

func (m *matcher) features(list []any) features {
	f := features{owner: make(map[uint64]int), count: make([]int, len(list))}
	add := func(i int, h uint64) {
		f.count[i]++
		if other, has := f.owner[h]; has && other != i {
			i = -1
		}
		f.owner[h] = i
	}
	for i, e := range list {
		switch e := e.(type) {
		case map[string]any:
			for name, v := range e {
				add(i, mix(maphash.String(m.seed, name))^hash(m.seed, v))
			}
		case []any:
			for _, v := range e {
				add(i, hash(m.seed, v))
			}
		}
	}
	return f
}
