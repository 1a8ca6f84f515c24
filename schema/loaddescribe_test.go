package schema_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// describedSchema has each way in which a schema says something about a place.
const describedSchema = `{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","additionalProperties":false,"properties":{
	"port":{"$ref":"#/definitions/port","description":"Where it listens.","default":8080},
	"level":{"type":["string","null"],"enum":["low","high",null],"default":null},
	"old":{"type":"boolean","deprecated":true,"examples":[true]},
	"exclude":{"anyOf":[{"type":"string"},{"type":"array","items":{"$ref":"#/definitions/glob"}}]},
	"tools":{"type":"object","patternProperties":{"^x-":{"type":"integer"}},"additionalProperties":{"$ref":"#/definitions/tool"}},
	"tree":{"$ref":"#/definitions/node"},
	"both":{"allOf":[{"properties":{"a":{"type":"string","description":"First."}}},{"properties":{"b":{"type":"integer","default":2}},"required":["a"]}]}},
	"definitions":{
		"port":{"type":"integer","minimum":1,"maximum":65535,"description":"A port."},
		"glob":{"type":"string","x-taplo":{"docs":{"main":"A pattern of files."}}},
		"node":{"type":"object","properties":{"child":{"$ref":"#/definitions/node"},"name":{"type":"string"}}},
		"tool":{"oneOf":[
			{"type":"object","required":["kind","command"],"properties":{"kind":{"const":"exec"},"command":{"type":"string"},"shared":{"type":"boolean","default":true}},"additionalProperties":false},
			{"type":"object","required":["kind","url"],"properties":{"kind":{"const":"http"},"url":{"type":"string","format":"uri"},"shared":{"type":"boolean","default":true}},"additionalProperties":false}]}}}`

func TestLoad_describe(t *testing.T) {
	m := loadModel(t, describedSchema)
	for path, want := range map[string]string{
		"/port":         `{"default":8080,"description":"Where it listens.","maximum":65535,"minimum":1,"type":"integer","x-risk":["unclassed"],"x-unset":"default"}`,
		"/level":        `{"enum":["low","high"],"type":"string","x-risk":["unclassed"],"x-unset":"skip"}`,
		"/old":          `{"deprecated":true,"examples":[true],"type":"boolean","x-risk":["unclassed"],"x-unset":"skip"}`,
		"/exclude":      `{"items":{"description":"A pattern of files.","type":"string","x-risk":["unclassed"],"x-unset":"skip"},"type":["string","array"],"x-risk":["unclassed"],"x-unset":"skip"}`,
		"/exclude/0":    `{"description":"A pattern of files.","type":"string","x-risk":["unclassed"],"x-unset":"skip"}`,
		"/tools/x-a":    `{"type":"integer","x-risk":["unclassed"],"x-unset":"skip"}`,
		"/tree/child":   `{"properties":{"child":{"type":"object","x-risk":["unclassed"],"x-unset":"skip"},"name":{"type":"string","x-risk":["unclassed"],"x-unset":"skip"}},"type":"object","x-risk":["unclassed"],"x-unset":"skip"}`,
		"/tools/a/url":  `{"format":"uri","type":"string","x-risk":["unclassed"],"x-unset":"skip"}`,
		"/tools/a/kind": `{"anyOf":[{"enum":["exec"],"type":"string","x-risk":["unclassed"],"x-unset":"skip","x-when":["kind is exec"]},{"enum":["http"],"type":"string","x-risk":["unclassed"],"x-unset":"skip","x-when":["kind is http"]}]}`,
	} {
		d, ok := m.Describe(pointer(t, path))
		delete(d, "additionalProperties")
		if got := string(tree.Append(nil, d)); !ok || got != want {
			t.Errorf("%s:\n got %s\nwant %s", path, got, want)
		}
	}
	for _, path := range []string{"/nothing", "/port/a", "/tools/a/nothing"} {
		if d, ok := m.Describe(pointer(t, path)); ok {
			t.Errorf("%s: got %v", path, d)
		}
	}
	d, _ := m.Describe(pointer(t, "/tools/a"))
	branches, _ := d["x-branches"].(tree.Object)
	if d["x-tag"] != "kind" || len(branches) != 2 || branches["exec"] == nil || branches["http"] == nil {
		t.Errorf("a union: got %s", tree.Append(nil, d))
	}
	if got, want := strings.Join(m.Children(pointer(t, "/tools/a")), " "), "command kind shared url"; got != want {
		t.Errorf("children: got %s, want %s", got, want)
	}
	if got, want := strings.Join(m.Roots(), " "), "both exclude level old port tools tree"; got != want {
		t.Errorf("roots: got %s, want %s", got, want)
	}
}

