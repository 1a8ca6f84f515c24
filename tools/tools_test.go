package tools_test

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
	"realmconf/schema"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/tools"
	"realmconf/tools/policy"
)

func TestGet_part(t *testing.T) {
	c := newClient(t)
	if _, err := c.method("patch", `{"rest":{"port":9000}}`); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ params, want string }{
		{`{"path":"/rest"}`, `{"host":"127.0.0.1","port":9000}`},
		{`{"path":"/rest","view":"stored"}`, `{"port":9000}`},
		{`{"path":"/rest/port","view":"resolved"}`, `9000`},
		{`{"path":"","view":"stored"}`, `{"rest":{"port":9000}}`},
	} {
		reply, err := c.method("get", test.params)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(tree.Append(nil, reply["value"])); got != test.want {
			t.Errorf("%s: got %s, want %s", test.params, got, test.want)
		}
		if _, whole := reply["config"]; whole || reply["generation"] != int64(1) {
			t.Errorf("%s: got %v", test.params, reply)
		}
	}
	whole, err := c.method("get", `{"view":"stored"}`)
	if err != nil || string(tree.Append(nil, whole["config"])) != `{"rest":{"port":9000}}` {
		t.Errorf("stored: got %v, %v", whole, err)
	}
	if _, part := whole["path"]; part {
		t.Errorf("without path: got path %v", whole["path"])
	}
}

func TestGet_unknownPath(t *testing.T) {
	c := newClient(t)
	if _, err := c.method("patch", `{"shell":{"security_patterns":["a","b"]}}`); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"/agnet":                     "did you mean /agent?",
		"/agent/modle":               "did you mean /agent/model?",
		"/agent/model/name":          "there is nothing below /agent/model, which is a string",
		"/agent/max_tokens_per_turn": "this key has no value now",
		"/shell/security_patterns/2": "the entries of /shell/security_patterns run from 0 to 1",
		"/hooks/entries/0":           "the list /hooks/entries is empty",
		"/rest/qqq":                  `/rest has "host", "port"`,
		"/self_hosted/servers/x":     "/self_hosted/servers has no keys",
	} {
		_, err := c.method("get", `{"path":"`+path+`"}`)
		if !fault.Is(err, fault.NotFound) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want not_found with %q", path, err, want)
		}
	}
}

func TestSchema_oneLevel(t *testing.T) {
	c := newClient(t)
	root, err := c.tool("schema", `{}`)
	if err != nil {
		t.Fatal(err)
	}
	sections := root["schema"].(tree.Object)["properties"].(tree.Object)
	if len(sections) != len(meerkat.New().Roots()) {
		t.Errorf("got %d sections, want %d", len(sections), len(meerkat.New().Roots()))
	}
	for name := range sections {
		reply, err := c.tool("schema", `{"path":"/`+name+`"}`)
		if size := len(tree.Append(nil, reply)); err != nil || size > 8<<10 {
			t.Errorf("/%s: %v, %d bytes, want at most 8 KB", name, err, size)
		}
	}
	for path, want := range map[string]string{
		"/agent/modle":         "did you mean /agent/model?",
		"/agent/model/x":       "/agent/model has no keys",
		"/nope/deep/deeper":    "the configuration has",
		"/rest/hots/x":         "did you mean /rest/host?",
		"/tools/mcp_servers/x": "no such key",
	} {
		_, err := c.tool("schema", `{"path":"`+path+`"}`)
		if !fault.Is(err, fault.NotFound) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want not_found with %q", path, err, want)
		}
	}
}

func TestPatch_bareForm(t *testing.T) {
	for _, text := range []string{
		`{"agent":{"model":"m"}}`,
		`{"patch":{"agent":{"model":"m"}}}`,
		`{"patch":{"agent":{"model":"m"}},"expected_generation":0,"reason":"r"}`,
	} {
		c := newClient(t)
		reply, err := c.method("patch", text)
		if err != nil || reply["generation"] != int64(1) || reply["changed"] != true {
			t.Errorf("%s: got %v, %v", text, reply, err)
		}
	}
}

