package file

import (
	"bytes"
	"io"
	"os"
	"path/filepath"

	"realmconf/runtime/store"
)

// longFile is the size from which a history file is not parsed only to learn its last
// number. A shorter one is read whole, because it is needed again soon.
const longFile = 64 << 10

// highestAbove returns the highest number that a record binds, or known if there is no
// higher one. To parse the record of a text of 1 MB takes a tenth of the first read of
// a process.
func (h *history) highestAbove(known uint64, b *store.HistoryBudget, c catalog) (uint64, error) {
	if len(c) > 0 && !h.mayBindAbove(known, b, c[len(c)-1]) {
		return known, nil
	}
	return h.highest(b, c)
}

// mayBindAbove reports whether a file may bind a number above known: each of its lines
// binds one, from the first on. It is true for a file that is not long or could not be
// read.
func (h *history) mayBindAbove(known uint64, b *store.HistoryBudget, first uint64) bool {
	if first > known {
		return true
	}
	name := filepath.Join(h.dir, recordFile(first))
	info, err := h.fs.Lstat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() < longFile || info.Size() > maxRecordFile {
		return true
	}
	if h.inMemory(first, info) != nil || spend(b, info, false) != nil {
		return true
	}
	f, err := h.fs.Open(name, os.O_RDONLY, 0)
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
