package realm

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"realmconf/runtime/fault"
)

// Environment is what the outside tells about the user's directories. The zero
// value asks the process's own surroundings; tests put their own in place.
type Environment struct {
	Getwd   func() (string, error)   // the working directory, with symbolic links resolved
	HomeDir func() (string, error)   // the user's home directory
	Getenv  func(name string) string // an environment variable, empty when it is not set
}

// workingDir is the working directory.
func (e Environment) workingDir() (string, error) {
	getwd := e.Getwd
	if getwd == nil {
		// Not os.Getwd: it believes $PWD, which may name the directory through
		// a symbolic link, and the project would be looked for along that.
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

// dataDir is the user's directory for programs' data on the given system:
// $XDG_DATA_HOME or ~/.local/share (XDG Base Directory Specification 0.8),
// ~/Library/Application Support, or %APPDATA%. Where nothing says which, it is
// the working directory.
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

// rooted is a path put behind the working directory, unless it is absolute
// already. It is not cleaned: see absolute.
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

// absolute is the absolute, clean form of a path. What stands before a ".." is
// resolved as the system would: the parent of a symbolic link's target is not
// the link's own.
func (e Environment) absolute(path string) (string, error) {
	full, err := e.rooted(path)
	if err != nil {
		return "", err
	}
	end := 0 // behind the last ".."
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

// ancestors is a path as it was given and what remains as its last element is
// taken off again and again: down to the root, or for a relative path to "",
// the working directory.
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
