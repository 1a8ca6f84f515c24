package file

import (
	"errors"
	"io/fs"
	"os"
	"sync"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
)

// draft is a new file that nothing refers to yet.
type draft struct {
	op    string // what is being done, for a fault
	name  string
	bytes []byte
	like  string      // the file whose owner, rights and attributes it takes over
	as    fs.FileInfo // that file; nil for none

	made fs.FileInfo // set by create; its size and stamps are the last ones where as is nil
}

// create writes new files one after the other, and then makes their bytes
// durable together: a file system with a journal needs one transaction for all
// of them. Their names are not durable yet. When it fails, it gives a fault and
// the files are gone again, the first one last: an fsync that failed may not be
// repeated on the same file, because the system forgets the pages that it could
// not write.
func create(sys disk.FS, dir string, drafts ...*draft) error {
	handles := make([]disk.File, 0, len(drafts))
	var failed error
	made := 0
	for _, d := range drafts {
		h, err := d.write(sys)
		if h != nil {
			handles = append(handles, h)
		}
		if !errors.Is(err, fs.ErrExist) {
			made++ // even if the creation failed: it may have come to be
		}
		if err != nil {
			failed = fault.FromOS(d.op, err)
			break
		}
	}
	errs := make([]error, len(handles))
	var wg sync.WaitGroup
	if failed == nil {
		for i, h := range handles[1:] {
			wg.Go(func() { errs[i+1] = h.Sync() })
		}
		errs[0] = handles[0].Sync()
	}
	wg.Wait()
	var named error
	if failed == nil && dir != "" {
		named = sys.SyncDir(dir)
	}
	if named != nil {
		failed = fault.FromOS(drafts[0].op, named)
	}
	for i, h := range handles {
		if err := errors.Join(errs[i], h.Close()); err != nil && failed == nil {
			failed = fault.FromOS(drafts[i].op, err)
		}
	}
	if failed != nil {
		discard(sys, drafts[:made])
	}
	return failed
}

// write creates one file. A handle that comes with an error has to be closed.
func (d *draft) write(sys disk.FS) (disk.File, error) {
	h, err := sys.Open(d.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = h.Write(d.bytes)
	var look error
	if d.made, look = h.Stat(); err == nil { // also after a failure: discard has to know the file
		err = look
	}
	if err == nil {
		sys.StartSync(h)
	}
	if err != nil || d.as == nil {
		return h, err
	}
	return h, sys.CopyMetadata(h, d.like, d.as)
}

// discard removes files, the last one first, if they are still those that were
// created. One that stays keeps those before it, because they explain what it
// is.
func discard(sys disk.FS, drafts []*draft) {
	for i := len(drafts) - 1; i >= 0; i-- {
		d := drafts[i]
		if d.made != nil {
			now, err := sys.Lstat(d.name)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil || !sys.SameFile(now, d.made) {
				return
			}
		}
		if err := sys.Remove(d.name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return
		}
	}
}
