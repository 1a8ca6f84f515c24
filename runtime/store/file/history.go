package file

import (
	"bytes"
	"errors"
	"io/fs"
	"math"
	"path/filepath"
	"slices"
	"sync"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
)

// history is the directory of records. It has one file for each commit, whose
// name is the commit's first generation. A record binds its number to its digest
// permanently; a file that cannot be read binds nothing, but the number in its
// name is not given to another record. Files are only added and, the oldest
// first, removed.
type history struct {
	fs  disk.FS
	dir string

	mu     sync.Mutex // protects the fields below
	recent recordCache
	kept   []string // the names of the files that are kept for a person, when the directory was listed last, sorted
	far    catalog  // the files whose numbers do not count, when the directory was listed last
}

// catalog is the first generations of all files whose numbers count, ascending.
type catalog []uint64

// errNotDirectory says that the history's place has something else.
var errNotDirectory = errors.New("not a directory")

// errUnreadable says that a history file is there but not whole.
var errUnreadable = errors.New("the history file is not whole")

// list reads the directory. A missing directory is an empty list. Files whose numbers
// do not count are left out.
func (h *history) list() (catalog, error) {
	_, err := h.checkDir()
	var names []string
	if err == nil {
		names, err = h.fs.ReadDir(h.dir)
	}
	if errors.Is(err, fs.ErrNotExist) {
		names, err = nil, nil
	}
	if err != nil {
		return nil, explainDenied(historyName, err)
	}
	var c catalog
	var kept []string
	for _, name := range names {
		if first, ok := parseRecordFile(name); ok {
			c = append(c, first)
		} else if keptPrefix(name) != "" {
			kept = append(kept, name)
		}
	}
	slices.Sort(c)
	slices.Sort(kept)
	near, far := c.split()
	h.mu.Lock()
	h.kept, h.far = kept, far
	h.mu.Unlock()
	return near, nil
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
		return nil, fault.New(fault.Storage, "%s is not a directory, or it is a link to one: move it away, and put the directory itself in its place", historyName).
			With("op", "read "+historyName).With("reason", reason).Because(errNotDirectory)
	}
	return info, err
}

// keptNames returns the names of the files that are kept for a person.
func (h *history) keptNames() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.kept
}

// farNumbers returns the numbers of the files that do not count.
func (h *history) farNumbers() catalog {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.far
}

// noteKept notes a file that was moved here since the directory was listed.
func (h *history) noteKept(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.kept = append(slices.Clone(h.kept), name)
}

// read returns the records of one file, or those before the damage and
// errUnreadable. The read is spent from b.
func (h *history) read(b *store.HistoryBudget, first uint64) ([]store.Record, error) {
	return h.readAbove(0, b, first)
}

// readAbove is read, or returns errNotAbove if it need not read the file to know that it
// binds no number above known.
func (h *history) readAbove(known uint64, b *store.HistoryBudget, first uint64) ([]store.Record, error) {
	records, c, err := h.load(known, b, first)
	if err != nil || records != nil {
		return records, err
	}
	records, err = parseRecords(first, c.Bytes)
	if err != nil {
		return records, errors.Join(errUnreadable, err)
	}
	if int64(len(c.Bytes)) == c.Info.Size() {
		h.remember(first, c.Info, records)
	}
	return records, nil
}

