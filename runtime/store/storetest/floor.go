package storetest

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Floor makes the file system calls that no durable commit can do without: it
// writes, fsyncs and swaps the files that a store on disk has, and does nothing
// else. It takes no lock, looks for no change by other programs and keeps no
// file's mode. A store's time divided by its time is the cost of those.
type Floor struct {
	dir string
	n   int // commits made
}

// NewFloor makes the directories in dir. There are no files yet.
func NewFloor(dir string) (*Floor, error) {
	return &Floor{dir: dir}, os.Mkdir(filepath.Join(dir, "config_history"), 0o700)
}

// Commit makes one text durable: the record, the document and the state, each
// written and fsynced, the directory of records fsynced, the two files
// exchanged for those that were there, and their directory fsynced.
func (f *Floor) Commit(text []byte) error {
	f.n++
	history := filepath.Join(f.dir, "config_history")
	record := fmt.Appendf(nil, "{\"generation\":%d,\"text\":%q}\n", f.n, text)
	state := fmt.Appendf(nil, "{\n  \"generation\": %d,\n  \"config_sha256\": %q\n}", f.n, strings.Repeat("0", 64))
	document, counter := filepath.Join(f.dir, "config.toml"), filepath.Join(f.dir, "config_state.json")
	for _, file := range []struct {
		name  string
		bytes []byte
	}{
		{filepath.Join(history, fmt.Sprintf("%d.json", f.n)), record},
		{document + ".tmp", text},
		{counter + ".tmp", state},
	} {
		if err := writeDurably(file.name, file.bytes); err != nil {
			return err
		}
	}
	if err := syncDir(history); err != nil {
		return err
	}
	for _, name := range []string{document, counter} {
		if err := f.swap(name); err != nil {
			return err
		}
	}
	return syncDir(f.dir)
}

// swap moves the temporary file of a name to that name.
func (f *Floor) swap(name string) error {
	if f.n == 1 {
		return os.Rename(name+".tmp", name)
	}
	if err := exchange(name+".tmp", name); err != nil {
		return err
	}
	return os.Remove(name + ".tmp")
}

func writeDurably(name string, text []byte) error {
	h, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer h.Close()
	if _, err := h.Write(text); err != nil {
		return err
	}
	return h.Sync()
}

// syncDir does nothing where directories cannot be fsynced.
func syncDir(name string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
