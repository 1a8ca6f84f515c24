package jsonschema

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"realmconf/schema/tree"
)

// differences are the cases of the test suite whose result is another one here, with the
// reason.
var differences = map[string]string{
	"draft4/definitions: invalid definition: invalid definition schema":                     metaschema,
	"draft4/ref: remote ref, containing refs itself: remote ref invalid":                    metaschema,
	"draft6/definitions: invalid definition: invalid definition schema":                     metaschema,
	"draft6/ref: remote ref, containing refs itself: remote ref invalid":                    metaschema,
	"draft2019-09/defs: invalid definition: invalid definition schema":                      metaschema,
	"draft2019-09/ref: remote ref, containing refs itself: remote ref invalid":              metaschema,
	"draft2020-12/defs: validate definition against metaschema: invalid definition schema":  metaschema,
	"draft7/definitions: validate definition against metaschema: invalid definition schema": metaschema,
	"draft2020-12/ref: remote ref, containing refs itself: remote ref invalid":              metaschema,
	"draft7/ref: remote ref, containing refs itself: remote ref invalid":                    metaschema,
}

const metaschema = "a reference to the standard's own schema allows every object and boolean"

// dialects are the values of $schema for the directories of the suite.
var dialects = map[string]string{
	"draft4": "http://json-schema.org/draft-04/schema#", "draft6": "http://json-schema.org/draft-06/schema#", "draft7": "http://json-schema.org/draft-07/schema#",
	"draft2019-09": "https://json-schema.org/draft/2019-09/schema", "draft2020-12": "https://json-schema.org/draft/2020-12/schema",
}

// suite calls check for each case of the JSON Schema Test Suite.
func suite(t *testing.T, check func(name string, schema []byte, open func(string) ([]byte, error), data any, valid bool)) {
	files, err := filepath.Glob("testdata/suite/draft*/*.json")
	if err != nil || len(files) < 160 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		groups, err := tree.DecodeUnlimited(text)
		if err != nil {
			t.Fatal(err)
		}
		dir, base := filepath.Split(file)
		open := func(name string) ([]byte, error) { return remote(filepath.Base(dir), name) }
		for _, g := range groups.([]any) {
			g := g.(tree.Object)
			schema := g["schema"]
			if o, isObject := schema.(tree.Object); isObject && o["$schema"] == nil {
				o["$schema"] = dialects[filepath.Base(dir)]
			}
			for _, c := range g["tests"].([]any) {
				c := c.(tree.Object)
				name := filepath.Base(dir) + "/" + strings.TrimSuffix(base, ".json") + ": " + g["description"].(string) + ": " + c["description"].(string)
				check(name, tree.Append(nil, schema), open, c["data"], c["valid"].(bool))
			}
		}
	}
}

// remote returns one of the files that the suite expects at an address, by its name.
func remote(draft, name string) ([]byte, error) {
	for _, pattern := range []string{draft + "/", draft + "/*/", "", "*/"} {
		found, err := filepath.Glob("testdata/suite/remotes/" + pattern + filepath.Base(name))
		if err != nil || len(found) == 0 {
			continue
		}
		return os.ReadFile(found[0])
	}
	return nil, os.ErrNotExist
}

func TestSuite(t *testing.T) {
	count := 0
	var different []string
	suite(t, func(name string, schema []byte, open func(string) ([]byte, error), data any, valid bool) {
		count++
		doc, err := Compile(schema, Options{Open: open})
		got := false
		if err == nil {
			got = true
			doc.Find(data, func(Violation) { got = false })
		}
		if got == valid && err == nil {
			return
		}
		different = append(different, name)
		if differences[name] == "" {
			t.Errorf("%s: got %t, %v", name, got, err)
		}
	})
	for name := range differences {
		if !slices.Contains(different, name) {
			t.Errorf("%s: no difference any more", name)
		}
	}
	t.Logf("%d cases, %d different", count, len(different))
}
