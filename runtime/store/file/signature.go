package file

import (
	"io/fs"
	"time"
)

// signature is what tells one state of a file from another without reading it:
// which file it is, its size, its mode and its stamps. The zero signature is of
// a file that does not exist.
type signature struct {
	info    fs.FileInfo
	changed int64 // nanoseconds of the last change, content or inode
}

func (s *Store) sign(info fs.FileInfo) signature {
	if info == nil {
		return signature{}
	}
	changed, err := s.fs.ChangeTime(info)
	if err != nil {
		changed = info.ModTime().UnixNano()
	}
	return signature{info, changed}
}

// same reports whether two signatures are of one state of one file.
func (s *Store) same(a, b signature) bool {
	if a.info == nil || b.info == nil {
		return a.info == nil && b.info == nil
	}
	return a.changed == b.changed && a.info.Size() == b.info.Size() && a.info.Mode() == b.info.Mode() &&
		a.info.ModTime().Equal(b.info.ModTime()) && s.fs.Same(a.info, b.info)
}

// Stamps are coarser than programs are fast: a file can change twice between
// two ticks of the clock that stamps it.
const (
	fineTick   = 30 * time.Millisecond   // longer than any kernel's tick
	coarseTick = 2500 * time.Millisecond // where stamps are whole seconds, or pairs of them
)

// trusted reports whether a file that was seen with this signature at that
// time cannot have changed since without the signature showing it.
func (g signature) trusted(at time.Time) bool {
	tick := fineTick
	if g.changed%int64(time.Second) == 0 {
		tick = coarseTick
	}
	return g.info != nil && at.Sub(time.Unix(0, g.changed)) > tick
}
