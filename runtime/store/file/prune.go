package file

import (
	"errors"
	"slices"
)

// maxExamined is how many files one commit examines before it removes them.
const maxExamined = 64

// foreignFiles are the history files that were found to be no records of the
// numbers in their names. They are neither counted nor examined again.
type foreignFiles struct {
	names map[uint64]bool
	below uint64 // all files with lower numbers are foreign
}

func (f *foreignFiles) add(n uint64) {
	if f.names == nil {
		f.names = make(map[uint64]bool)
	}
	f.names[n] = true
}

// retain drops files that are not in a catalog any more.
func (f *foreignFiles) retain(c catalog) {
	for n := range f.names {
		if _, is := slices.BinarySearch(c, n); !is {
			delete(f.names, n)
		}
	}
	f.below = 0
}

// prune removes the oldest records above the number to keep, but never that of
// this commit, nor that of the generation before it, which is current until the
// disk has the new state. Files with higher numbers do not count: they are no
// records, or those of commits that crashed. A file that is not a record of the
// number in its name may be a person's, and stays. So does a file that cannot be
// removed. prune returns the catalog of the files that are left.
func (l *lock) prune(c catalog, before, made uint64) catalog {
	s := l.store
	foreign := &s.foreign
	counted, _ := slices.BinarySearch(c, made)
	over := counted + 1 - len(foreign.names) - max(s.options.History, 2)
	if s.options.History < 0 || over <= 0 {
		return c
	}
	start, _ := slices.BinarySearch(c, foreign.below)
	left := c[:start:start]
	onlyForeign := true // in left
	for i := start; i < len(c); i++ {
		n := c[i]
		if over <= 0 || i-start >= maxExamined || n > before || i >= len(c)-2 {
			return append(left, c[i:]...)
		}
		hasBefore := before < c[i+1]
		switch {
		case foreign.names[n]: // it is not in over
		case hasBefore || c.bridges(i, left):
			over--
		default:
			is, err := s.history.isRecord(l.budget, n)
			if errors.Is(err, errSpent) { // the next commit goes on
				return append(left, c[i:]...)
			}
			over--
			if !is {
				foreign.add(n)
			} else if s.fs.Remove(s.recordPath(n)) == nil {
				continue
			}
		}
		left = append(left, n)
		if onlyForeign = onlyForeign && foreign.names[n]; onlyForeign {
			foreign.below = n + 1
		}
	}
	return left
}
