package mcp

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"realmconf/rpc/internal/conn"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// FuzzAnswer reads any result of a question. It must be a yes only if
// encoding/json reads one, too. FuzzResponse of package conn does the same with
// the response around it.
func FuzzAnswer(f *testing.F) {
	for _, tt := range results {
		f.Add([]byte(tt.result))
	}
	f.Fuzz(func(t *testing.T, result []byte) {
		if answerIn(conn.Response{Result: result}) == policy.Accepted && !isYes(result) {
			t.Fatalf("%s: taken for a yes", result)
		}
	})
}

// isYes reports whether encoding/json reads a yes.
func isYes(text []byte) bool {
	var result map[string]any
	if json.Unmarshal(text, &result) != nil {
		return false
	}
	content, _ := result["content"].(map[string]any)
	return result["action"] == "accept" && content["approve"] == true
}

// FuzzState checks any text as a state: only the state itself is valid.
func FuzzState(f *testing.F) {
	end := time.Unix(1_800_000_000, 0)
	key, about := sealKey{1}, consent{tool: "config_set", arguments: tree.Object{"n": "a"}, client: "c"}
	state := key.seal(about, end)
	for _, seed := range []string{state, state + ".", "v1..", "", "v1.-1.A", strings.Replace(state, "18", "19", 1), strings.ToLower(state)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		before, after := key.check(text, about, end.Add(-1)), key.check(text, about, end)
		if text == state && (before != stateValid || after != stateExpired) || text != state && (before != stateForeign || after != stateForeign) {
			t.Errorf("%q: got %d before the end and %d after", text, before, after)
		}
		other := about
		other.subject[31]++
		if got := key.check(text, other, end.Add(-1)); got != stateForeign {
			t.Errorf("%q: got %d for another question", text, got)
		}
	})
}
