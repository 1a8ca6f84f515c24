package file

import (
	"slices"

	"realmconf/runtime/store"
)

// A number in a file may be made up. One close to the highest number that there is
// would leave none for the next change, so a number counts only if commits can lead
// to it: it is at most farNumber, or at most maxGap above another number of the
// history that counts. A realm that begins at farNumber still has as many numbers in
// front of it as clients with numbers of 53 bits can name, and it takes a million files to
// lead beyond those. A far number is not used: such a record is left out of
// the catalog, and such a state is damaged.
const (
	farNumber = 1 << 52
	maxGap    = 1 << 32
)

// maxStateNumber is the highest number of a state without regard to the history. It
// leaves a gap for the records that follow.
const maxStateNumber = farNumber - 2*leap

// reach returns the highest number that counts beside the files of a catalog.
func (c catalog) reach() uint64 {
	reach := uint64(farNumber)
	for _, n := range c {
		if n > reach {
			break
		}
		reach = max(reach, n+maxGap)
	}
	return min(reach, store.MaxGeneration)
}

// split returns the files whose numbers count, and the others.
func (c catalog) split() (near, far catalog) {
	i, exact := slices.BinarySearch(c, c.reach())
	if exact {
		i++
	}
	return c[:i], c[i:]
}

// isFarState reports whether the number of a state does not count. It lists the
// history only for a number that is rarely met.
func (s *Store) isFarState(generation uint64) (bool, error) {
	if generation <= maxStateNumber {
		return false, nil
	}
	c, err := s.history.list()
	return generation > c.reach()-2*leap, err
}

// bridges reports whether the files above the one at an index of a catalog count only
// because of that file. left are the files below it that are kept.
func (c catalog) bridges(i int, left catalog) bool {
	if i+1 >= len(c) || c[i+1] <= farNumber {
		return false
	}
	return len(left) == 0 || c[i+1]-left[len(left)-1] > maxGap
}
