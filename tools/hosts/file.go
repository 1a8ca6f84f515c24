package hosts

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"realmconf/runtime/fault"
)

// maxFile is the largest file of settings that is read. Those with a host's state in
// them have some hundred kilobytes.
const maxFile = 8 << 20

// File is a file with a host's settings, as it was read.
type File struct {
	Path   string
	Text   []byte // nil if it does not exist
	dir    string // below which it is
	name   string // in dir
	isMine bool   // it is the user's own, and not a project's

	isProtected bool // it has no write bit
}

// Read reads the file of a place on a machine. A project may come from a stranger: of
// its file no symbolic link is followed that leads out of it. In the user's own
// directories links are followed.
func (p Place) Read(m Machine) (*File, error) {
	f := &File{Path: p.In(m), dir: m.dir(p.base), isMine: !p.IsProject()}
	if f.isMine {
		f.dir, f.name = followLinks(f.Path)
	} else if name, err := filepath.Rel(f.dir, f.Path); err == nil {
		f.name = name
	}
	var err error
	f.Text, err = f.read()
	return f, err
}

// followLinks returns the directory to which a path leads, or else the deepest one that
// exists, and the rest of the path.
func followLinks(path string) (dir, name string) {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return filepath.Dir(real), filepath.Base(real)
	}
	dir, name = filepath.Dir(path), filepath.Base(path)
	for dir != filepath.Dir(dir) {
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			return real, name
		}
		dir, name = filepath.Dir(dir), filepath.Join(filepath.Base(dir), name)
	}
	return dir, name
}

// read returns the text of the file; nil if it does not exist.
func (f *File) read() ([]byte, error) {
	root, err := os.OpenRoot(f.dir)
	if err != nil {
		return nil, f.fault("read", err)
	}
	defer root.Close()
	info, err := root.Lstat(f.name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		if link := f.linkOut(root); link != "" {
			return nil, fault.New(fault.InvalidConfig, "%s is a link that leads out of the project: look at it, and put the entry there yourself", link)
		}
		return nil, f.fault("read", err)
	case !info.Mode().IsRegular():
		return nil, fault.New(fault.InvalidConfig, "%s is a link, a directory or a device, and no file: look at it, and put the entry there yourself", f.Path)
	}
	f.isProtected = info.Mode().Perm()&0o200 == 0
	file, err := root.Open(f.name)
	if err != nil {
		return nil, f.fault("read", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, f.fault("read", err)
	}
	if len(text) > maxFile {
		return nil, fault.New(fault.TooLarge, "%s has more than %d bytes: put the entry there yourself", f.Path, maxFile)
	}
	return append([]byte{}, text...), nil
}

// linkOut returns the path of a link in the place of a directory on the way to the file;
// "" if there is none.
func (f *File) linkOut(root *os.Root) string {
	for name := filepath.Dir(f.name); name != "."; name = filepath.Dir(name) {
		if info, err := root.Lstat(name); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return filepath.Join(f.dir, name)
		}
	}
	return ""
}

// fault returns a fault that names the file and the cause. The causes of faults of a
// realm are about its directory.
func (f *File) fault(operation string, err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return fault.New(fault.Storage, "%s cannot be %s: %v: put the entry there yourself", f.Path, operation, err)
}

// CheckWrite refuses to write a file that is protected against that.
func (f *File) CheckWrite() error {
	if f.isProtected {
		return fault.New(fault.InvalidConfig, "%s is protected against writing: allow that first, as with chmod u+w, or put the entry there yourself", f.Path)
	}
	return nil
}

// Replace writes a new text, if the file is still as it was read. A reader sees the old
// text or the new one; the mode stays, and the owner, where the process may give files
// away.
func (f *File) Replace(text []byte) error {
	now, err := f.read()
	if err != nil {
		return err
	}
	if !bytes.Equal(now, f.Text) || (now == nil) != (f.Text == nil) {
		return fault.New(fault.GenerationConflict, "%s was changed meanwhile, so nothing was written: repeat the command", f.Path)
	}
	if err := f.CheckWrite(); err != nil {
		return err
	}
	if err := f.write(text); err != nil {
		return f.fault("written", err)
	}
	return nil
}

func (f *File) write(text []byte) (err error) {
	root, err := os.OpenRoot(f.dir)
	if err != nil {
		return err
	}
	defer root.Close()
	mode, dirMode := fs.FileMode(0o644), fs.FileMode(0o755)
	if f.isMine {
		mode, dirMode = 0o600, 0o700
	}
	dir := filepath.Dir(f.name)
	if err := makeDirectories(root, dir, dirMode); err != nil {
		return err
	}
	like, err := root.Lstat(f.name)
	if err == nil {
		mode = like.Mode().Perm()
	} else if like, err = root.Stat(dir); err != nil {
		return err
	}
	removeLeftovers(root, f.name)
	temporary := temporaryName(f.name, rand.Text())
	file, err := root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = root.Remove(temporary)
		}
	}()
	if uid, gid, isOther := otherOwner(like); isOther && file.Chown(uid, gid) != nil && f.Text != nil {
		mode &^= 0o070 // another group would have what its group had
	}
	_, err = file.Write(text)
	err = errors.Join(err, file.Chmod(mode), file.Sync(), file.Close())
	if err != nil {
		return err
	}
	return root.Rename(temporary, f.name)
}

// temporaryName returns the name of a new text beside a file, for a random suffix or a
// pattern of it.
func temporaryName(name, suffix string) string {
	return filepath.Join(filepath.Dir(name), "."+filepath.Base(name)+"."+suffix)
}

// abandoned is the age from which a temporary file is that of a run that was killed.
const abandoned = time.Minute

// removeLeftovers removes the temporary files that killed runs left beside a file. They
// are copies of the settings, with the secrets of other servers.
func removeLeftovers(root *os.Root, name string) {
	dir, err := root.Open(filepath.Dir(name))
	if err != nil {
		return // they stay for the next time
	}
	defer dir.Close()
	entries, _ := dir.ReadDir(-1)
	prefix, length := filepath.Base(temporaryName(name, "")), len(rand.Text())
	for _, e := range entries {
		suffix, hasPrefix := strings.CutPrefix(e.Name(), prefix)
		info, err := e.Info()
		if err != nil || !hasPrefix || len(suffix) != length || strings.Trim(suffix, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") != "" {
			continue
		}
		if info.Mode().IsRegular() && time.Since(info.ModTime()) > abandoned {
			_ = root.Remove(filepath.Join(filepath.Dir(name), e.Name()))
		}
	}
}

// makeDirectories makes a directory and those above it, each for the owner of the one
// that it is in.
func makeDirectories(root *os.Root, dir string, mode fs.FileMode) error {
	if dir == "." {
		return nil
	}
	above := filepath.Dir(dir)
	if err := makeDirectories(root, above, mode); err != nil {
		return err
	}
	switch err := root.Mkdir(dir, mode); {
	case errors.Is(err, fs.ErrExist):
		return nil
	case err != nil:
		return err
	}
	info, err := root.Stat(above)
	if err != nil {
		return err
	}
	if uid, gid, isOther := otherOwner(info); isOther {
		_ = root.Lchown(dir, uid, gid) // where the process may give it away
	}
	return nil
}
