package meerkat

import (
	"bytes"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema/tree"
)

// unlikePeer are the recorded configurations that mean something else here, with
// the reason: their sections here, or that they are refused.
var unlikePeer = map[string]struct {
	reason  string
	refused bool
	roots   string // the sections that differ from what was recorded, else as JSON
}{
	"section array is positional":                         {reason: "a list is no section: stricter", refused: true},
	"section empty array":                                 {reason: "a list is no section: stricter", refused: true},
	"text: array as section":                              {reason: "a list is no section: stricter", refused: true},
	"unknown top-level key ignored":                       {reason: "an unknown key would be lost: stricter", refused: true},
	"unknown nested key ignored":                          {reason: "an unknown key would be lost: stricter", refused: true},
	"comms pairing_password":                              {reason: "an unknown key would be lost: stricter", refused: true},
	"text: unknown keys":                                  {reason: "an unknown key would be lost: stricter", refused: true},
	"text: template max_tokens lands in [agent]":          {reason: "an unknown key would be lost: stricter", refused: true},
	"max_tokens zero (structurally ok, validate rejects)": {reason: "the recording did not validate; the peer's writes do", refused: true},
	"limits u64 max":                                      {reason: "older readers fail at such an integer: stricter", refused: true},
	"limits u64 i64max+1":                                 {reason: "older readers fail at such an integer: stricter", refused: true},
	"text: u64 > i64":                                     {reason: "older readers fail at such an integer: stricter", refused: true},
	"text: nan":                                           {reason: "JSON has no such number: stricter", refused: true},
	"text: inf":                                           {reason: "JSON has no such number: stricter", refused: true},
	"output_schema with null is not writable as TOML":     {reason: "the peer accepts it and cannot write it", refused: true},
	"backend options null in array not writable":          {reason: "the peer accepts it and cannot write it", refused: true},
	"skills git depth null is lost in TOML":               {reason: "the peer shows null and stores 1: stricter", refused: true},
	"backend options null member removed by patch":        {reason: "RFC 7396 drops the null", roots: `{"realm":{"x":{"backend":{"b":{"backend_kind":"k","options":{"b":1},"provider":"openai"}}}}}`},
	"shell allowlist alias":                               {reason: "the peer's defaults hide the old key: keeps more", roots: `{"shell":{"program":"nu","security_mode":"allow_list","security_patterns":["ls*"],"timeout_secs":30}}`},
	"retry all":                                           {reason: "a duration keeps its spelling: keeps more", roots: `{"retry":{"call_timeout":"45s","initial_delay":"1500ms","max_delay":"2m","max_retries":1,"multiplier":1.5}}`},
	"budget.max_duration":                                 {reason: "a duration keeps its spelling: keeps more", roots: `{"budget":{"max_duration":"365d","max_tokens":5,"max_tool_calls":3}}`},
	"text: toml 1.1 multiline inline table":               {reason: "an empty list that is stored is shown: keeps more", roots: `{"model_fallback":{"chain":[],"enabled":false}}`},
	"text: datetime in options":                           {reason: "a date is shown as its text", roots: `{"realm":{"x":{"backend":{"b":{"backend_kind":"openai_api","options":{"when":"1979-05-27T07:32:00Z"},"provider":"openai"}}}}}`},
}

// TestFill_agreesWithMeerkat compares with Meerkat 0.8.26 on recorded configurations:
// refused or not, and the resolved view. The record has the sections that differ
// from the default. Numbers are compared by value: Meerkat prints 2.0 for a stored 2.
func TestFill_agreesWithMeerkat(t *testing.T) {
	text, err := os.ReadFile("testdata/peer.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	m := New()
	met, all := 0, 0
	for line := range bytes.Lines(text) {
		v := object(t, string(line))
		all++
		t.Run(v["name"].(string), func(t *testing.T) {
			stored, refused := v["stored"].(tree.Object), v["refused"] == true
			want := defaults(t)
			for root, section := range within(v, "result") {
				want[root] = section
			}
			if unlike, ok := unlikePeer[v["name"].(string)]; ok {
				met++
				refused = unlike.refused
				if !refused {
					for root, section := range object(t, unlike.roots) {
						want[root] = section
					}
				}
			}
			issues, _ := findIssues(m, stored, nil)
			if got := len(issues) > 0; got != refused {
				t.Fatalf("got issues %v, want some: %t", issues, refused)
			}
			if refused {
				return
			}
			if got := m.Fill(stored); !tree.Equal(want, got) {
				t.Errorf("(-want +got)\n%s", cmp.Diff(want, got))
			}
		})
	}
	if met != len(unlikePeer) || all < 130 {
		t.Errorf("%d of %d differences were met, in %d configurations", met, len(unlikePeer), all)
	}
}
