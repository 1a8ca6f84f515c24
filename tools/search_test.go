package tools_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

func TestSchema_query(t *testing.T) {
	c := clientOf(t, policy.Policy{}, "[provider_tools.openai]\nweb_search = false\n[agent]\nsystem_prompt = \""+strings.Repeat("x", 300)+"\"\n")
	for _, call := range []func(name, text string) (tree.Object, error){c.method, c.tool} {
		reply, err := call("schema", `{"query":"openai web search"}`)
		if err != nil {
			t.Fatal(err)
		}
		places := reply["places"].([]any)
		want := params(t, `{"path":"/provider_tools/openai/web_search","type":"boolean","default":true,"value":false,"risk":["network"],"description":"Whether the provider may search the web."}`)
		if diff := cmp.Diff(any(want), places[0]); diff != "" {
			t.Errorf("the best place (-want +got):\n%s", diff)
		}
		if reply["query"] != "openai web search" || reply["more"] == nil || len(reply) != 3 {
			t.Errorf("got %v, want query, places and more", reply)
		}
		reply, err = call("schema", `{"query":"system prompt"}`)
		if err != nil {
			t.Fatal(err)
		}
		first := reply["places"].([]any)[0].(tree.Object)
		if first["path"] != "/agent/system_prompt" || first["value"] != nil || first["value_bytes"] != int64(302) {
			t.Errorf("a long value: got %v, want only its length", first)
		}
	}
}

// TestSchema_queryShowsNoSecret checks that a value in a search's reply is one that
// a client may see, and that the places inside lists and maps have none.
func TestSchema_queryShowsNoSecret(t *testing.T) {
	c := clientOf(t, policy.Policy{}, guarded)
	for _, query := range []string{"api key secret", "base url", "environment variables", "headers", "credentials openai", "canary-env", "mcp server"} {
		raw := string(tree.Append(nil, c.must(c.tool("schema", `{"query":"`+query+`"}`))))
		if i := strings.Index(raw, `"canary-`); i >= 0 && query != "canary-env" {
			t.Errorf("%s: got %s", query, raw)
		}
	}
}

// TestSchema_queryOfBrokenFile checks that keys can be found while the configuration
// cannot be read.
func TestSchema_queryOfBrokenFile(t *testing.T) {
	c := clientOf(t, policy.Policy{}, "[rest\n")
	reply, err := c.tool("schema", `{"query":"port"}`)
	if err != nil {
		t.Fatal(err)
	}
	first := reply["places"].([]any)[0].(tree.Object)
	if _, has := first["value"]; has || first["path"] != "/rest/port" {
		t.Errorf("got %v, want /rest/port without a value", first)
	}
}

func TestSchema_queryRefused(t *testing.T) {
	c := newClient(t)
	for args, text := range map[string]string{
		`{"query":"port","path":"/rest"}`: "give query or path, not both",
		`{"query":1}`:                     `must be a string`,
		`{"depth":5}`:                     "must be 4 or less",
		`{"depth":0}`:                     "must be 1 or more",
		`{"query":"` + strings.Repeat("x", 1001) + `"}`: "at most 1000 characters",
	} {
		_, err := c.tool("schema", args)
		if !fault.Is(err, fault.InvalidParams) || !strings.Contains(err.Error(), text) {
			t.Errorf("%.40s: got %v, want invalid_params with %q", args, err, text)
		}
	}
	if _, err := c.tool("schema", `{"query":"port","path":""}`); err != nil {
		t.Errorf("an empty path: got %v", err)
	}
}

// TestSchema_depth checks that further levels come on request, and what a tool's
// reply leaves out.
func TestSchema_depth(t *testing.T) {
	c := newClient(t)
	at := func(reply tree.Object, path string) tree.Object {
		p, err := tree.ParsePointer(path)
		if err != nil {
			t.Fatal(err)
		}
		v, _, ok := p.Get(reply["schema"])
		if !ok {
			t.Fatalf("there is no %s in %v", path, reply)
		}
		return v.(tree.Object)
	}
	const source = "/properties/auth/additionalProperties/properties/source"
	three := c.must(c.tool("schema", `{"path":"/realm/x","depth":3}`))
	if got := at(three, source); got["required"] != nil {
		t.Errorf("the fourth level is described: %v", got)
	}
	four := c.must(c.tool("schema", `{"path":"/realm/x","depth":4}`)) // all that a new realm needs
	if got := at(four, source+"/x-branches/env"); len(tree.Append(nil, four)) > 16<<10 || got["keys"] == nil {
		t.Errorf("got %d bytes, and of a source %v", len(tree.Append(nil, four)), got)
	}
	deeper := c.must(c.tool("schema", `{"path":"/realm/x/auth/a","depth":3}`))
	inline := at(deeper, "/properties/source/x-branches/inline_secret")
	want := params(t, `{"description":"The secret itself is in the configuration.","properties":{"secret":{"description":"The secret itself.","type":"string","x-risk":["secret"]}},"required":["kind","secret"]}`)
	if diff := cmp.Diff(want, inline); diff != "" {
		t.Errorf("a branch (-want +got):\n%s", diff)
	}
	for _, path := range []string{"", "/hooks/entries", "/agent", "/agent/provider_params/provider_tag", "/tools"} {
		for _, depth := range []string{"1", "2", "3", "4"} {
			args := `{"path":"` + path + `","depth":` + depth + `}`
			tool, method := string(tree.Append(nil, c.must(c.tool("schema", args)))), string(tree.Append(nil, c.must(c.method("schema", args))))
			for _, keyword := range []string{`"x-risk-why"`, `"x-unset"`, `"x-key"`, `"x-tag"`, `4294967295`, `9223372036854775807`} {
				if strings.Contains(tool, keyword) {
					t.Errorf("%s: a tool's reply has %s", args, keyword)
				}
			}
			if len(tool) >= len(method) && strings.Contains(method, "x-unset") {
				t.Errorf("%s: a tool's reply has %d bytes, a method's %d", args, len(tool), len(method))
			}
			if depth == "1" && len(tool) > 8<<10 || len(tool) > 64<<10 {
				t.Errorf("%s: got %d bytes", args, len(tool))
			}
		}
	}
	if rest := c.must(c.tool("schema", `{"path":"/rest/port"}`)); at(rest, "")["maximum"] != int64(65535) {
		t.Errorf("got %v, want the limit of a port", rest)
	}
}
