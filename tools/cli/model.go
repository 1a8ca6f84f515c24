package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"realmconf/runtime/fault"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// maxSchema is how long a JSON Schema may be, in bytes.
const maxSchema = 16 << 20

// LoadModel loads the model of any file from the JSON Schema at a path. An empty path is
// the schema that allows everything. Errors name the path, because they are for the
// person who gave it.
func LoadModel(path string, secrets, notSecrets PointerList) (*schema.Model, error) {
	text := []byte("true")
	options := schema.LoadOptions{Secrets: secrets, NotSecrets: notSecrets}
	if path != "" {
		var err error
		if text, err = readSchema(path); err != nil {
			return nil, fault.New(fault.InvalidParams, "--schema %s: %v; no configuration was opened", path, err).Because(err)
		}
		options.Dir = filepath.Dir(path)
	}
	model, err := schema.Load(text, options)
	if err != nil && path == "" {
		return nil, err
	}
	if err != nil {
		return nil, fault.New(fault.InvalidParams, "--schema %s: %v; no configuration was opened", path, err).Because(err)
	}
	return model, nil
}

// readSchema reads a regular file that is not too long.
func readSchema(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	if !info.Mode().IsRegular() { // to open a pipe would block
		return nil, errors.New("it is a directory, a pipe or a device: give a file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSchema+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxSchema {
		return nil, fmt.Errorf("it has more than the %d bytes that are allowed: make it shorter", maxSchema)
	}
	return text, nil
}

// PointerList is the value of a flag that lists JSON Pointers, separated by commas. A
// flag that is given again adds to the list.
type PointerList []tree.Pointer

// String returns the list as a flag's value.
func (l PointerList) String() string {
	texts := make([]string, len(l))
	for i, p := range l {
		texts[i] = p.String()
	}
	return strings.Join(texts, ",")
}

// Set adds the pointers of a flag's value.
func (l *PointerList) Set(value string) error {
	for i, text := range strings.Split(value, ",/") {
		if i > 0 {
			text = "/" + text
		}
		p, err := tree.ParsePointer(text)
		if err != nil || len(p) == 0 {
			return fmt.Errorf("%q is no JSON Pointer to a place: write it like /env/TOKEN", text)
		}
		*l = append(*l, p)
	}
	return nil
}
