package disk

import (
	"io/fs"
	"time"
)

// Signature tells one state of a file from another without reading it: by its
// identity, size, mode and time stamps. The zero Signature is that of a file
// that does not exist.
type Signature struct {
	info    fs.FileInfo
	changed int64 // as FS.ChangeTime
}

// Sign returns the signature of a file, or the zero Signature for nil.
func Sign(sys FS, info fs.FileInfo) Signature {
	if info == nil {
		return Signature{}
	}
	changed, err := sys.ChangeTime(info)
	if err != nil {
		changed = info.ModTime().UnixNano()
	}
	return Signature{info, changed}
}

// Equal reports whether two signatures are of the same state of the same file.
func (g Signature) Equal(sys FS, other Signature) bool {
	if g.info == nil || other.info == nil {
		return g.info == nil && other.info == nil
	}
	return g.changed == other.changed && g.info.Size() == other.info.Size() && g.info.Mode() == other.info.Mode() &&
		g.info.ModTime().Equal(other.info.ModTime()) && sys.SameFile(g.info, other.info)
}

// The clock that stamps files is coarse: a file can change twice within one
// tick, and have the same stamp both times.
const (
	fineTick   = 30 * time.Millisecond   // longer than the tick of any kernel
	coarseTick = 2500 * time.Millisecond // for stamps of whole seconds, or of every second one
)

// TrustedAt reports whether the file was already old when it was seen at that
// time: then any later change shows in its signature.
func (g Signature) TrustedAt(at time.Time) bool {
	tick := fineTick
	if g.changed%int64(time.Second) == 0 {
		tick = coarseTick
	}
	return g.info != nil && at.Sub(time.Unix(0, g.changed)) > tick
}
