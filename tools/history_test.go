package tools_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools"
	"realmconf/tools/policy"
)

// TestHistory reads the history in pages, with the changes of other programs.
func TestHistory(t *testing.T) {
	c := clientOf(t, policy.Policy{}, guarded)
	if _, err := c.toolAsking("patch", `{"patch":{"agent":{"model":"n"},"rest":{"port":9000}},"expected_generation":1,"reason":"why"}`, accept); err != nil {
		t.Fatal(err)
	}
	c.appendText("this is not TOML")
	if _, err := c.toolAsking("rollback", `{"to":2,"expected_generation":3}`, accept); err != nil {
		t.Fatal(err)
	}
	reply, err := c.method("history", `{"limit":3}`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range reply["entries"].([]any) {
		entry := e.(tree.Object)
		got = append(got, fmt.Sprintf("%v %v valid %v paths %s of %v, unknown %v, to %v, why %v", entry["generation"], entry["operation"], entry["valid"],
			tree.Append(nil, entry["paths"]), entry["path_count"], entry["paths_unknown"], entry["rollback_to"], entry["reason"]))
	}
	want := []string{
		"4 rollback valid true paths null of <nil>, unknown true, to 2, why <nil>",
		"3 external valid false paths null of <nil>, unknown true, to <nil>, why <nil>",
		`2 patch valid true paths ["/agent/model","/rest/port"] of 2, unknown <nil>, to <nil>, why why`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if reply["generation"] != int64(4) || reply["next_before"] != int64(2) {
		t.Errorf("got generation %v, next_before %v, want 4 and 2", reply["generation"], reply["next_before"])
	}
	last, err := c.method("history", `{"before":2}`)
	if _, more := last["next_before"]; err != nil || more || len(last["entries"].([]any)) != 1 {
		t.Errorf("the last page: got %v, %v", last, err)
	}
	for _, bad := range []string{`{"limit":0}`, `{"limit":101}`, `{"before":0}`, `{"before":-1}`} {
		if _, err := c.method("history", bad); !fault.Is(err, fault.InvalidParams) {
			t.Errorf("%s: got %v, want invalid_params", bad, err)
		}
	}
}

func TestDiff(t *testing.T) {
	c := clientOf(t, policy.Policy{}, guarded, strings.Replace(guarded, "canary-inline", "canary-other", 1))
	if _, err := c.method("patch", `{"agent":{"model":"n"}}`); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]string{
		`{"from":2}`:        `{"changes":[{"new":"n","old":"m","op":"replace","path":"/agent/model"}],"from":2,"to":3}`,
		`{"from":1,"to":2}`: `{"changes":[{"new":"realmconf-secret:2:/realm/team/auth/main/source/secret","old":"realmconf-secret:1:/realm/team/auth/main/source/secret","op":"replace","path":"/realm/team/auth/main/source/secret"}],"from":1,"to":2}`,
		`{"from":3,"to":2}`: `{"changes":[{"new":"m","old":"n","op":"replace","path":"/agent/model"}],"from":3,"to":2}`,
		`{"from":2,"to":2}`: `{"changes":[],"from":2,"to":2}`,
	} {
		reply, err := c.tool("diff", args)
		if got := string(tree.Append(nil, reply)); err != nil || got != want {
			t.Errorf("%s: got  %s, %v\nwant %s", args, got, err, want)
		}
	}
	reply, err := c.tool("diff", `{"from":0,"to":1}`)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"/agent/model", "/agent/system_prompt", "/budget/max_tool_calls", "/comms/auth", "/hooks/entries/0", "/hooks/entries/1",
		"/realm/team/auth/lab/auth_method", "/realm/team/auth/lab/provider", "/realm/team/auth/lab/source/env", "/realm/team/auth/lab/source/kind",
		"/realm/team/auth/main/auth_method", "/realm/team/auth/main/provider", "/realm/team/auth/main/source/kind", "/realm/team/auth/main/source/secret",
		"/realm/team/backend/lab/backend_kind", "/realm/team/backend/lab/base_url", "/realm/team/backend/lab/provider",
		"/realm/team/backend/main/backend_kind", "/realm/team/backend/main/base_url", "/realm/team/backend/main/options/organisation", "/realm/team/backend/main/provider",
		"/realm/team/binding/main/auth_profile", "/realm/team/binding/main/backend_profile", "/realm/team/default_binding",
		"/rest/host", "/rest/port", "/shell/program", "/shell/security_mode", "/shell/security_patterns", "/tools/mcp_servers/0", "/tools/mcp_servers/1", "/tools/shell_enabled",
	}
	for i, path := range want {
		want[i] = "add " + path
	}
	if diff := cmp.Diff(want, changed(reply, "changes")); diff != "" {
		t.Errorf("from nothing (-want +got):\n%s", diff)
	}
	if _, err := c.tool("diff", `{"from":9}`); !fault.Is(err, fault.NotFound) {
		t.Errorf("from an unknown generation: got %v, want not_found", err)
	}
	c.appendText("broken = ")
	if _, err := c.tool("diff", `{"from":1,"to":4}`); !fault.Is(err, fault.CorruptConfig) || strings.Contains(err.Error(), "broken") {
		t.Errorf("to a text that is not TOML: got %v, want corrupt_config", err)
	}
}

