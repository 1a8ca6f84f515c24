package file

import (
	"cmp"
	"io/fs"
	"slices"

	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
)

const (
	maxCachedFiles = 16
	maxCachedBytes = 128 << 10 // of the files together, unless the one that was read last is longer
)

// recordCache is the history file that was read last, and the newest others, by their
// numbers: what a conflict explains is needed again by the commit that follows it.
type recordCache []recordSet

// recordSet is a history file that was read whole. It is never modified.
type recordSet struct {
	first   uint64
	info    fs.FileInfo
	records []store.Record
}

// find returns the records of the file of a name, which has an info now, or nil.
func (c recordCache) find(sys disk.FS, first uint64, info fs.FileInfo) []store.Record {
	for _, r := range c {
		if r.first == first && sys.SameFile(r.info, info) && r.info.Size() == info.Size() && r.info.ModTime().Equal(info.ModTime()) {
			return r.records
		}
	}
	return nil
}

// add adds the file that was read last.
func (c *recordCache) add(last recordSet) {
	others := slices.DeleteFunc(slices.Clone(*c), func(r recordSet) bool { return r.first == last.first })
	slices.SortFunc(others, func(a, b recordSet) int { return cmp.Compare(b.first, a.first) })
	size := last.info.Size()
	for i, r := range others {
		if size += r.info.Size(); size > maxCachedBytes || i+1 == maxCachedFiles {
			others = others[:i]
			break
		}
	}
	*c = append(recordCache{last}, others...)
}
