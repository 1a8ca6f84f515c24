package schema_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// loadModel returns the model of a schema.
func loadModel(t testing.TB, text string) *schema.Model {
	t.Helper()
	m, err := schema.Load([]byte(text), schema.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// A schema that allows everything knows nothing of a configuration, and finds nothing
// wrong with it.
func TestLoad_anything(t *testing.T) {
	for _, text := range []string{`{}`, `true`, " true\n", `{"$schema":"http://json-schema.org/draft-07/schema#"}`} {
		m := loadModel(t, text)
		config := object(t, `{"a":{"b":[1,2.5,"x",{"c":true}]},"d":"2026-11-28T05:00:00Z"}`)
		if report := m.Check(config); !report.IsValid() {
			t.Errorf("%s: got %v", text, report)
		}
		if diff := cmp.Diff(config, m.Fill(config)); diff != "" {
			t.Errorf("%s: resolved (-want +got):\n%s", text, diff)
		}
		if got := m.Roots(); len(got) != 0 {
			t.Errorf("%s: got the sections %q", text, got)
		}
		for _, path := range []string{"", "/a", "/a/b/0", "/nothing"} {
			if got, want := m.Risk(pointer(t, path)), schema.NewRiskSet(schema.RiskUnclassed); got != want {
				t.Errorf("%s: risk of %q: got %s, want %s", text, path, got, want)
			}
		}
		null, _ := tree.DecodeObject([]byte(`{"a":null}`))
		if report := m.Check(null); report.Issues.Count != 1 || report.Issues.First[0].Path != "/a" {
			t.Errorf("%s: a null, which TOML cannot hold: got %v", text, report)
		}
	}
}

func TestLoad_noJSON(t *testing.T) {
	for _, text := range []string{``, `{`, `{"a":1,"a":2}`, `[]`, `"{}"`, "\x00"} {
		if _, err := schema.Load([]byte(text), schema.LoadOptions{}); err == nil {
			t.Errorf("%q: got no error", text)
		}
	}
}
