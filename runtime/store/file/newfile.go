package file

import (
	"errors"
	"io/fs"
	"os"
	"sync"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
)

// newFile is a file that is made for a commit and that nothing refers to yet.
type newFile struct {
	op       string // the operation that a fault names
	name     string
	bytes    []byte
	like     string      // the file whose owner, rights and attributes it gets
	likeInfo fs.FileInfo // that file's info, or nil if there is none

	info fs.FileInfo // set by write, before it copies rights and attributes
}

// createDurable writes new files one after the other, and then makes their bytes
// durable together: a file system with a journal needs one transaction for all
// of them. If dir is not empty, it makes the names in that directory durable.
//
// When it fails, it returns a fault, and the files are removed, the first one
// last. They are not written again: after an fsync that failed the system
// forgets the pages that it could not write, so a second fsync of the same file
// proves nothing.
func createDurable(sys disk.FS, dir string, newFiles ...*newFile) error {
	files := make([]disk.File, 0, len(newFiles))
	var failed error
	made := 0
	for _, d := range newFiles {
		f, err := d.write(sys)
		if f != nil {
			files = append(files, f)
		}
		if !errors.Is(err, fs.ErrExist) {
			made++ // despite an error the file may exist
		}
		if err != nil {
			failed = fault.FromOS(d.op, err)
			break
		}
	}
	errs := make([]error, len(files))
	if failed == nil {
		syncAll(files, errs)
		if dir != "" {
			if err := sys.SyncDir(dir); err != nil {
				failed = fault.FromOS(newFiles[0].op, err)
			}
		}
	}
	for i, f := range files {
		if err := errors.Join(errs[i], f.Close()); err != nil && failed == nil {
			failed = fault.FromOS(newFiles[i].op, err)
		}
	}
	if failed != nil {
		discard(sys, newFiles[:made])
	}
	return failed
}

// syncAll fsyncs files at the same time.
func syncAll(files []disk.File, errs []error) {
	var wg sync.WaitGroup
	for i, f := range files[1:] {
		wg.Go(func() { errs[i+1] = f.Sync() })
	}
	errs[0] = files[0].Sync()
	wg.Wait()
}

// write creates the file. The caller closes the file, also if there is an error.
func (d *newFile) write(sys disk.FS) (disk.File, error) {
	f, err := sys.Open(d.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = f.Write(d.bytes)
	var statErr error
	if d.info, statErr = f.Stat(); err == nil { // called even if Write failed, because discard needs made
		err = statErr
	}
	if err == nil {
		sys.StartSync(f)
	}
	if err != nil || d.likeInfo == nil {
		return f, err
	}
	return f, sys.CopyMetadata(f, d.like, d.likeInfo)
}

// discard removes files, the last one first, if they are still those that were
// created. A file that cannot be removed keeps those before it, because the
// history needs them to explain it.
func discard(sys disk.FS, newFiles []*newFile) {
	for i := len(newFiles) - 1; i >= 0; i-- {
		d := newFiles[i]
		if d.info != nil {
			now, err := sys.Lstat(d.name)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil || !sys.SameFile(now, d.info) {
				return
			}
		}
		if err := sys.Remove(d.name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return
		}
	}
}