// TestCall_invalidParams: parameters that Meerkat would read as "reset everything,
// without a check" are refused, each with its place.
func TestCall_invalidParams(t *testing.T) {
	for _, test := range []struct{ method, params, path string }{
		{"set", `{}`, "/config"},
		{"set", `{"config":{}}`, "/config"},
		{"set", `{"config":[]}`, "/config"},
		{"set", `{"config":null}`, "/config"},
		{"set", `{"confg":{"agent":{}}}`, "/confg"},
		{"set", `{"config":{"agent":{"model":"m"}},"agent":{}}`, "/agent"},
		{"set", `{"config":{"agent":{"model":"m"}},"expected_generation":"0"}`, "/expected_generation"},
		{"set", `{"config":{"agent":{"model":"m"}},"expected_generation":-1}`, "/expected_generation"},
		{"set", `{"config":{"agent":{"model":"m"}},"expected_generation":0.5}`, "/expected_generation"},
		{"set", `{"agent":{"model":"m"},"expected_generation":0}`, "/expected_generation"},
		{"set", `{"config":{"agent":{"model":"m"}},"reason":7}`, "/reason"},
		{"set", `{"config":{"agent":{"model":"m"}},"reason":"` + strings.Repeat("é", 1001) + `"}`, "/reason"},
		{"patch", `{}`, "/patch"},
		{"patch", `{"patch":[]}`, "/patch"},
		{"patch", `{"patch":null}`, "/patch"},
		{"patch", `{"patch":{},"operations":[]}`, "/patch"},
		{"get", `{"path":7}`, "/path"},
		{"get", `{"path":"agent"}`, "/path"},
		{"get", `{"path":"/a~2"}`, "/path"},
		{"get", `{"view":"effective"}`, "/view"},
		{"get", `{"config":{}}`, "/config"},
	} {
		c := newClient(t)
		_, err := c.method(test.method, test.params)
		f := fault.Of(err)
		if f == nil || f.Kind != fault.InvalidParams || f.Data["path"] != test.path {
			t.Errorf("config/%s %.80s: got %v, want invalid_params at %s", test.method, test.params, err, test.path)
		}
		if state, err := c.store.Load(t.Context()); err != nil || state.Version.Generation != 0 {
			t.Errorf("config/%s %.80s: something was written", test.method, test.params)
		}
	}
}

func TestPatch_longestReason(t *testing.T) {
	c := newClient(t)
	reason := strings.Repeat("é", 1000)
	if _, err := c.method("patch", `{"patch":{"rest":{"port":1}},"reason":"`+reason+`"}`); err != nil {
		t.Fatal(err)
	}
	if record, err := c.store.Record(t.Context(), 1); err != nil || record.Reason != reason {
		t.Errorf("got %v, %v", record.Reason, err)
	}
}

func TestCallTool_argumentsAsText(t *testing.T) {
	c := newClient(t)
	reply, err := c.tool("patch", `{"patch":"{\"agent\":{\"model\":\"7\"}}","expected_generation":"0"}`)
	if err != nil || reply["generation"] != int64(1) {
		t.Fatalf("got %v, %v", reply, err)
	}
	got, err := c.tool("get", `{"path":"/agent/model"}`)
	if err != nil || got["value"] != "7" {
		t.Errorf("a text inside the patch: got %v, %v, want it as text", got, err)
	}
	for _, text := range []string{`"1.0"`, `" one"`, `"[1]"`, `""`} {
		_, err := c.tool("patch", `{"patch":{},"expected_generation":`+text+`}`)
		if !fault.Is(err, fault.InvalidParams) {
			t.Errorf("expected_generation %s: got %v, want invalid_params", text, err)
		}
	}
}

func TestCallTool_expectedGenerationMissing(t *testing.T) {
	c := newClient(t)
	for name, text := range map[string]string{
		"patch": `{"patch":{"rest":{"port":1}}}`,
		"set":   `{"config":{"rest":{"port":1}}}`,
	} {
		_, err := c.tool(name, text)
		if !fault.Is(err, fault.InvalidParams) || !strings.Contains(err.Error(), "expected_generation") {
			t.Errorf("%s: got %v, want a refusal that names expected_generation", name, err)
		}
	}
	if _, err := c.tool("patch", `{"rest":{"port":1},"expected_generation":0}`); !fault.Is(err, fault.InvalidParams) {
		t.Errorf("a bare tool call: got %v, want invalid_params", err)
	}
}

