package tools_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// TestSet_secretTokens: a client reads tokens, and when it sends them back with
// other edits, the secrets stay.
func TestSet_secretTokens(t *testing.T) {
	for _, view := range []string{"resolved", "stored"} {
		c := clientOf(t, policy.Policy{}, guarded)
		reply, err := c.tool("get", `{"view":"`+view+`"}`)
		if err != nil {
			t.Fatal(err)
		}
		if text := string(tree.Append(nil, reply)); strings.Contains(text, "canary") || strings.Count(text, "realmconf-secret") < 5 {
			t.Errorf("%s: got %s, want tokens and no secret", view, text)
		}
		config := reply["config"].(tree.Object)
		same := tree.Object{"config": config, "expected_generation": int64(1)}
		if reply, err := c.tool("set", string(tree.Append(nil, same))); err != nil || reply["changed"] != false || c.text() != guarded {
			t.Errorf("%s: set(get()): got %v, %v, text\n%s", view, reply, err, cmp.Diff(guarded, c.text()))
		}
		config["agent"].(tree.Object)["model"] = "n"
		if _, err := c.tool("set", string(tree.Append(nil, same))); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Replace(guarded, `"m"`, `"n"`, 1), c.text()); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", view, diff)
		}
	}
}

// TestPatch_earlierToken: a token stays valid while the history has its
// generation.
func TestPatch_earlierToken(t *testing.T) {
	const secret = "/realm/team/auth/main/source/secret"
	patch := func(value string) string {
		return `{"patch":{"realm":{"team":{"auth":{"main":{"source":{"secret":"` + value + `"}}}}}}}`
	}
	c := clientOf(t, policy.Policy{}, guarded, strings.Replace(guarded, "canary-inline", "canary-second", 1))
	reply, err := c.method("patch", patch("realmconf-secret:2:"+secret))
	if err != nil || reply["changed"] != false {
		t.Errorf("the token of now: got %v, %v, want no change", reply, err)
	}
	reply, err = c.method("patch", patch("realmconf-secret:1:"+secret))
	if err != nil || reply["generation"] != int64(3) || c.text() != guarded {
		t.Errorf("the token of before: got %v, %v", reply, err)
	}
	for name, value := range map[string]string{
		"an unknown generation":        "realmconf-secret:77:" + secret,
		"a place without a secret":     "realmconf-secret:1:/agent/model",
		"an unknown place":             "realmconf-secret:1:/realm/other/auth/main/source/secret",
		"no token":                     "realmconf-secret:new",
		"the text of a dry run":        "realmconf-secret:not-stored-yet",
		"the secret of an address":     "realmconf-secret:1:/realm/team/backend/main/base_url",
		"a number with a leading zero": "realmconf-secret:01:" + secret,
	} {
		_, err := c.method("patch", patch(value))
		f := fault.Of(err)
		if f == nil || f.Kind != fault.InvalidConfig || !strings.Contains(string(tree.Append(nil, f.Data)), `"kind":"secret_token"`) {
			t.Errorf("%s: got %v, want an issue secret_token", name, err)
		}
	}
}

// TestPatch_testOfASecret: a test compares a secret by its token only, so that it
// cannot be guessed. The token of an earlier generation passes while the secret is
// the same.
func TestPatch_testOfASecret(t *testing.T) {
	const secret = "/realm/team/auth/main/source/secret"
	c := clientOf(t, policy.Policy{}, guarded, strings.Replace(guarded, `"m"`, `"n"`, 1))
	for value, passes := range map[string]bool{
		"realmconf-secret:2:" + secret: true, "realmconf-secret:1:" + secret: true,
		"canary-inline": false, "realmconf-secret:1:/tools/mcp_servers/0/env/TOKEN": false,
	} {
		_, err := c.method("patch", fmt.Sprintf(`{"operations":[{"op":"test","path":%q,"value":%q}],"dry_run":true}`, secret, value))
		if (err == nil) != passes {
			t.Errorf("%s: got %v, want it to pass: %v", value, err, passes)
		}
	}
}

// TestPatch_dryRunMasksNewSecret: a dry run shows a new secret as a text that is no
// token.
func TestPatch_dryRunMasksNewSecret(t *testing.T) {
	c := clientOf(t, policy.Policy{}, guarded)
	reply, err := c.method("patch", `{"patch":{"realm":{"team":{"auth":{"main":{"source":{"secret":"canary-new"}}}}}},"dry_run":true}`)
	if err != nil {
		t.Fatal(err)
	}
	text := string(tree.Append(nil, reply))
	if strings.Contains(text, "canary") || !strings.Contains(text, `"new":"realmconf-secret:not-stored-yet","old":"realmconf-secret:1:/realm/team/auth/main/source/secret"`) ||
		!strings.Contains(text, `"TOKEN":"realmconf-secret:1:/tools/mcp_servers/0/env/TOKEN"`) {
		t.Errorf("got %s", text)
	}
}