// TestRollback restores every byte of a generation, and is undone by another
// rollback.
func TestRollback(t *testing.T) {
	const first = "# the first\n[shell] # what agents run\nprogram = 'nu'\n"
	c := clientOf(t, policy.Policy{}, first, "# another\n[agent]\nmodel = 'x'\n")
	reply, err := c.toolAsking("rollback", `{"to":1,"expected_generation":2,"reason":"undo"}`, accept)
	if err != nil || reply["generation"] != int64(3) || c.text() != first {
		t.Fatalf("got %v, %v, text %q", reply, err, c.text())
	}
	if _, err := c.toolAsking("rollback", `{"to":2,"expected_generation":3}`, accept); err != nil || c.text() != "# another\n[agent]\nmodel = 'x'\n" {
		t.Errorf("undone: got %v, text %q", err, c.text())
	}
	reply, err = c.tool("rollback", `{"to":2,"expected_generation":4}`)
	if err != nil || reply["changed"] != false || reply["generation"] != int64(4) {
		t.Errorf("to the current text: got %v, %v", reply, err)
	}
	if _, err := c.tool("rollback", `{"to":77,"expected_generation":4}`); !fault.Is(err, fault.NotFound) {
		t.Errorf("to an unknown generation: got %v, want not_found", err)
	}
	if _, err := c.toolAsking("rollback", `{"to":0,"expected_generation":4}`, accept); err != nil || c.text() != "" {
		t.Errorf("to the beginning: got %v, text %q", err, c.text())
	}
	c.appendText("[shell]\nprogramme = 'x'\n")
	if _, err := c.toolAsking("rollback", `{"to":1,"expected_generation":6}`, accept); err != nil {
		t.Errorf("away from a mistake: got %v", err)
	}
	reply, err = c.toolAsking("rollback", `{"to":6,"expected_generation":7}`, accept)
	if err != nil || c.text() != "[shell]\nprogramme = 'x'\n" || len(reply["warnings"].([]any)) != 1 {
		t.Errorf("back to a mistake: got %v %v, text %q", reply, err, c.text())
	}
}

