package review

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"realmconf/runtime/fault"
)

// directoryName is the name of the sockets' directory in the user's run-time
// directory. In the home directory it has a dot before it.
const directoryName = "realmconf"

// places returns the directories in which sockets can be, the preferred first: the one of
// the options, or else the user's own. They are not taken from the environment, because a
// host starts its servers with another environment than a terminal has.
func places(directory string) []string {
	if directory != "" {
		return []string{directory}
	}
	uid := os.Geteuid()
	list := []string{filepath.Join("/run/user", fmt.Sprint(uid), directoryName)}
	if home := homeOf(uid); filepath.IsAbs(home) {
		list = append(list, filepath.Join(home, "."+directoryName))
	}
	return list
}

// placeError says why a directory cannot have a socket.
func placeError(place, format string, args ...any) error {
	return fault.New(fault.Storage, "%s %s", place, fmt.Sprintf(format, args...))
}

// checkPlace refuses a directory that is not the user's alone: another user could
// remove its sockets, or see when there are any. The error is fs.ErrNotExist's if
// there is no such directory.
func checkPlace(place string, uid int) error {
	info, err := os.Lstat(place)
	if errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err != nil {
		return placeError(place, "cannot be examined (%v): make it a directory that belongs to you, with mode 0700", cause(err))
	}
	owner, known := ownerOf(info)
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		return placeError(place, "is a symbolic link: remove it, and realmconf makes a directory there")
	case !info.IsDir():
		return placeError(place, "is not a directory: remove it, and realmconf makes one there")
	case !known || owner != uid:
		return placeError(place, "belongs to another user (%d): remove it, and realmconf makes it anew", owner)
	case info.Mode().Perm() != 0o700:
		return placeError(place, "has mode %04o, and nobody but you may use it: chmod 700 it", info.Mode().Perm())
	}
	return nil
}

// makePlace makes a directory for sockets, unless it is there. other reports that it
// cannot be made, so that another place may do: it is not there because what is above
// it is not there, not the user's, or not writable.
func makePlace(place string, uid int) (other bool, err error) {
	if err := checkParent(place, uid); err != nil {
		return true, err
	}
	if err := os.Mkdir(place, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return true, placeError(place, "cannot be made (%v)", cause(err))
	}
	return false, checkPlace(place, uid)
}

// checkParent refuses a directory for sockets that another user could exchange.
func checkParent(place string, uid int) error {
	parent := filepath.Dir(place)
	info, err := os.Lstat(parent)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return placeError(parent, "does not exist")
	case err != nil:
		return placeError(parent, "cannot be examined (%v)", cause(err))
	}
	if owner, known := ownerOf(info); !info.IsDir() || !known || owner != uid || info.Mode().Perm()&0o022 != 0 {
		return placeError(parent, "is not a directory to which only you may write")
	}
	return nil
}

// cause returns the error of the system without the path.
func cause(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
