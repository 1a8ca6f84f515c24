package file

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// longFile is the size from which a history file is not parsed only to learn its last
// number. A shorter one is read whole, because it is needed again soon.
const longFile = 64 << 10

// errNotAbove says that a file binds no number above a known one.
var errNotAbove = errors.New("no higher number")

// mayBindAbove reports whether a file, which has an info now, may bind a number above
// known: each of its lines binds one, from the first on. To parse the record of a text
// of 1 MB takes a tenth of the first read of a process. It is true for a file that is
// not long or cannot be read.
func (h *history) mayBindAbove(known, first uint64, info fs.FileInfo) bool {
	if first > known || info.Size() < longFile {
		return true
	}
	f, err := h.fs.Open(filepath.Join(h.dir, recordFile(first)), os.O_RDONLY, 0)
	if err != nil {
		return true
	}
	defer f.Close()
	lines, err := countLines(io.LimitReader(f, maxRecordFile))
	return err != nil || lines > known-first+1
}

// countLines returns the number of lines.
func countLines(r io.Reader) (lines uint64, err error) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := r.Read(buffer)
		lines += uint64(bytes.Count(buffer[:n], []byte("\n")))
		switch {
		case err == io.EOF:
			return lines, nil
		case err != nil:
			return 0, err
		}
	}
}