// TestRollback_invalidText repairs a file that is not TOML, by a rollback and by a
// set, with a person's yes. Before that, the advice leads to a person.
func TestRollback_invalidText(t *testing.T) {
	const broken = "[shell]\nprogram = \"canary\n"
	c := clientOf(t, policy.Policy{}, guarded, broken)
	_, err := c.tool("get", `{}`)
	f := fault.Of(err)
	if f == nil || f.Kind != fault.CorruptConfig || f.Data["last_good_generation"] != uint64(1) || strings.Contains(f.Message, "canary") {
		t.Fatalf("get: got %v %v", err, f.Data)
	}
	if want := "a person should repair it with realmconf edit; or, if the person says so, roll back to 1 with expected_generation 2: what was changed after 1 goes, and stays in the history"; !strings.Contains(f.Message, want) {
		t.Errorf("got %q, want %q in it", f.Message, want)
	}
	if _, err := c.tool("patch", `{"patch":{"agent":{"model":"n"}},"expected_generation":2}`); !fault.Is(err, fault.CorruptConfig) {
		t.Errorf("patch: got %v, want corrupt_config", err)
	}
	if _, err := c.tool("rollback", `{"to":1,"expected_generation":2}`); !fault.Is(err, fault.ApprovalRequired) {
		t.Errorf("rollback without a person: got %v, want approval_required", err)
	}
	asked := ""
	reply, err := c.toolAsking("rollback", `{"to":1,"expected_generation":2}`, func(q policy.Question) (policy.Answer, error) {
		asked = q.Message
		return policy.Accepted, nil
	})
	if want := "all of it goes, and stays in the history as generation 2. generation 1 of 1970-01-01 00:00 UTC, by another program or by hand, comes back"; !strings.Contains(asked, want) {
		t.Errorf("got %s, want %s", asked, want)
	}
	first := c.must(c.method("history", `{"limit":1}`))["entries"].([]any)[0].(tree.Object)
	if got := string(tree.Append(nil, first["approved"])); got != `{"by":"person","fields":[""],"via":"editor","way":"elicitation","whole_configuration":true}` {
		t.Errorf("approved: got %s", got)
	}
	if err != nil || reply["generation"] != int64(3) || c.text() != guarded {
		t.Errorf("rollback: got %v, %v", reply, err)
	}

	c.appendText(broken)
	if _, err := c.tool("set", `{"config":{"shell":{"program":"sh"}},"expected_generation":4,"allow_drop":["/agent","/budget","/comms","/hooks","/realm","/rest","/tools","/shell"]}`); !fault.Is(err, fault.ApprovalRequired) {
		t.Errorf("set of a held field: got %v, want approval_required", err)
	}
	config := func() tree.Object {
		document, err := c.resources.Read(t.Context(), tools.Caller{}, "realmconf://history/3")
		if err != nil {
			t.Fatal(err)
		}
		return params(t, document.Text)["config"].(tree.Object)
	}()
	config["agent"].(tree.Object)["model"] = "n"
	reply, err = c.toolAsking("set", string(tree.Append(nil, tree.Object{"config": config, "expected_generation": int64(4)})), accept)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Replace(guarded, `model = "m"`, `model = "n"`, 1); reply["generation"] != int64(5) || c.text() != want {
		t.Errorf("set: got %v, text (-want +got)\n%s", reply, cmp.Diff(want, c.text()))
	}
}

