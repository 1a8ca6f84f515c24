package disk

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"

	"realmconf/runtime/fault"
)

// Content is what a file held at one moment. For a file that does not exist it
// is the zero Content.
type Content struct {
	Bytes  []byte
	Info   fs.FileInfo
	Stable bool // the file did not change while it was read
}

// Exists reports whether there was a file.
func (c Content) Exists() bool { return c.Info != nil }

// ErrTooLong says that a file is longer than the limit. It is a
// fault.ErrIrregular.
var ErrTooLong error = tooLongError{}

type tooLongError struct{}

func (tooLongError) Error() string { return "longer than the limit" }
func (tooLongError) Unwrap() error { return fault.ErrIrregular }

// Read returns a file's content. A missing file is no error: it gives the zero
// Content. A file that is not regular is fault.ErrIrregular, one that is longer
// than limit ErrTooLong, and a symbolic link a fault.RefusedLink. The type is
// checked before the file is opened, because opening alone has effects on some
// devices.
func Read(sys FS, name string, limit int) (Content, error) { return ReadLike(sys, name, nil, limit) }

// ReadLike is Read of a file that is likely to hold known bytes: if it does, they are
// the content's Bytes, and no memory is needed for a copy.
func ReadLike(sys FS, name string, known []byte, limit int) (Content, error) {
	before, err := sys.Lstat(name)
	switch {
	case err != nil || before.Mode().IsRegular():
	case before.Mode()&fs.ModeSymlink != 0:
		return Content{}, &fs.PathError{Op: "read", Path: name, Err: errLink()}
	default:
		return Content{}, &fs.PathError{Op: "read", Path: name, Err: fault.ErrIrregular}
	}
	if err != nil {
		before = nil
	}
	f, err := sys.Open(name, os.O_RDONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return Content{}, nil
	}
	if err != nil {
		return Content{}, err
	}
	defer f.Close()
	return readOpenLike(sys, f, before, known, limit)
}

// ReadOpen returns the content of a file that was just opened, under the same
// limit as Read. before is the info of its name from right before the opening,
// or nil.
func ReadOpen(sys FS, f File, before fs.FileInfo, limit int) (Content, error) {
	return readOpenLike(sys, f, before, nil, limit)
}

func readOpenLike(sys FS, f File, before fs.FileInfo, known []byte, limit int) (Content, error) {
	if before == nil {
		info, err := f.Stat()
		if err != nil {
			return Content{}, err
		}
		before = info
	}
	if !before.Mode().IsRegular() {
		return Content{}, fault.ErrIrregular
	}
	if before.Size() > int64(limit) {
		return Content{}, ErrTooLong
	}
	var b []byte
	var ended bool
	var err error
	if int64(len(known)) == before.Size() && len(known) > 0 {
		b, ended, err = readKnown(f, known)
	} else {
		b = make([]byte, 0, before.Size()+1) // one more, to see the end at once
	}
	for !ended && err == nil {
		if len(b) > limit { // it grew, or the name has another file now
			return Content{}, ErrTooLong
		}
		if len(b) == cap(b) {
			b = slices.Grow(b, max(1, cap(b)))
		}
		var n int
		n, err = f.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		ended = err == io.EOF
	}
	if err != nil && err != io.EOF {
		return Content{}, err
	}
	after, err := f.Stat()
	if err != nil {
		return Content{}, err
	}
	stable := Sign(sys, before).Equal(sys, Sign(sys, after)) && after.Size() == int64(len(b))
	return Content{b, after, stable}, nil
}

// readKnown reads a file for as long as it holds the known bytes, and returns them if
// those are all. Otherwise it returns what it has read, in memory of its own.
func readKnown(f File, known []byte) (b []byte, ended bool, err error) {
	const most = 64 << 10 // bytes at a time: they stay in the processor's cache
	part := make([]byte, min(most, len(known)+1))
	for at := 0; ; {
		n, err := f.Read(part)
		same := bytes.HasPrefix(known[at:], part[:n])
		if ended := err == io.EOF; ended && same && at+n == len(known) {
			return slices.Clip(known), true, nil
		} else if ended || err != nil || !same {
			return slices.Concat(known[:at], part[:n]), ended, err
		}
		at += n
	}
}
