package policy

import (
	"cmp"
	"errors"
	"io/fs"
	"path/filepath"
)

// directory returns the real path of the directory with config.toml, "" if the realm is
// in none. Two realms can have the same id in projects of the same name.
func (u *UnapprovedError) directory() string {
	paths := u.comparison.Before.Metadata.Paths
	if paths == nil {
		return ""
	}
	return realPath(filepath.Dir(paths.ConfigPath))
}

// sharedPlace returns the URL of the store with the realm, "" if it is in a file. Two
// stores can have realms of the same id.
func (u *UnapprovedError) sharedPlace() string {
	if metadata := u.comparison.Before.Metadata; metadata.IsShared() {
		return metadata.Place
	}
	return ""
}

// place identifies where the realm is kept: the directory, or the store.
func (u *UnapprovedError) place() string { return cmp.Or(u.directory(), u.sharedPlace()) }

// realPath returns a path without symbolic links. The last parts may be missing, because
// a realm's directory is made by its first write. A path that cannot be resolved is
// returned as it is.
func realPath(path string) string {
	real, err := filepath.EvalSymlinks(path)
	if err == nil {
		return real
	}
	parent := filepath.Dir(path)
	if parent == path || !errors.Is(err, fs.ErrNotExist) {
		return path
	}
	return filepath.Join(realPath(parent), filepath.Base(path))
}
