package schema

import (
	"errors"
	"fmt"
	"io"
	"os"

	"realmconf/schema/internal/jsonschema"
)

// openDir returns a function that reads the files of a directory, and one that closes
// it. Both are harmless if there is no directory. Only regular files are read, no links,
// and none outside of the directory.
func openDir(dir string) (open func(name string) ([]byte, error), closeDir func(), err error) {
	if dir == "" {
		return nil, func() {}, nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("the directory of the schema cannot be opened: %w", errors.Unwrap(err))
	}
	return func(name string) ([]byte, error) { return readRegular(root, name) }, func() { root.Close() }, nil
}

func readRegular(root *os.Root, name string) ([]byte, error) {
	info, err := root.Lstat(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, errors.New("there is no such file")
	case err != nil:
		return nil, errors.New("it cannot be read")
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no regular file")
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, errors.New("it cannot be read")
	}
	defer f.Close()
	if now, err := f.Stat(); err != nil || !os.SameFile(info, now) {
		return nil, errors.New("it has changed while it was read")
	}
	text, err := io.ReadAll(io.LimitReader(f, jsonschema.MaxSize+1))
	if err != nil {
		return nil, errors.New("it cannot be read")
	}
	return text, nil
}
