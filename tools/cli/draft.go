package cli

import (
	"io"
	"os"
	"path/filepath"

	"realmconf/runtime"
	"realmconf/runtime/fault"
)

// draft is the text during an edit: a file of mode 0600 in a directory of mode
// 0700.
type draft struct{ dir, path string }

// newDraft makes a draft of a text.
func newDraft(text []byte) (*draft, error) {
	dir, err := os.MkdirTemp("", "realmconf-edit-")
	if err != nil {
		return nil, fault.FromOS("make a private directory", err)
	}
	d := &draft{dir, filepath.Join(dir, "config.toml")}
	if err := d.write(text); err != nil {
		d.remove()
		return nil, err
	}
	return d, nil
}

func (d *draft) write(text []byte) error {
	if err := os.WriteFile(d.path, text, 0o600); err != nil {
		return fault.FromOS("write the text for the editor", err)
	}
	return nil
}

// read returns the text. It refuses a directory, a pipe or the like, which an
// editor may have left in its place.
func (d *draft) read() ([]byte, error) {
	info, err := os.Stat(d.path)
	if err != nil {
		return nil, fault.FromOS("read the edited text", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fault.New(fault.Storage, "the editor has replaced the text by something that is not a file: repair it, or try another editor; nothing was written").
			With("op", "read the edited text").With("reason", fault.IO)
	}
	f, err := os.Open(d.path)
	if err != nil {
		return nil, fault.FromOS("read the edited text", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, runtime.MaxText+1)) // a longer one is refused for its first bytes
	if err != nil {
		return nil, fault.FromOS("read the edited text", err)
	}
	return text, nil
}

// remove removes the draft and the editor's files beside it.
func (d *draft) remove() { os.RemoveAll(d.dir) }