// load returns the records of a file if they are in memory, and else its content. The
// errors are those of readAbove.
func (h *history) load(known uint64, b *store.HistoryBudget, first uint64) ([]store.Record, disk.Content, error) {
	name := filepath.Join(h.dir, recordFile(first))
	info, err := h.fs.Lstat(name)
	if err != nil {
		return nil, disk.Content{}, explainDenied(historyName, err) // its directory refuses
	}
	records := h.inMemory(first, info)
	if err := spend(b, info, records != nil); err != nil {
		return nil, disk.Content{}, err
	}
	switch {
	case !info.Mode().IsRegular():
		return nil, disk.Content{}, errors.Join(errUnreadable, fault.ErrIrregular)
	case info.Size() > maxRecordFile:
		return nil, disk.Content{}, errUnreadable
	}
	if records != nil {
		return records, disk.Content{}, nil
	}
	if !h.mayBindAbove(known, first, info) {
		return nil, disk.Content{}, errNotAbove
	}
	c, err := h.readFile(name)
	if err != nil {
		return nil, disk.Content{}, explainDenied(historyName+"/"+recordFile(first), err)
	}
	if !c.Exists() {
		return nil, disk.Content{}, fs.ErrNotExist
	}
	return nil, c, nil
}

// readFile returns the content of a history file. A file that cannot be one,
// because it is a link, a device or the like, or too long, is errUnreadable, too.
func (h *history) readFile(name string) (disk.Content, error) {
	c, err := disk.Read(h.fs, name, maxRecordFile)
	if errors.Is(err, fault.ErrIrregular) {
		err = errors.Join(errUnreadable, err)
	}
	return c, err
}

// remember notes the records of a file, so that the next read of it is answered
// from memory. A file is recognised by its inode number and time stamps, so it must
// not be a file that may be removed and created again.
func (h *history) remember(first uint64, info fs.FileInfo, records []store.Record) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.recent.add(recordSet{first, info, records})
}

// inMemory returns the records of a file that has an info now, or nil if they are not in
// memory.
func (h *history) inMemory(first uint64, info fs.FileInfo) []store.Record {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.recent.find(h.fs, first, info)
}

// isRecord reports whether a history file begins with the record of the number in its
// name, which no file of a person does. The records behind it are not looked at: there
// may be 64 of long texts. The error says why the file could not be read.
func (h *history) isRecord(b *store.HistoryBudget, first uint64) (bool, error) {
	records, c, err := h.load(0, b, first)
	if err != nil {
		return false, err
	}
	if records == nil {
		line, _, _ := bytes.Cut(c.Bytes, []byte("\n"))
		records, _ = parseRecords(first, c.Bytes[:min(len(line)+1, len(c.Bytes))])
	}
	return len(records) > 0, nil
}

// with returns a copy of the catalog with one more file.
func (c catalog) with(first uint64) catalog {
	i, _ := slices.BinarySearch(c, first)
	return slices.Insert(slices.Clip(c), i, first)
}

// skipNames returns the last number from n on before one that is not the name of
// a file: a record can be written only under a free name.
func (c catalog) skipNames(n uint64) uint64 {
	for i, named := slices.BinarySearch(c, n+1); named; {
		n++
		i++
		named = i < len(c) && c[i] == n+1
	}
	return n
}

// highest returns the highest number that a record binds, or 0. A new file's name
// is above all others, so only the newest file that can be read has it. A file
// that was listed and is gone belonged to a commit that failed.
func (h *history) highest(b *store.HistoryBudget, c catalog) (uint64, error) {
	return h.highestAbove(0, b, c)
}

// highestAbove is highest, or returns known if no record binds a higher number.
func (h *history) highestAbove(known uint64, b *store.HistoryBudget, c catalog) (uint64, error) {
	for _, newest := range slices.Backward(c) {
		records, err := h.readAbove(known, b, newest)
		switch {
		case errors.Is(err, errNotAbove):
			return known, nil
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil && !errors.Is(err, errUnreadable):
			return 0, err
		case len(records) == 0:
			continue
		default:
			return records[len(records)-1].Generation, nil
		}
	}
	return 0, nil
}

// find returns the record of a generation. bound is true if its number is taken;
// without a record, an unreadable file binds it.
func (h *history) find(b *store.HistoryBudget, c catalog, generation uint64) (r store.Record, bound bool, err error) {
	r, _, bound, err = h.findIn(b, c, generation)
	if errors.Is(err, errSpent) { // nothing but unreadable files so far
		_, bound = slices.BinarySearch(c, generation)
		err = nil
	}
	return r, bound, err
}