func TestGet_tooLong(t *testing.T) {
	c := clientOf(t, policy.Policy{}, "[agent]\nmodel = \"m\"\nsystem_prompt = \""+strings.Repeat("x", 70_000)+"\"\n")
	_, err := c.tool("get", `{}`)
	f := fault.Of(err)
	if f == nil || f.Kind != fault.TooLarge || f.Data["path"] != "" || f.Data["limit"] != 65536 {
		t.Fatalf("got %v, want too_large", err)
	}
	first := f.Data["children"].([]any)[0].(tree.Object)
	if first["path"] != "/agent" || first["bytes"].(int) < 70_000 {
		t.Errorf("the largest part: got %v, want /agent", first)
	}
	_, err = c.tool("get", `{"path":"/agent/system_prompt"}`)
	if f := fault.Of(err); f == nil || f.Kind != fault.TooLarge || len(f.Data["children"].([]any)) != 0 || f.Data["path"] != "/agent/system_prompt" {
		t.Errorf("a text: got %v %v, want too_large without children", err, f.Data)
	}
	if reply, err := c.tool("get", `{"path":"/rest"}`); err != nil || reply["hint"] != nil {
		t.Errorf("a short part: got %v, %v", reply, err)
	}
	if _, err := c.method("get", `{}`); err != nil {
		t.Errorf("a method: %v", err)
	}
	if reply, err := newClient(t).tool("get", `{}`); err != nil || !strings.Contains(fmt.Sprint(reply["hint"]), "give path") {
		t.Errorf("everything, in short: got hint %v, %v, want it to say how to read less", reply["hint"], err)
	}
}

func TestPatch_returnChanges(t *testing.T) {
	c := newClient(t)
	reply, err := c.method("patch", `{"patch":{"agent":{"model":"m"}},"return":"changes"}`)
	_, there := reply["config"]
	_, omitted := reply["config_omitted"]
	if err != nil || there || omitted || len(reply["changes"].([]any)) != 1 {
		t.Errorf("got %v, %v", reply, err)
	}
}

// TestPatch_oneEntryOfFive changes one entry without a byte of the others.
func TestPatch_oneEntryOfFive(t *testing.T) {
	var b strings.Builder
	for i := range 5 {
		fmt.Fprintf(&b, "# hook %d\n[[hooks.entries]]\nid = \"h%d\"   # its name\nruntime = { type = 'command', command = 'c%d', env = { K = 'canary-%d' } }\n\n", i, i, i, i)
	}
	c := clientOf(t, policy.Policy{}, b.String())
	reply, err := c.toolAsking("patch", `{"operations":[{"op":"test","path":"/hooks/entries/2/id","value":"h2"},{"op":"replace","path":"/hooks/entries/2/runtime/command","value":"new"}],"expected_generation":1}`, accept)
	if err != nil {
		t.Fatal(err)
	}
	if want := `[{"new":"new","old":"c2","op":"replace","path":"/hooks/entries/2/runtime/command"}]`; string(tree.Append(nil, reply["changes"])) != want {
		t.Errorf("changes: got %s, want %s", tree.Append(nil, reply["changes"]), want)
	}
	if diff := cmp.Diff(strings.Replace(b.String(), "'c2'", "'new'", 1), c.text()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, err = c.toolAsking("patch", `{"operations":[{"op":"test","path":"/hooks/entries/2/id","value":"h3"},{"op":"remove","path":"/hooks/entries/2"}],"expected_generation":2}`, accept)
	f := fault.Of(err)
	if f == nil || f.Kind != fault.InvalidConfig || f.Data["operation"] != 0 || !strings.Contains(f.Message, "operations[0]: /hooks/entries/2/id: the value is not the one given") {
		t.Errorf("a test that fails: got %v %v", err, f.Data)
	}
	for args, kind := range map[string]fault.Kind{
		`{"operations":[{"op":"replace","path":"/hooks/entries/9/id","value":"x"}]}`: fault.InvalidConfig,
		`{"operations":[{"op":"replce","path":"/hooks"}]}`:                           fault.InvalidParams,
		`{"operations":{}}`: fault.InvalidParams,
		`{"operations":[]}`: "",
	} {
		if _, err := c.method("patch", args); kindOf(err) != string(kind) {
			t.Errorf("%s: got %v, want %s", args, err, kind)
		}
	}
}