func TestLoad_fill(t *testing.T) {
	m := loadModel(t, describedSchema)
	got := m.Fill(object(t, `{"tools":{"a":{"kind":"http","url":"u"},"x-b":3},"both":{"a":"x"},"tree":{"child":{}}}`))
	want := object(t, `{"port":8080,"tools":{"a":{"kind":"http","url":"u","shared":true},"x-b":3},"both":{"a":"x","b":2},"tree":{"child":{}}}`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for path, want := range map[string]any{"/port": int64(8080), "/both/b": int64(2), "/tools/a/shared": true, "/level": nil} {
		if got, ok := m.Default(pointer(t, path)); ok != (want != nil) || !tree.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
	// Defaults that would go on for ever, or are of another type, or null.
	m = loadModel(t, `{"properties":{"a":{"$ref":"#","default":{"b":1}},"b":{"type":"integer","default":"x"},"c":{"type":["null","string"],"default":null}}}`)
	if diff := cmp.Diff(object(t, `{"a":{"b":1}}`), m.Fill(object(t, `{}`))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestLoad_accept(t *testing.T) {
	m := loadModel(t, `{"properties":{"i":{"type":"integer"},"n":{"type":"number"},"l":{"items":{"anyOf":[{"type":"integer"},{"type":"string"}]}},"any":{}}}`)
	got := m.Accept(object(t, `{"i":2.0,"n":2.0,"l":[3.0,"x"],"any":4.0}`), nil)
	want := object(t, `{"i":2,"n":2.0,"l":[3,"x"],"any":4.0}`)
	if !tree.Exactly(got, want) {
		t.Errorf("got %s, want %s", tree.Append(nil, got), tree.Append(nil, want))
	}
}

func TestLoad_search(t *testing.T) {
	m := loadModel(t, describedSchema)
	for query, want := range map[string]string{
		"where does it listen": "/port", "pattern of files": "/exclude/-", "tool command": "/tools/<id>/command", "http": "/tools/<id>",
	} {
		places, _ := m.Search(query)
		var got []string
		for _, p := range places {
			got = append(got, p.Path.String())
		}
		if len(got) == 0 || got[0] != want {
			t.Errorf("%q: got %q, want %s", query, got, want)
		}
	}
}

// The description of a schema of any size fits into a reply, and says how to go on.
func TestLoad_describeLarge(t *testing.T) {
	var properties []string
	for i := range treetest.Cases(3000, 1000) {
		properties = append(properties, fmt.Sprintf(`"property_%d":{"type":"string","description":%q,"enum":["a","b"]}`, i, strings.Repeat("word ", 100)))
	}
	m := loadModel(t, `{"properties":{`+strings.Join(properties, ",")+`,"section":{"properties":{`+strings.Join(properties[:100], ",")+`}}}}`)
	for depth := 1; depth <= schema.MaxDepth; depth++ {
		for path, most := range map[string]int{"": 25 << 10, "/section": 25 << 10} {
			d, _ := m.DescribeTo(pointer(t, path), depth)
			if length := len(tree.Append(nil, d)); length > most {
				t.Errorf("%q with depth %d: %d bytes", path, depth, length)
			}
		}
	}
}