// next is find for a walk: it looks into the records of the file that was read
// last before it reads one, and returns those that it found the record in.
func (h *history) next(b *store.HistoryBudget, c catalog, file []store.Record, generation uint64) (store.Record, []store.Record, error) {
	if len(file) > 0 && generation >= file[0].Generation {
		if at := generation - file[0].Generation; at < uint64(len(file)) {
			return file[at], file, nil
		}
	}
	r, file, _, err := h.findIn(b, c, generation)
	return r, file, err
}

// findIn is find without the tolerance of errSpent. It also returns the records of the file.
func (h *history) findIn(b *store.HistoryBudget, c catalog, generation uint64) (r store.Record, file []store.Record, bound bool, err error) {
	i, exact := slices.BinarySearch(c, generation)
	if !exact {
		i--
	}
	for ; i >= 0 && generation-c[i] < maxRecords; i-- {
		records, err := h.read(b, c[i])
		switch {
		case errors.Is(err, fs.ErrNotExist): // pruned after it was listed
			return store.Record{}, nil, false, nil
		case err != nil && !errors.Is(err, errUnreadable):
			return store.Record{}, nil, false, err
		}
		if at := generation - c[i]; at < uint64(len(records)) {
			return records[at], records, true, nil
		}
		if len(records) > 0 {
			break // it would be in this file
		}
	}
	return store.Record{}, nil, exact, nil // a file that has the number and not the record cannot be read
}

// below returns the newest record below a generation.
func (h *history) below(b *store.HistoryBudget, c catalog, generation uint64) (store.Record, bool, error) {
	i, _ := slices.BinarySearch(c, generation)
	for i--; i >= 0; i-- {
		records, err := h.read(b, c[i])
		if err != nil && !errors.Is(err, errUnreadable) && !errors.Is(err, fs.ErrNotExist) {
			return store.Record{}, false, err
		}
		n := min(uint64(len(records)), generation-c[i])
		if n > 0 {
			return records[n-1], true, nil
		}
	}
	return store.Record{}, false, nil
}

// isFresh reports whether the history holds nothing but the records of first
// commits that a crash ended before they were current.
func (h *history) isFresh(b *store.HistoryBudget) (bool, error) {
	fresh := true
	err := h.each(b, func(records []store.Record) bool {
		fresh = records[0].Parent == store.Empty()
		return fresh
	})
	if errors.Is(err, errSpent) {
		return false, nil
	}
	return fresh, err
}

// holds reports whether a text is that of a recorded generation. An empty text
// counts as one: nothing in it could be lost. A text that is not found within the
// budget counts as none.
func (h *history) holds(b *store.HistoryBudget, text []byte) (bool, error) {
	if len(text) == 0 {
		return true, nil
	}
	digest := store.DigestOf(text)
	held := false
	err := h.each(b, func(records []store.Record) bool {
		held = slices.ContainsFunc(records, func(r store.Record) bool { return r.Digest == digest })
		return !held
	})
	if errors.Is(err, errSpent) {
		return false, nil
	}
	return held, err
}

// each calls f with the records of every file, the newest first, until f returns
// false. It leaves out files that cannot be read or are gone, and ends with
// errSpent when too much would have to be read.
func (h *history) each(b *store.HistoryBudget, f func(records []store.Record) bool) error {
	return h.eachBelow(b, math.MaxUint64, f)
}

// eachBelow is each for the files whose first generation is below a limit.
func (h *history) eachBelow(b *store.HistoryBudget, limit uint64, f func(records []store.Record) bool) error {
	c, err := h.list()
	if err != nil {
		return err
	}
	end, _ := slices.BinarySearch(c, limit)
	for _, first := range slices.Backward(c[:end]) {
		records, err := h.read(b, first)
		if err != nil && !errors.Is(err, errUnreadable) && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if len(records) > 0 && !f(records) {
			return nil
		}
	}
	return nil
}