// TestCallTool_baseUnknown: a change of a text that is not TOML, and has no valid
// predecessor, needs approval, because it may remove anything.
func TestCallTool_baseUnknown(t *testing.T) {
	c := clientOf(t, policy.Policy{}, "[shell]\nsecurity_mode = \"allow_list\"\noops\n")
	for _, call := range [][2]string{
		{"set", `{"config":{"agent":{"model":"x"}},"expected_generation":1}`},
		{"rollback", `{"to":0,"expected_generation":1}`},
	} {
		if _, err := c.tool(call[0], call[1]); !fault.Is(err, fault.ApprovalRequired) {
			t.Errorf("%s: got %v, want approval_required", call[0], err)
		}
	}
	var question string
	_, err := c.toolAsking("set", `{"config":{"agent":{"model":"x"}},"expected_generation":1}`, func(q policy.Question) (policy.Answer, error) {
		question = q.Message
		return policy.Accepted, nil
	})
	want := "to change: all of it, because it is not TOML\n• by editor, in the realm (generation 1)\n• the configuration (runs code): the present text is not TOML, so that it cannot be shown; all of it goes, and stays in the history as generation 1\n• /agent/model: \"\" (the default) → \"x\""
	if diff := cmp.Diff(want, question); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

// TestHistory_filters: path and since keep the generations that changed something
// there, and next_before leads to the rest.
func TestHistory_filters(t *testing.T) {
	var texts []string
	for i := range 60 {
		texts = append(texts, fmt.Sprintf("[agent]\nmodel = \"m%d\"\n[rest]\nport = %d\n", i/10, i+1))
	}
	c := clientOf(t, policy.Policy{}, texts...)
	for _, tt := range []struct{ args, want string }{
		{`{"path":"/agent/model"}`, "51 41 31 21 11 1"},
		{`{"path":"/agent"}`, "51 41 31 21 11 1"},
		{`{"path":"/agent/model","since":21}`, "51 41 31"},
		{`{"path":"/agent/model","limit":2}`, "51 41 next 41"},
		{`{"path":"/agent/model","limit":2,"before":41}`, "31 21 next 21"},
		{`{"path":"/comms"}`, ""},
		{`{"since":57}`, "60 59 58"},
		{`{"since":50,"limit":3}`, "60 59 58 next 58"},
		{`{"since":60}`, ""},
		{`{"path":"/rest/port","limit":1}`, "60 next 60"},
	} {
		for what, call := range map[string]func(name, text string) (tree.Object, error){"tool": c.tool, "method": c.method} {
			reply, err := call("history", tt.args)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range reply["entries"].([]any) {
				got = append(got, fmt.Sprint(e.(tree.Object)["generation"]))
			}
			if next := reply["next_before"]; next != nil {
				got = append(got, fmt.Sprint("next ", next))
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("%s %s: got %s, want %s", what, tt.args, strings.Join(got, " "), tt.want)
			}
		}
	}
	if _, err := c.tool("history", `{"path":"agent"}`); !fault.Is(err, fault.InvalidParams) {
		t.Errorf("got %v, want invalid_params", err)
	}
	reply, err := c.tool("history", `{"limit":1}`)
	entry := string(tree.Append(nil, reply["entries"].([]any)[0]))
	if want := `{"actor":{"name":null,"surface":""},"at":"1970-01-01T00:00:00.000Z","generation":60,"operation":"external","paths":["/rest/port"]}`; err != nil || entry != want {
		t.Errorf("got  %s\nwant %s", entry, want)
	}
}

// An approval that this process did not write is shown as claimed, in the history and in
// the generation's document: whoever may write to the directory can write it.
func TestHistory_claimedApproval(t *testing.T) {
	c := clientOf(t, policy.Policy{}, guarded)
	c.append(store.Record{Operation: store.Patch, Text: []byte(guarded + "# by another program\n"), Approval: &store.Approval{By: store.ByPerson, Way: store.ReviewWay, Fields: []string{"/shell"}}})
	c.must(c.toolAsking("patch", `{"patch":{"shell":{"program":"sh"}},"expected_generation":2}`, accept))
	entries := c.must(c.method("history", `{"limit":2}`))["entries"].([]any)
	for i, want := range []string{
		`{"by":"person","fields":["/shell/program"],"via":"editor","way":"elicitation"}`,
		`{"by":"person","claimed":true,"fields":["/shell"],"way":"review"}`,
	} {
		if got := string(tree.Append(nil, entries[i].(tree.Object)["approved"])); got != want {
			t.Errorf("entry %d: got %s, want %s", i, got, want)
		}
		document, err := c.resources.Read(t.Context(), tools.Caller{}, fmt.Sprintf("realmconf://history/%d", 3-i))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(tree.Append(nil, params(t, document.Text)["approved"])); got != want {
			t.Errorf("document %d: got %s, want %s", 3-i, got, want)
		}
	}
}
