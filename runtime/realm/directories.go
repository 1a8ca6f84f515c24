package realm

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"realmconf/runtime/fault"
)

// MissingDirectory is a directory that a flag names and that does not exist, or is a
// file. Its text has the path.
type MissingDirectory struct {
	Flag string
	Path string // as it was given
	err  error  // of the file system; nil for a file
}

// Error names the flag and the path.
func (e *MissingDirectory) Error() string {
	if e.err == nil {
		return e.Flag + " " + e.Path + " is not a directory"
	}
	return e.Flag + " " + e.Path + " does not exist"
}

// Unwrap returns the error of the file system.
func (e *MissingDirectory) Unwrap() error { return e.err }

// CheckDirectories returns a *MissingDirectory if a realm that is made by the selection
// would make directories in a place that is probably a mistake: a project that does not
// exist, or another root whose own place does not. A directory that cannot be examined
// may exist.
func (s Selection) CheckDirectories(env Environment) error {
	if s.IsFile() {
		return s.checkFileDirectory(env)
	}
	for _, p := range s.paths() {
		if p.path == "" {
			continue
		}
		full, err := env.absolute(p.path)
		if err != nil {
			return err
		}
		missing := missingDirectory(full)
		if missing != nil && p.flag != contextRootFlag {
			if missing.err == nil { // the file system refuses it, with the path
				continue
			}
			missing = missingDirectory(placeOf(full))
		}
		if missing != nil {
			missing.Flag, missing.Path = p.flag, p.path
			return missing
		}
	}
	return nil
}

// checkFileDirectory returns a *MissingDirectory if the directory of the file does not
// exist: its name is probably mistyped.
func (s Selection) checkFileDirectory(env Environment) error {
	full, err := env.absolute(s.File)
	if err != nil {
		return err
	}
	missing := missingDirectory(filepath.Dir(full))
	if missing == nil {
		return nil
	}
	missing.Flag, missing.Path = fileFlag, filepath.Dir(s.File)
	return missing
}

// placeOf returns the directory in which a new root is made: the project of .rkat/realms,
// or else the directory above.
func placeOf(root string) string {
	if project, ok := projectOf(root); ok {
		return project
	}
	return filepath.Dir(root)
}

// missingDirectory reports a path at which there is surely no directory; else it
// returns nil.
func missingDirectory(path string) *MissingDirectory {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return nil
	case err == nil, isBelowFile(path):
		return &MissingDirectory{}
	case errors.Is(err, fs.ErrNotExist):
		return &MissingDirectory{err: err}
	}
	return nil
}

// isBelowFile reports whether a path leads through a file.
func isBelowFile(path string) bool {
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err == nil {
			return !info.IsDir()
		}
		if dir == filepath.Dir(dir) {
			return false
		}
	}
}

// missingFault returns the fault of a selection whose directories are missing. A client
// may not see paths.
func missingFault(err error) error {
	var missing *MissingDirectory
	if !errors.As(err, &missing) {
		return err
	}
	return fault.New(fault.Storage, "the directory of %s does not exist, so nothing was read or written: correct the flag in the settings of the program that started this server, and restart it", missing.Flag).
		With("op", "find directory").With("reason", fault.Gone).Because(err)
}
