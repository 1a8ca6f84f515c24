package schema

import (
	"slices"

	"realmconf/schema/tree"
)

// maxPaths is how many bytes the paths of the listed issues may have together. A key
// may be as long as the text, and every mistake below it has the key in its path.
const maxPaths = 2 << 20

// findingList has the first findings in the order of their places, in whatever order they
// are added. All others are only counted.
type findingList struct {
	most  int // findings that are kept, fewer if their paths are longer than maxPaths
	kept  []finding
	sizes int          // bytes in the paths of kept
	end   tree.Pointer // the first place that is not kept
	isCut bool         // end is known
	count int
}

// add adds a finding, whose pointer it copies.
func (l *findingList) add(f finding) {
	l.count++
	if l.isCut && tree.ComparePointers(f.at, l.end) >= 0 {
		return
	}
	f.at = slices.Clone(f.at)
	i, _ := slices.BinarySearchFunc(l.kept, f.at, func(k finding, p tree.Pointer) int { return tree.ComparePointers(k.at, p) })
	l.kept = slices.Insert(l.kept, i, f)
	l.sizes += pathSize(f.at)
	for len(l.kept) > 1 && (len(l.kept) > l.most || l.sizes > maxPaths) {
		last := l.kept[len(l.kept)-1]
		l.kept = l.kept[:len(l.kept)-1]
		l.sizes -= pathSize(last.at)
		l.end, l.isCut = last.at, true
	}
}

// pathSize returns the length of a pointer's string form, if nothing is escaped.
func pathSize(p tree.Pointer) int {
	n := 0
	for _, token := range p {
		n += len("/") + len(token)
	}
	return n
}
