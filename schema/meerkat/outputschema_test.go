package meerkat

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFill_outputSchema(t *testing.T) {
	for given, want := range map[string]string{
		`{"type":"object"}`:              `{"schema":{"properties":{},"required":[],"type":"object"},"compat":"lossy","format":"meerkat_v1","strict":false}`,
		`{"type":["null","object"]}`:     `{"schema":{"properties":{},"required":[],"type":["null","object"]},"compat":"lossy","format":"meerkat_v1","strict":false}`,
		`{"type":"string"}`:              `{"schema":{"type":"string"},"compat":"lossy","format":"meerkat_v1","strict":false}`,
		`{"schema":{},"title":"t"}`:      `{"schema":{"schema":{},"title":"t"},"compat":"lossy","format":"meerkat_v1","strict":false}`,
		`{"schema":{},"format":"other"}`: `{"schema":{},"compat":"lossy","format":"other","strict":false}`,
		`{"schema":{"properties":{"a":{"items":[{"required":["x"]}]}}},"name":"n","strict":true}`: `{"schema":{"properties":{"a":{"items":[{"properties":{},"required":["x"]}]}},"required":[]},` +
			`"name":"n","compat":"lossy","format":"meerkat_v1","strict":true}`,
	} {
		for place, around := range map[string]string{
			"/agent/output_schema":                                  `{"agent":{"output_schema":%s}}`,
			"/agent/provider_params/provider_tag/structured_output": `{"agent":{"provider_params":{"provider_tag":{"provider":"gemini","structured_output":%s}}}}`,
		} {
			m, config := New(), object(t, sprintf(around, given))
			full := m.Fill(config)
			got, _, _ := pointer(t, place).Get(full)
			if diff := cmp.Diff(any(object(t, want)), got); diff != "" {
				t.Errorf("%s: %s (-want +got)\n%s", place, given, diff)
			}
			if diff := cmp.Diff(full, m.Fill(full)); diff != "" {
				t.Errorf("%s: %s: filled twice (-once +twice)\n%s", place, given, diff)
			}
		}
	}
}

func TestCheck_bareOutputSchema(t *testing.T) {
	for _, given := range []string{`{}`, `{"type":"object","properties":{"schema":{}}}`, `{"schema":true,"title":"t"}`, `{"schema":{}}`} {
		issues, _ := findIssues(New(), object(t, `{"agent":{"output_schema":`+given+`}}`), nil)
		if len(issues) > 0 {
			t.Errorf("%s: got %v, want none", given, issues)
		}
	}
}
