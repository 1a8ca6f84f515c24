package realm

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"realmconf/runtime/fault"
)

// Environment gives the user's directories. The zero value asks the operating
// system; tests replace its functions.
type Environment struct {
	Getwd   func() (string, error)   // the working directory, with symbolic links resolved
	HomeDir func() (string, error)   // the user's home directory
	Getenv  func(name string) string // an environment variable, empty if it is not set
}

// workingDir returns the working directory.
func (e Environment) workingDir() (string, error) {
	getwd := e.Getwd
	if getwd == nil {
		// Not os.Getwd: it trusts $PWD, which may name the directory through a
		// symbolic link, and then the project would be searched for in the link's
		// parents.
		getwd = syscall.Getwd
	}
	dir, err := getwd()
	if err != nil {
		return "", fault.FromOS("find working directory", err)
	}
	return dir, nil
}

func (e Environment) home() (string, error) {
	if e.HomeDir != nil {
		return e.HomeDir()
	}
	return os.UserHomeDir()
}

// dataDir returns the user's directory for programs' data on the given system:
// $XDG_DATA_HOME or ~/.local/share (XDG Base Directory Specification 0.8),
// ~/Library/Application Support, or %APPDATA%. If the home directory is needed
// and unknown, it returns the working directory.
func (e Environment) dataDir(goos string) string {
	getenv := e.Getenv
	if getenv == nil {
		getenv = os.Getenv
	}
	under := filepath.Join(".local", "share")
	switch goos {
	case "darwin", "ios":
		under = filepath.Join("Library", "Application Support")
	case "windows":
		under = filepath.Join("AppData", "Roaming")
		if dir := getenv("APPDATA"); dir != "" {
			return dir
		}
	default:
		if dir := getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
			return dir
		}
	}
	home, err := e.home()
	if err != nil || home == "" {
		return "."
	}
	return filepath.Join(home, under)
}

// rooted returns a path relative to the working directory as an absolute one. It
// does not clean the path: see absolute.
func (e Environment) rooted(path string) (string, error) {
	if filepath.IsAbs(path) {
		return path, nil
	}
	dir, err := e.workingDir()
	if err != nil {
		return "", err
	}
	return dir + string(filepath.Separator) + path, nil
}

// absolute returns the absolute, clean form of a path. Links before a ".." are
// resolved first, as the system does it: the parent of a link's target is not
// the parent of the link.
func (e Environment) absolute(path string) (string, error) {
	full, err := e.rooted(path)
	if err != nil {
		return "", err
	}
	end := 0 // of the last ".."
	for start := 0; start < len(full); {
		next := start
		for next < len(full) && !os.IsPathSeparator(full[next]) {
			next++
		}
		if full[start:next] == ".." {
			end = next
		}
		start = next + 1
	}
	if end > 0 {
		if real, err := filepath.EvalSymlinks(full[:end]); err == nil {
			return filepath.Join(real, full[end:]), nil
		}
	}
	return filepath.Clean(full), nil
}

// ancestors returns a path and all its parents, the longest first: up to the
// root, or for a relative path up to "", the working directory.
func ancestors(path string) []string {
	volume := filepath.VolumeName(path)
	rest := path[len(volume):]
	prefix := volume
	if rest != "" && os.IsPathSeparator(rest[0]) {
		prefix += string(filepath.Separator)
	}
	elements := strings.FieldsFunc(rest, func(r rune) bool {
		return r < 0x80 && os.IsPathSeparator(uint8(r))
	})
	var list []string
	for n := len(elements); n >= 0; n-- {
		if n > 0 && elements[n-1] == "." {
			continue
		}
		list = append(list, prefix+strings.Join(elements[:n], string(filepath.Separator)))
	}
	return list
}
