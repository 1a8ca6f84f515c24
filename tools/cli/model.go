package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"realmconf/runtime/fault"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// maxSchema is how long a JSON Schema may be, in bytes.
const maxSchema = 16 << 20

// SchemaFlags are the values of the flags about the schema of any file.
type SchemaFlags struct {
	Path                string // of the JSON Schema; empty for the one that allows everything
	SkipMissing         bool   // see schema.LoadOptions
	Secrets, NotSecrets PointerList
}

// AreGiven reports whether at least one of the flags was given.
func (f SchemaFlags) AreGiven() bool {
	return f.Path != "" || f.SkipMissing || len(f.Secrets)+len(f.NotSecrets) > 0
}

// check refuses a place that is said to be a secret and to be none.
func (f SchemaFlags) check() error {
	for _, p := range f.Secrets {
		if slices.ContainsFunc(f.NotSecrets, func(other tree.Pointer) bool { return slices.Equal(p, other) }) {
			return fault.New(fault.InvalidParams, "--secret and --not-secret both name %s: leave it out of one of them", p)
		}
	}
	return nil
}

// LoadModel loads the model of any file. Errors name the path of the schema, because they
// are for the person who gave it.
func LoadModel(flags SchemaFlags) (*schema.Model, error) {
	if err := flags.check(); err != nil {
		return nil, err
	}
	text, path := []byte("true"), flags.Path
	options := schema.LoadOptions{Secrets: flags.Secrets, NotSecrets: flags.NotSecrets, SkipMissing: flags.SkipMissing}
	if path != "" {
		var err error
		if text, err = readSchema(path); err != nil {
			return nil, fault.New(fault.InvalidParams, "--schema %s: %v; no configuration was opened", path, err).Because(err)
		}
		options.Dir = filepath.Dir(path)
	}
	model, err := schema.Load(text, options)
	switch {
	case err != nil && path == "":
		return nil, err
	case schema.LacksFile(err):
		return nil, fault.New(fault.InvalidParams, "--schema %s: %v; no configuration was opened: put the files there, or give --skip-missing-schemas, which lets any value be in these places", path, err).Because(err)
	case err != nil:
		return nil, fault.New(fault.InvalidParams, "--schema %s: %v; no configuration was opened", path, err).Because(err)
	}
	return model, nil
}

// readSchema reads a regular file that is not too long.
func readSchema(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, explainSchemaError(err)
	}
	if !info.Mode().IsRegular() { // to open a pipe would block
		return nil, errors.New("it is a directory, a pipe or a device: give a file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, explainSchemaError(err)
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

// explainSchemaError says what to do about a schema that cannot be opened.
func explainSchemaError(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("no such file: give the path of the schema")
	case errors.Is(err, fs.ErrPermission):
		return errors.New("this user may not read it: have its mode changed, or give another file")
	}
	return errors.Unwrap(err)
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
