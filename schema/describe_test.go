package schema_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

func TestDescribe(t *testing.T) {
	for path, want := range map[string]string{
		"/rest/port":                    `{"default":8080,"description":"The port that the REST server listens on.","maximum":65535,"minimum":0,"type":"integer","x-risk":["network"]}`,
		"/shell/allowlist":              `{"default":[],"description":"The patterns that security_mode speaks of.","items":{"type":"string","x-risk":["posture"]},"type":"array","x-alias":["allowlist"],"x-risk":["posture"]}`,
		"/tools/tool_timeouts":          `{"additionalProperties":{"description":"A length of time in two numbers, as a table.","type":"object","x-risk":["posture"]},"default":{},"description":"Maximum duration of a call of one tool, by the tool's name: in the file a table of secs and nanos; a write takes \"2s\", too.","type":"object","x-risk":["posture"]}`,
		"/tools/tool_timeouts/any/secs": `{"description":"Whole seconds.","maximum":9223372036854775807,"minimum":0,"type":"integer","x-risk":["posture"]}`,
		"/realm/x/backend/b/options":    `{"additionalProperties":true,"description":"Further settings of the interface, in any form.","x-form":"any","x-risk":["secret","network","posture"],"x-unset":"skip"}`,
		"/hooks/entries/0/runtime": `{"default":{"type":"in_process"},"description":"What is called.","properties":{"type":{"description":"Which sort of thing is called.","enum":["in_process","command","http"],"type":"string","x-risk":["exec","network","posture"]}},"required":["type"],"type":"object","x-branches":{` +
			`"command":{"description":"A program, started for each event.","keys":{"args":"array","command":"string, required","env":"object"}},` +
			`"http":{"description":"An address, called for each event.","keys":{"headers":"object","method":"string","url":"string, required"}},` +
			`"in_process":{"description":"A handler that is built into the platform.","keys":{"handler":"string"}}},"x-risk":["exec","secret","network","posture"],"x-tag":"type"}`,
		"/realm/x/auth/a/source/env": `{"anyOf":[{"description":"The variable's name. The name with RKAT_ before it is tried first.","type":"string","x-risk":["posture"],"x-when":["kind is env"]},` +
			`{"additionalProperties":{"type":"string","x-risk":["exec","secret"]},"default":{},"description":"Environment variables for the program.","type":"object","x-risk":["exec","secret"],"x-when":["kind is command"]}]}`,
		"/tools/mcp_servers/-/url": `{"description":"The server's address.","type":"string","x-format":"url","x-risk":["network","posture"]}`,
	} {
		got, ok := meerkat.New().Describe(pointer(t, path))
		if diff := cmp.Diff(object(t, want), got); !ok || diff != "" {
			t.Errorf("%s: %t (-want +got)\n%s", path, ok, diff)
		}
	}
	for _, path := range []string{"/no", "/agent/modle", "/rest/port/x", "/hooks/entries/0/runtime/nope", "/tools/mcp_servers/x"} {
		if got, ok := meerkat.New().Describe(pointer(t, path)); ok {
			t.Errorf("%s: got %v, want nothing", path, got)
		}
	}
}

// TestDescribe_everyPlaceIsShort walks the whole model by the results of Describe
// alone, as a client would.
func TestDescribe_everyPlaceIsShort(t *testing.T) {
	m := meerkat.New()
	count := 0
	var visit func(p tree.Pointer)
	visit = func(p tree.Pointer) {
		d, ok := m.Describe(p)
		if !ok {
			t.Errorf("%s: is said to be there, and is not", p)
			return
		}
		count++
		if size := len(tree.Append(nil, d)); size > 8000 {
			t.Errorf("%s: got %d bytes, want at most 8000", p, size)
		}
		meanings := []any{d}
		if all, ok := d["anyOf"].([]any); ok {
			meanings = all
		}
		for _, meaning := range meanings {
			meaning := meaning.(tree.Object)
			for name := range within(meaning, "properties") {
				visit(p.Child(name))
			}
			for _, b := range within(meaning, "x-branches") {
				b := b.(tree.Object)
				for name := range within(b, "keys") {
					visit(p.Child(name))
				}
			}
			if _, ok := meaning["items"]; ok {
				visit(p.Child("0"))
			}
			if _, ok := meaning["additionalProperties"].(map[string]any); ok {
				visit(p.Child("any"))
			}
		}
	}
	visit(nil)
	if count < 300 {
		t.Errorf("only %d places were described", count)
	}
}

func TestDescribe_everyKeyHasDescription(t *testing.T) {
	var visit func(path string, schema any)
	visit = func(path string, schema any) {
		o, ok := schema.(map[string]any)
		if !ok {
			return
		}
		for name, p := range within(o, "properties") {
			if p, ok := p.(map[string]any); ok && p["const"] == nil {
				if d, _ := p["description"].(string); !strings.HasSuffix(d, ".") {
					t.Errorf("%s/%s: the description is %q", path, name, d)
				}
				visit(path+"/"+name, p)
			}
		}
		all, _ := o["allOf"].([]any)
		for _, b := range all {
			visit(path, b.(map[string]any)["then"])
		}
		for _, keyword := range []string{"then", "items", "additionalProperties"} {
			visit(path, o[keyword])
		}
	}
	visit("", object(t, string(meerkat.New().JSON())))
}

func TestDescribe_resultIsCopy(t *testing.T) {
	m := meerkat.New()
	d, _ := m.Describe(pointer(t, "/rest"))
	d["description"] = "changed"
	again, _ := m.Describe(pointer(t, "/rest"))
	if again["description"] == "changed" {
		t.Error("a description is shared")
	}
}
