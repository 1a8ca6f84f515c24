package filelock

import (
	"errors"
	"io/fs"
	"os"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
)

const (
	poll = 20 * time.Millisecond // the interval at which peers poll too

	// StaleAfter is the age at which a lock file counts as abandoned, by the
	// peer's rule.
	StaleAfter = 30 * time.Second

	bootError = 3 * time.Second // how exactly the time of the machine's start is known

	// maxExchanges is how often a file is exchanged with a program that replaces
	// it again and again.
	maxExchanges = 8
)

// IsStale reports whether a lock file of an age, which is negative for a time stamp in
// the future, has no living owner. The file system stamps a lock file when it is made,
// so one from the future is left from before a clock was set back, or was dated by
// somebody: Meerkat's programs would wait until that time. The tolerance is the same
// in both directions.
func IsStale(age time.Duration) bool { return age > StaleAfter || age < -StaleAfter }

// FileOptions describe a lock file and how it is taken.
type FileOptions struct {
	FS disk.FS

	// Path is the lock file's name, which every program looks at.
	Path string

	// Private and Aside are names in the same directory that no other program
	// uses.
	Private, Aside string

	// Text is the content of the lock file.
	Text []byte

	// BareText is its content where the file has to be created under its own
	// name: a crash before the text is written then leaves an empty lock file.
	BareText []byte

	// Flock says that the lock file is under flock(2) while it is held. Where
	// that is impossible the lock file has BareText.
	Flock bool

	// OwnerIsGone reports whether the owner of a lock file is known to be dead.
	OwnerIsGone func(f disk.File) bool

	// WaitIrregular says to wait until a directory, a link or a pipe in the lock
	// file's place is old. Otherwise it is ErrNotLockFile at once.
	WaitIrregular bool

	// BootTime is disk.BootTime: an older lock file is abandoned.
	BootTime time.Time
}

// ErrNotLockFile says that a directory, a link, a pipe or a device is in the
// place of the lock file. It is an error that is fault.ErrIrregular.
var ErrNotLockFile error = notLockFileError{}

// notLockFileError needs no fmt.Errorf, which would run at every start of the
// program.
type notLockFileError struct{}

func (notLockFileError) Error() string { return "not a lock file: " + fault.ErrIrregular.Error() }
func (notLockFileError) Unwrap() error { return fault.ErrIrregular }

// File is a lock file that is held.
type File struct {
	o    FileOptions
	text []byte    // its content
	file disk.File // kept open: the inode number of an open file is not used again

	tookOver bool // a dead owner's lock file was found
}

// Take takes the lock file as soon as its name is free or its owner is dead.
//
// The file is written under its private name and then renamed, so it never
// exists without its content: a crash between the two leaves no lock.
func Take(o FileOptions, w Wait) (*File, error) {
	f := &File{o: o, text: o.Text}
	var err error
	if f.file, err = o.FS.Open(o.Private, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
		return nil, err
	}
	if o.Flock && o.FS.Lock(f.file, false) != nil {
		f.text = o.BareText
	}
	if err := f.takeName(w); err != nil {
		disk.RemoveOpen(o.FS, o.Private, f.file)
		return nil, err
	}
	return f, nil
}

// takeName gives the private file the lock file's name.
func (f *File) takeName(w Wait) error {
	for tries := 0; ; tries++ {
		if err := f.touch(); err != nil {
			return err
		}
		err := f.publish()
		if err == nil || !errors.Is(err, fs.ErrExist) {
			return err
		}
		switch taken, err := f.takeOver(); {
		case taken && err == nil:
			return nil
		case errors.Is(err, errVanished) && tries < maxExchanges: // limited, because others may be faster each time
			continue
		case err != nil && !errors.Is(err, errVanished):
			return err
		}
		if err := w.Sleep(poll); err != nil {
			return err
		}
	}
}

// publish renames the private file to the lock file's name, or returns
// fs.ErrExist. Where files can be neither renamed without replacing another nor
// linked, and where the private file was removed, it creates the lock file.
func (f *File) publish() error {
	o := f.o
	err := o.FS.RenameNoReplace(o.Private, o.Path)
	if errors.Is(err, errors.ErrUnsupported) {
		if err = o.FS.Link(o.Private, o.Path); err == nil {
			o.FS.Remove(o.Private)
		}
	}
	if err == nil {
		return nil
	}
	if same, statErr := f.IsInPlace(); statErr == nil && same {
		return nil // it happened despite the error
	}
	if !disk.NoHardLinks(err) && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	bare, err := o.FS.Open(o.Path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err := bare.WriteAt(o.BareText, 0); err != nil {
		disk.RemoveOpen(o.FS, o.Path, bare)
		return err
	}
	disk.RemoveOpen(o.FS, o.Private, f.file)
	f.file, f.text = bare, o.BareText
	return nil
}

// IsInPlace reports whether the lock file's name still belongs to the file: if
// not, another program has taken it over.
func (f *File) IsInPlace() (bool, error) { return disk.IsAt(f.o.FS, f.file, f.o.Path) }

// touch writes the same bytes again, so that the file system stamps the file
// with its own clock, which may differ from this machine's.
func (f *File) touch() error {
	_, err := f.file.WriteAt(f.text, 0)
	return err
}

// now is the present time by the clock of the file system.
func (f *File) now() (time.Time, error) {
	if err := f.touch(); err != nil {
		return time.Time{}, err
	}
	info, err := f.file.Stat()
	if err != nil {
		return time.Time{}, err
	}
	return info.ModTime(), nil
}

// Release removes the lock file if its name still belongs to it. This process
// may be stopped between the look at the name and its removal, for so long that
// another program takes the lock over. So the file is first renamed, looked at,
// and put back if it is the other program's. Its name is free in between, which no
// order of steps avoids: a third program may then take the lock, or the owner may end
// and not find its lock file, which then stays until it is old.
func (f *File) Release() {
	sys, o := f.o.FS, f.o
	if same, err := f.IsInPlace(); err != nil || !same {
		f.file.Close()
		return
	}
	renamed := sys.RenameNoReplace(o.Path, o.Private)
	if same, err := disk.IsAt(sys, f.file, o.Private); err == nil && same {
		disk.RemoveOpen(sys, o.Private, f.file)
		return
	}
	if same, err := f.IsInPlace(); err == nil && same {
		disk.RemoveOpen(sys, o.Path, f.file) // it cannot be renamed here
		return
	}
	if renamed == nil {
		sys.RenameNoReplace(o.Private, o.Path) // on failure its owner notices that it is gone
	}
	f.file.Close()
}
