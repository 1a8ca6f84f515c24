package document

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// schemaModel is a model that a JSON Schema gives.
type schemaModel struct{ *schema.Model }

func (schemaModel) MayRename(tree.Pointer) bool { return true }

// TestEdit_realFiles is TestEdit_anyText for other people's files: their comments, layouts
// and the identities of entries in the schemas of their programs.
func TestEdit_realFiles(t *testing.T) {
	type file struct {
		name, text string
		model      Model
	}
	schemas, err := filepath.Glob("../../testdata/schemas/*/schema.json")
	if err != nil || len(schemas) < 10 {
		t.Fatal(schemas, err)
	}
	var files []file
	for _, path := range schemas {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		model, err := schema.Load(text, schema.LoadOptions{Dir: filepath.Dir(path), SkipMissing: true})
		if err != nil {
			t.Fatal(err)
		}
		names, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*.toml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, file{name, string(text), schemaModel{model}})
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom(files).Draw(t, "file")
		t.Log(f.name)
		text := f.text
		if rapid.Bool().Draw(t, "spelled") {
			text = withSpellings(t, text)
		}
		if rapid.Bool().Draw(t, "carriage returns") && !strings.Contains(text, `"""`) && !strings.Contains(text, "'''") {
			text = strings.ReplaceAll(text, "\n", "\r\n")
		}
		checkEdit(t, text, f.model)
	})
}

// withSpellings returns a text with values that only TOML has in the entries of its arrays
// of tables.
func withSpellings(t *rapid.T, text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(line)
		if strings.HasPrefix(line, "[[") {
			b.WriteString("zz_one = " + spellings.Draw(t, "spelling") + " # one\nzz_list = [" + spellings.Draw(t, "spelling") + ", 'x', " + spellings.Draw(t, "spelling") + "]\n")
		}
	}
	return b.String()
}
