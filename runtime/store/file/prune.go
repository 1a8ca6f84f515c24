package file

import (
	"errors"
	"io/fs"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
)

// prune removes the oldest records above the number to keep, but never the
// newest two, nor the one of the generation before this commit: it is current
// until the disk has the new state. A file that is not a record of the number in
// its name may be a person's, and stays. So does a file that cannot be removed.
func (l *lock) prune(c catalog, before uint64) {
	s := l.store
	if s.options.History < 0 {
		return
	}
	for i := 0; i < len(c)-max(s.options.History, 2); i++ {
		if i+1 < len(c) && c[i] <= before && before < c[i+1] {
			continue
		}
		if s.history.isRecord(c[i]) {
			s.fs.Remove(s.recordPath(c[i]))
		}
	}
}

// isRecord reports whether a history file is whole, and begins with the record of
// the number in its name.
func (h *history) isRecord(first uint64) bool {
	records, err := h.read(newBudget(), first)
	return err == nil && len(records) > 0 && records[0].Generation == first
}

// checkDir refuses a history that is not a directory of the realm's own: through
// a link, records would be read and removed elsewhere. It returns fs.ErrNotExist
// if there is none.
func (h *history) checkDir() (fs.FileInfo, error) {
	info, err := h.fs.Lstat(h.dir)
	if err == nil && !info.IsDir() {
		reason := fault.IO
		if info.Mode()&fs.ModeSymlink != 0 {
			reason = fault.Link
		}
		return nil, fault.New(fault.Storage, "%s is not a directory, or it is a link to one: move it away, and put a directory of the realm's own in its place", historyName).
			With("op", "read "+historyName).With("reason", reason).Because(errNotDirectory)
	}
	return info, err
}

// errNotDirectory says that the history's place has something else.
var errNotDirectory = errors.New("not a directory")

// readFile returns the content of a history file. A file that cannot be one,
// because it is a link, a device or the like, or too long, is errUnreadable.
func (h *history) readFile(name string) (disk.Content, error) {
	c, err := disk.Read(h.fs, name, maxRecordFile)
	if errors.Is(err, fault.ErrIrregular) {
		err = errUnreadable
	}
	return c, err
}
