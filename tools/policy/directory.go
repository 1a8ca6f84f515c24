package policy

import (
	"errors"
	"io/fs"
	"path/filepath"
)

// directory returns the real path of the directory with config.toml, "" if the realm is
// in none. Two realms can have the same id in projects of the same name.
func (u *Unapproved) directory() string {
	paths := u.comparison.Before.Metadata.Paths
	if paths == nil {
		return ""
	}
	return realPath(filepath.Dir(paths.ConfigPath))
}

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
