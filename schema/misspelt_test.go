package schema_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// TestLoad_misspeltKey writes keys that a schema allows without naming them, most of them
// near a key that it names: only a schema that says nothing about other keys gets a warning.
func TestLoad_misspeltKey(t *testing.T) {
	for _, test := range []struct {
		name, schema, config string
		want                 []string
	}{
		{"silent", `{"properties":{"width":{},"level":{}}}`, `{"widht":1,"other":2,"width":3}`, []string{`/widht: the schema does not name this key; did you mean /width?`}},
		{"entry", `{"properties":{"rules":{"items":{"properties":{"pattern":{}}}}}}`, `{"rules":[{"pattern":1},{"patern":1}]}`, []string{`/rules/1/patern: the schema does not name this key; did you mean /rules/1/pattern?`}},
		{"branch", `{"oneOf":[{"properties":{"kind":{"const":"a"},"width":{}}},{"properties":{"kind":{"const":"b"},"level":{}}}]}`, `{"kind":"b","levle":1,"widht":1}`, []string{`/levle: the schema does not name this key; did you mean /level?`}},
		{"map", `{"properties":{"width":{}},"additionalProperties":{"type":"integer"}}`, `{"widht":1}`, nil},
		{"allowed in words", `{"properties":{"width":{},"level":{}},"additionalProperties":true}`, `{"widht":1,"levels":2,"level":1,"wdiht":1}`, []string{`/widht: the schema does not name this key; did you mean /width?`}},
		{"allowed by a schema of anything", `{"properties":{"width":{},"host1":{}},"additionalProperties":{}}`, `{"widt":1,"host2":1}`, []string{`/widt: the schema does not name this key; did you mean /width?`}},
		{"pattern", `{"properties":{"width":{}},"patternProperties":{"^x-":{}}}`, `{"widht":1}`, nil},
		{"not near", `{"properties":{"width":{}}}`, `{"colour":1}`, nil},
	} {
		m := loadModel(t, test.schema)
		config := object(t, test.config)
		for name, report := range map[string]schema.Report{"new": m.Check(config), "old": m.Check(config, config), "changed": m.Recheck(config, tree.Object{})} {
			var got []string
			for _, w := range report.Warnings.First {
				got = append(got, w.Text())
			}
			if diff := cmp.Diff(test.want, got); diff != "" || report.Issues.Count > 0 {
				t.Errorf("%s, %s: issues %v, warnings (-want +got):\n%s", test.name, name, report.Issues, diff)
			}
		}
	}
}

// TestLoad_manyNearKeys gives so many keys that they are not misspelt ones but a map.
func TestLoad_manyNearKeys(t *testing.T) {
	m := loadModel(t, `{"properties":{"width":{}}}`)
	config := tree.Object{}
	for i := range 3000 {
		config[fmt.Sprintf("width%d", i)] = int64(i)
	}
	if r := m.Check(config); !r.IsValid() {
		t.Errorf("%d warnings, first %v", r.Warnings.Count, r.Warnings.First[0])
	}
}
