package schema_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"realmconf/runtime/document"
	"realmconf/schema"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

// TestCanaries_coverEverySecretPlace compares testdata/canaries, with which the
// tests of other packages look for leaks, with the schema: a new field that may
// hold a secret needs a canary. One unknown key in each section needs one, too.
func TestCanaries_coverEverySecretPlace(t *testing.T) {
	m := meerkat.New()
	covered := make(map[schema.Place]string)
	words := make(map[string]string)
	for name, config := range canaries(t) {
		eachLeaf(config, nil, func(p tree.Pointer, v any) {
			text := fmt.Sprint(v)
			if !strings.Contains(text, "canary") && !strings.Contains(text, "471147") {
				return
			}
			at := name + " " + p.String()
			if other, twice := words[text]; twice {
				t.Errorf("%s and %s have the same canary", at, other)
			}
			words[text] = at
			covered[m.PlaceOf(p, config)] = at
			if masked, _, _ := p.Get(m.Mask(config, tokenAt)); strings.Contains(fmt.Sprint(masked), "canary") || strings.Contains(fmt.Sprint(masked), "471147") {
				t.Errorf("%s: the canary is shown", at)
			}
		})
	}
	sought := 0
	for _, s := range m.Spots() {
		if !s.Class.Has(schema.RiskSecret) && !s.Class.Has(schema.RiskNetwork) {
			continue
		}
		sought++
		wanted := m.PlaceOf(s.Path, s.Config)
		if wanted.Section == "no_such_key" || wanted.Section != "" && !slices.Contains(m.Roots(), wanted.Section) {
			wanted.Section = "api_key" // at the top
		}
		if covered[wanted] == "" {
			t.Errorf("%s: testdata/canaries has no canary there", s.Path)
		}
	}
	if sought < 250 || len(words) < 100 {
		t.Errorf("sought %d places in %d canaries", sought, len(words))
	}
}

// TestCanaries_areValid makes sure that operations can write the canaries.
func TestCanaries_areValid(t *testing.T) {
	for name, config := range canaries(t) {
		issues, _ := findIssues(meerkat.New(), config, nil)
		if valid := len(issues) == 0; valid != (name != "carried.toml") {
			t.Errorf("%s: got issues %v", name, issues)
		}
	}
}

// canaries returns the configurations of testdata/canaries, by file.
func canaries(t *testing.T) map[string]tree.Object {
	t.Helper()
	files, err := filepath.Glob("../testdata/canaries/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatalf("got %d files, %v", len(files), err)
	}
	all := make(map[string]tree.Object)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := document.Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[filepath.Base(file)] = doc.Tree()
	}
	return all
}

func eachLeaf(v any, p tree.Pointer, visit func(tree.Pointer, any)) {
	switch v := v.(type) {
	case map[string]any:
		for name, e := range v {
			eachLeaf(e, p.Child(name), visit)
		}
	case []any:
		for i, e := range v {
			eachLeaf(e, p.Index(i), visit)
		}
	default:
		visit(p, v)
	}
}