func TestCallTool_outputSchema(t *testing.T) {
	c := newClient(t)
	for _, test := range []struct{ name, params string }{
		{"get", `{}`},
		{"get", `{"path":"/agent"}`},
		{"schema", `{}`},
		{"schema", `{"path":"/hooks/entries/0/runtime"}`},
		{"patch", `{"patch":{"agent":{"model":"a"}},"expected_generation":0}`},
		{"patch", `{"patch":{"agent":{"model":"a"}},"expected_generation":1}`},
		{"set", `{"config":{"agent":{"model":"b"}},"expected_generation":1}`},
	} {
		reply, err := c.tool(test.name, test.params)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		if err := compile(t, c.operations[test.name].Output()).Validate(any(reply)); err != nil {
			t.Errorf("%s %s: %v", test.name, test.params, err)
		}
	}
}

func compile(t testing.TB, schema tree.Object) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(tree.Append(nil, schema)))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("tool.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := compiler.Compile("tool.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestOperations_portableSchemas checks the definitions for the keywords and
// sizes that every host accepts.
func TestOperations_portableSchemas(t *testing.T) {
	size := 0
	for name, o := range newClient(t).operations {
		if !regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`).MatchString(o.Tool()) {
			t.Errorf("tool name %q", o.Tool())
		}
		if o.Title == "" || o.Description == "" || len(o.Description) > 2048 {
			t.Errorf("%s: title %q, description of %d bytes", name, o.Title, len(o.Description))
		}
		size += len(tree.Append(nil, o.Input())) + len(tree.Append(nil, o.Output())) + len(o.Description) + 200
		for _, root := range []tree.Object{o.Input(), o.Output()} {
			compile(t, root)
			if root["type"] != "object" {
				t.Errorf("%s: the root's type is %v", name, root["type"])
			}
			portable(t, name, root)
		}
		for property, schema := range o.Input()["properties"].(tree.Object) {
			if schema.(tree.Object)["description"] == nil {
				t.Errorf("%s: property %s has no description", name, property)
			}
		}
	}
	if size > 16<<10 {
		t.Errorf("the tools take %d bytes, want at most 16 KB", size)
	}
}

// portable walks a schema and its subschemas.
func portable(t *testing.T, name string, schema tree.Object) {
	t.Helper()
	for _, keyword := range []string{"$ref", "$defs", "oneOf", "allOf", "not", "if"} {
		if _, has := schema[keyword]; has {
			t.Errorf("%s: %s is refused by some hosts", name, keyword)
		}
	}
	kind, single := schema["type"].(string)
	if _, any := schema["anyOf"]; !single && !any {
		t.Errorf("%s: a schema without one type: %v", name, schema)
	}
	if kind == "array" {
		items, ok := schema["items"].(tree.Object)
		if !ok {
			t.Errorf("%s: an array without items", name)
			return
		}
		portable(t, name, items)
	}
	properties, has := schema["properties"].(tree.Object)
	if has && len(properties) == 0 {
		t.Errorf("%s: properties are empty, which a model's API refuses: %v", name, schema)
	}
	for _, property := range properties {
		portable(t, name, property.(tree.Object))
	}
}

// TestOperations_noSections checks the definitions for a schema that names no key.
func TestOperations_noSections(t *testing.T) {
	model, err := schema.Load([]byte("{}"), schema.LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	rt := runtime.New(func(context.Context) (store.Store, error) { return memory.New(), nil }, model)
	defer rt.Close()
	for _, o := range tools.New(rt, model, policy.Policy{}).All() {
		for _, root := range []tree.Object{o.Input(), o.Output()} {
			portable(t, string(o.Name), root)
		}
	}
}

func TestOperations_Instructions(t *testing.T) {
	rt := runtime.New(func(context.Context) (store.Store, error) { return memory.New(), nil }, meerkat.New())
	defer rt.Close()
	text := tools.New(rt, meerkat.New(), policy.Policy{}).Instructions()
	if len(text) > 2048 {
		t.Errorf("%d bytes, want at most 2048", len(text))
	}
	for _, word := range []string{"config_get", "config_patch", "expected_generation", "generation_conflict"} {
		if !strings.Contains(text, word) {
			t.Errorf("the instructions do not mention %s", word)
		}
	}
}
