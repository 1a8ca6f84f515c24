package mcp

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"realmconf/rpc/internal/conn"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
	"realmconf/tools/review"
)

// FuzzAnswer reads any result of a question. It must be a yes only if
// encoding/json reads one, too. FuzzResponse of package conn does the same with
// the response around it.
func FuzzAnswer(f *testing.F) {
	for _, tt := range results {
		f.Add([]byte(tt.result))
	}
	f.Fuzz(func(t *testing.T, result []byte) {
		if answerIn(conn.Response{ID: json.RawMessage("1"), Result: result}, review.Instant{}, review.Instant{Running: review.LeastYesTime}) == policy.Accepted && !isYes(result) {
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
	return result["action"] == "accept" && content["decision"] == "yes"
}

// FuzzState checks any text as a state: only the state itself is valid.
func FuzzState(f *testing.F) {
	asked := review.Instant{Wall: time.UnixMilli(1_800_000_000_123), Running: 42 * time.Second}
	key, about := sealKey{1}, askedCall{tool: "config_set", arguments: tree.Object{"n": "a"}, client: "c"}
	state := key.seal(about, asked, "N")
	for _, seed := range []string{state, state + ".", "v3...", "", "v3.-1.-1.A", strings.Replace(state, "18", "19", 1), strings.ToLower(state)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if at, valid := key.check(text, about); valid != (text == state) || valid && at != asked {
			t.Errorf("%q: got %t, %v", text, valid, at)
		}
		other := about
		other.subject[31]++
		if _, valid := key.check(text, other); valid {
			t.Errorf("%q: valid for another question", text)
		}
	})
}
