package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
)

// A part of the history that this process may not read does not stop a read: the
// config and the state have its answer, and a notice names the file. A write needs
// the records, so that it gives no number twice, and is refused.

// deniedError says that this process may not read the history's directory or a file in
// it.
type deniedError struct {
	name  string // within the realm's directory
	cause error
}

// Error is the text of the cause.
func (e *deniedError) Error() string { return e.cause.Error() }

// Unwrap is the cause.
func (e *deniedError) Unwrap() error { return e.cause }

// explainDenied makes the lack of the right to read a file of the history a fault that
// names it. Other errors stay what they are.
func explainDenied(name string, err error) error {
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return fault.New(fault.Storage, "%s cannot be read: permission denied: give the user that runs realmconf the right to read it, and try again (realmconf doctor shows the command)", name).
		With("op", "read "+historyName).With("reason", fault.Denied).Because(&deniedError{name, err})
}

// deniedName returns the name of the part of the history that this process may not
// read, if that is the reason of an error.
func deniedName(err error) (name string, ok bool) {
	var denied *deniedError
	if errors.As(err, &denied) {
		return denied.name, true
	}
	return "", false
}

// isDenied reports whether an error is the lack of the right to read the history.
func isDenied(err error) bool {
	_, ok := deniedName(err)
	return ok
}

// deniedNotice tells of a part of the history that cannot be read.
func deniedNotice(name string) store.Notice {
	return store.Notice{
		Kind:    store.Unreadable,
		Message: fmt.Sprintf("%s cannot be read: permission denied; this read goes without it, and changes are refused", name),
		Hint:    "tell the person who keeps this configuration to give the user that runs realmconf the right to read it: realmconf doctor shows the command",
	}
}

// noteDenied notes whether the last read was answered without a part of the history.
func (s *Store) noteDenied(denied bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.denied = denied
}

// Access describes the rights on a file, for a person who has to change them.
type Access struct {
	Known bool        // false on Windows, and for a file whose directory cannot be searched
	Mode  fs.FileMode // the permission bits
	Owner uint32
	User  uint32 // the user that this process runs as
	Named bool   // a regular file that has another name, a hard link: its rights are another file's too
}

// AccessOf returns the rights on a file.
func AccessOf(path string) Access {
	info, err := disk.OS{}.Lstat(path)
	if err != nil {
		return Access{}
	}
	owner, _, known := disk.Owner(info)
	return Access{known, info.Mode().Perm(), owner, uint32(os.Geteuid()), hasOtherName(info)}
}

// hasOtherName reports whether a regular file has a hard link.
func hasOtherName(info fs.FileInfo) bool { return info.Mode().IsRegular() && disk.LinkCount(info) > 1 }
