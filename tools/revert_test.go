package tools_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// TestRevert_laterWorkStays is the trial's case: two clients each set a key of a
// section that was not there, and the first one is undone.
func TestRevert_laterWorkStays(t *testing.T) {
	c := clientOf(t, policy.Policy{}, "# mine\n")
	c.must(c.tool("patch", `{"patch":{"retry":{"max_retries":9}},"expected_generation":1}`))
	c.must(c.tool("patch", `{"patch":{"retry":{"multiplier":3.5}},"expected_generation":2}`))
	dry := c.must(c.tool("revert", `{"generation":2,"expected_generation":3,"dry_run":true}`))
	if dry["dry_run"] != true || dry["generation"] != int64(3) || len(dry["changes"].([]any)) != 1 {
		t.Errorf("dry run: got %v", dry)
	}
	reply := c.must(c.tool("revert", `{"generation":2,"expected_generation":3,"reason":"a mistake"}`))
	if reply["changed"] != true || reply["generation"] != int64(4) || reply["previous_generation"] != int64(3) {
		t.Errorf("got %v", reply)
	}
	if text := c.text(); strings.Contains(text, "max_retries") || !strings.Contains(text, "multiplier = 3.5") || !strings.Contains(text, "# mine") {
		t.Errorf("got\n%s", text)
	}
	entry := c.must(c.method("history", `{"limit":1}`))["entries"].([]any)[0].(tree.Object)
	if entry["operation"] != string(store.Revert) || entry["reverts"] != int64(2) || entry["reason"] != "a mistake" {
		t.Errorf("history: got %v", entry)
	}
	if reply := c.must(c.tool("revert", `{"generation":2,"expected_generation":4}`)); reply["changed"] != false {
		t.Errorf("again: got %v, want no change", reply)
	}
}

// TestRevert_conflict checks the error for a place that was changed again.
func TestRevert_conflict(t *testing.T) {
	c := clientOf(t, policy.Policy{}, "[agent]\nmodel = 'a'\ntemperature = 0.1\n", "[agent]\nmodel = 'b'\ntemperature = 0.2\n")
	c.must(c.tool("patch", `{"patch":{"agent":{"model":"c"},"compaction":{"max_summary_tokens":9}},"expected_generation":2}`))
	_, err := c.tool("revert", `{"generation":2,"expected_generation":3}`)
	f := fault.Of(err)
	if f == nil || f.Kind != fault.GenerationConflict {
		t.Fatalf("got %v, want generation_conflict", err)
	}
	const want = `generation 2 changed /agent/model, and a client that gives no name in generation 3 changed it again: give ["/agent/model"] in except to keep that and undo the rest, or patch the values that you want; nothing was written`
	if f.Message != want {
		t.Errorf("got  %s\nwant %s", f.Message, want)
	}
	if diff := cmp.Diff([]any{"/agent/model"}, f.Data["overlaps"]); diff != "" || f.Data["reverting"] != uint64(2) || f.Data["current"] != uint64(3) || f.Data["origins"] == nil {
		t.Errorf("got %v %s", f.Data, diff)
	}
	changes := string(tree.Append(nil, f.Data["changes"]))
	if !strings.Contains(changes, `{"by":3,"new":"c","old":"b","op":"replace","path":"/agent/model"}`) {
		t.Errorf("changes: got %s", changes)
	}
	reply := c.must(c.tool("revert", `{"generation":2,"expected_generation":3,"except":["/agent/model"]}`))
	if reply["changed"] != true || !strings.Contains(c.text(), "model = 'c'\ntemperature = 0.1") {
		t.Errorf("got %v\n%s", reply, c.text())
	}
}

// TestRevert_held checks that a person decides on held fields, in either direction,
// and that the secret that comes back is shown to nobody.
func TestRevert_held(t *testing.T) {
	c := clientOf(t, policy.Policy{}, guarded, strings.Replace(strings.Replace(guarded, `"canary-inline"`, `"other"`, 1), `program = "nu"`, `program = "sh"`, 1))
	const args = `{"generation":2,"expected_generation":2}`
	_, err := c.tool("revert", args)
	var unapproved *policy.UnapprovedError
	if !errors.As(err, &unapproved) || !fault.Is(err, fault.ApprovalRequired) {
		t.Fatalf("got %v, want approval_required", err)
	}
	if shown := string(tree.Append(nil, fault.Of(err).Data)) + err.Error(); strings.Contains(shown, "canary") {
		t.Errorf("the refusal shows a secret: %s", shown)
	}
	dry := c.must(c.tool("revert", `{"generation":2,"expected_generation":2,"dry_run":true}`))
	if len(dry["needs_approval"].([]any)) != 2 {
		t.Errorf("a dry run: got %v", dry["needs_approval"])
	}
	asked := ""
	reply := c.must(c.toolAsking("revert", args, func(q policy.Question) (policy.Answer, error) {
		asked = q.Message
		return policy.Accepted, nil
	}))
	if !strings.Contains(asked, "/shell/program") || strings.Contains(asked+string(tree.Append(nil, reply)), "canary-inline") {
		t.Errorf("asked %q, got %v", asked, reply)
	}
	if c.text() != guarded {
		t.Errorf("got\n%s\nwant the text of generation 1", c.text())
	}
	if reply := c.must(c.method("revert", `{"generation":3}`)); reply["changed"] != true {
		t.Errorf("a program's call needs no person: got %v", reply)
	}
}

// TestRevert_dropsWhatItUndoes checks that an undo needs no allow_drop, and takes none.
func TestRevert_dropsWhatItUndoes(t *testing.T) {
	c := clientOf(t, allow(t, "exec,posture,network"), "[agent]\nmodel = 'a'\n", "[agent]\nmodel = 'a'\n[[hooks.entries]]\nid = 'x'\n[models.mine]\nprovider = 'openai'\n")
	if _, err := c.tool("revert", `{"generation":2,"expected_generation":2,"allow_drop":["/hooks/entries"]}`); !fault.Is(err, fault.InvalidParams) {
		t.Errorf("with allow_drop: got %v", err)
	}
	c.must(c.tool("revert", `{"generation":2,"expected_generation":2}`))
	if c.text() != "[agent]\nmodel = 'a'\n" {
		t.Errorf("got\n%s", c.text())
	}
}
