package tree_test

import (
	"context"
	"encoding/json"
	"os"
	"testing"

	"realmconf/schema/tree"
)

// suiteRecord is one case of the public JSON Patch test suite.
type suiteRecord struct {
	Comment  string          `json:"comment"`
	Doc      json.RawMessage `json:"doc"`
	Patch    json.RawMessage `json:"patch"`
	Expected json.RawMessage `json:"expected"`
	Error    string          `json:"error"`
}

func TestApply_publicSuite(t *testing.T) {
	for file, want := range map[string]int{"tests.json": 78, "spec_tests.json": 17} {
		text, err := os.ReadFile("testdata/json-patch/" + file)
		if err != nil {
			t.Fatal(err)
		}
		var records []suiteRecord
		if err := json.Unmarshal(text, &records); err != nil {
			t.Fatal(err)
		}
		if len(records) != want {
			t.Errorf("%s: got %d records, want %d", file, len(records), want)
		}
		for i, r := range records {
			if r.Doc == nil || r.Patch == nil {
				t.Errorf("%s, record %d: no case: %q", file, i, r.Comment)
				continue
			}
			// Every document is patched as the member of an object, and those
			// that are objects as the root too.
			r.run(t, wrapped(t, r.Doc), "/doc")
			if r.Doc[0] == '{' {
				r.run(t, parseObject(t, string(r.Doc)), "")
			}
		}
	}
}

// run patches o, which has the record's document at a pointer.
func (r suiteRecord) run(t *testing.T, o tree.Object, at string) {
	t.Helper()
	got, err := patch(o, r.Patch, at)
	switch {
	case r.Error != "":
		if err == nil {
			t.Errorf("%q, %s at %q: got %s, want an error: %s", r.Comment, r.Patch, at, text(got), r.Error)
		}
	case err != nil:
		t.Errorf("%q, %s at %q: %v", r.Comment, r.Patch, at, err)
	default:
		if r.Expected == nil {
			r.Expected = r.Doc // the operations are only tests
		}
		want := any(wrapped(t, r.Expected))
		if at == "" {
			want = parse(t, string(r.Expected))
		}
		if text(got) != text(want) {
			t.Errorf("%q, %s at %q: got %s, want %s", r.Comment, r.Patch, at, text(got), text(want))
		}
	}
}

func wrapped(t *testing.T, document []byte) tree.Object {
	t.Helper()
	return tree.Object{"doc": parse(t, string(document))}
}

// patch decodes, parses and applies a patch. Its pointers are relative to a place
// inside o.
func patch(o tree.Object, text []byte, at string) (tree.Object, error) {
	v, err := tree.Decode(text)
	if err != nil {
		return nil, err
	}
	list := v.([]any)
	for _, entry := range list {
		op := entry.(tree.Object)
		for _, name := range []string{"path", "from"} {
			if p, ok := op[name].(string); ok && (p == "" || p[0] == '/') {
				op[name] = at + p
			}
		}
	}
	operations, err := tree.ParseOperations(list)
	if err != nil {
		return nil, err
	}
	return tree.Apply(context.Background(), o, operations)
}
