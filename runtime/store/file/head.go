package file

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/internal/recordline"
)

// maxHead is how much of a history file is read for the head of its first record, in
// bytes. The members before the text have a thousand, and with a long list of approved
// fields some thousands.
const maxHead = 16 << 10

// head returns the first record of a history file without its text, as far as a walk
// needs it: the version, the parent, and the version that it supersedes. The text is
// not read, and so not compared with the digest. If the file is gone, the record has no
// number; if it does not begin with such a record, or the text does not come last,
// the error is errUnreadable. The read is spent from b.
func (h *history) head(b *store.HistoryBudget, first uint64) (store.Record, error) {
	name := filepath.Join(h.dir, recordFile(first))
	info, err := h.fs.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return store.Record{}, nil
	case err != nil:
		return store.Record{}, explainDenied(historyName, err)
	}
	if err := spend(b, info, true); err != nil {
		return store.Record{}, err
	}
	if known := h.inMemory(first, info); known != nil {
		return known[0], nil
	}
	switch {
	case !info.Mode().IsRegular():
		return store.Record{}, errors.Join(errUnreadable, fault.ErrIrregular)
	case info.Size() > maxRecordFile:
		return store.Record{}, errUnreadable
	}
	f, err := h.fs.Open(name, os.O_RDONLY, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return store.Record{}, nil
	case errors.Is(err, fault.ErrIrregular):
		return store.Record{}, errors.Join(errUnreadable, err)
	case err != nil:
		return store.Record{}, explainDenied(historyName+"/"+recordFile(first), err)
	}
	defer f.Close()
	r, err := parseHead(io.LimitReader(f, maxHead))
	if err != nil || r.Generation != first {
		return store.Record{}, errors.Join(errUnreadable, err)
	}
	return r, nil
}

// parseHead reads the members of a record that come before its text.
func parseHead(from io.Reader) (store.Record, error) {
	d := json.NewDecoder(from)
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return store.Record{}, errors.Join(errors.New("not an object"), err)
	}
	var l recordline.Line
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return store.Record{}, err
		}
		var into any
		switch name {
		case "generation":
			into = &l.Generation
		case "parent":
			into = &l.Parent
		case "parent_sha256":
			into = &l.ParentSHA256
		case "supersedes":
			into = &l.Supersedes
		case "supersedes_sha256":
			into = &l.SupersedesSHA256
		case "sha256":
			into = &l.SHA256
		case "text", "text_base64":
			return l.Versions()
		default:
			into = new(json.RawMessage)
		}
		if err := d.Decode(into); err != nil {
			return store.Record{}, err
		}
	}
	return l.Versions() // an empty text is left out
}
