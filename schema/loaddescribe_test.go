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
	list := loadModel(t, `{"properties":{"rules":{"items":{"properties":{"pattern":{}}}},"servers":{"additionalProperties":{"properties":{"url":{}}}}}}`)
	for path, keyword := range map[string]string{"/rules": "items", "/servers": "additionalProperties"} {
		if d, _ := list.Describe(pointer(t, path)); len(within(d, keyword, "properties")) != 1 {
			t.Errorf("%s: %v, want the keys of an entry", path, d)
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

// readDescription reads all pages of a description and joins them. Each must be below 56
// KiB as the result of a tool.
func readDescription(t *testing.T, m *schema.Model, path string, depth int) (all tree.Object, pages int) {
	t.Helper()
	all = tree.Object{}
	isContinued := false
	for offset := 0; pages == 0 || offset > 0; pages++ {
		page, ok := m.DescribePage(pointer(t, path), depth, offset)
		if !ok {
			t.Fatalf("%s: there is no such place", path)
		}
		text := tree.Append(nil, page.Description)
		if sent := len(text) + len(tree.Append(nil, string(text))); sent > 57<<10 {
			t.Fatalf("%s from %d on: %d bytes in a result", path, offset, sent)
		}
		if page.Next > 0 && page.Next <= offset {
			t.Fatalf("%s: %d is followed by %d", path, offset, page.Next)
		}
		if page.Next > page.Length {
			t.Fatalf("%s: %d of %d parts", path, page.Next, page.Length)
		}
		joinPages(all, page.Description, isContinued)
		_, isContinued = page.Description["x-continues"]
		offset = page.Next
	}
	if isContinued {
		t.Errorf("%s: the last page says that more follows", path)
	}
	return all, pages
}

// joinPages adds a page to those before: texts, lists and objects follow each other.
func joinPages(all, page tree.Object, isContinued bool) {
	for keyword, v := range page {
		switch known := all[keyword].(type) {
		case string:
			all[keyword] = v
			if s, isText := v.(string); isText && isContinued {
				all[keyword] = known + s
			}
		case []any:
			if keyword == "anyOf" {
				next := v.([]any)
				last := known[len(known)-1].(tree.Object)
				if first := next[0].(tree.Object); tree.Equal(first["x-when"], last["x-when"]) {
					delete(first, "x-when")
					joinPages(last, first, isContinued)
					next = next[1:]
				}
				v = next
			}
			all[keyword] = append(known, v.([]any)...)
		case map[string]any:
			joinPages(known, v.(tree.Object), isContinued)
		default:
			all[keyword] = v
		}
	}
}

// largeObject returns a schema of an object with properties whose names begin with a
// prefix.
func largeObject(prefix string, count int) string {
	var properties []string
	for i := range count {
		properties = append(properties, fmt.Sprintf(`"%s_%d":{"type":"string","description":%q}`, prefix, i, strings.Repeat("word \"quoted\" ", 20)))
	}
	return `{"type":"object","properties":{` + strings.Join(properties, ",") + `}}`
}

// Whatever the size of a schema, each page of a description has a bounded length, and the
// pages together have everything.
func TestDescribePage_properties(t *testing.T) {
	count := treetest.Cases(5000, 1000)
	m := loadModel(t, `{"properties":{"large":`+largeObject("p", count)+`,"map":{"patternProperties":{"^x":`+largeObject("q", 700)+`}},"list":{"items":`+largeObject("r", 700)+`}}}`)
	for path, want := range map[string]int{"/large": count, "/map/x1": 700, "/list/0": 700} {
		all, pages := readDescription(t, m, path, 1)
		if got := len(within(all, "properties")); got != want || pages < 2 || all["type"] != "object" || all["x-cut"] == nil {
			t.Errorf("%s: %d properties in %d pages, want %d; %v %v", path, got, pages, want, all["type"], all["x-cut"])
		}
	}
	whole, _ := m.DescribePage(pointer(t, "/large/p_17"), 1, 0)
	if d := whole.Description; whole.IsPart || d["description"] != strings.TrimSpace(strings.Repeat("word \"quoted\" ", 20)) || d["x-cut"] != nil {
		t.Errorf("the place itself: %v", d)
	}
}

func TestDescribePage_texts(t *testing.T) {
	var words, branches []string
	for i := range 5000 {
		words = append(words, fmt.Sprintf("%q", fmt.Sprintf("value %d", i)))
	}
	long := strings.Repeat("long \"words\" \\ and more; ", 4000)
	for i := range 40 {
		branches = append(branches, fmt.Sprintf(`{"type":"object","properties":{"kind":{"const":"k%d"},"same":{"description":"%s"},%s},"required":["kind"]}`, i, strings.Repeat(fmt.Sprint("meaning ", i, " "), 300),
			strings.Trim(strings.TrimPrefix(largeObject(fmt.Sprint("own", i), 30), `{"type":"object","properties":`), "{}")+"}"))
	}
	text := fmt.Sprintf(`{"properties":{"enum":{"enum":[%s]},"text":{"description":%q,"type":"string"},"long":{"enum":["short",%q]},"default":{"type":"array","default":[%s]},"nested":{"type":"object","default":{"a":%q}},"union":{"oneOf":[%s]}}}`,
		strings.Join(words, ","), long, long, strings.Join(words, ","), long, strings.Join(branches, ","))
	m := loadModel(t, text)
	long = strings.TrimSpace(long)
	all, _ := readDescription(t, m, "/enum", 1)
	if values, _ := all["enum"].([]any); len(values) != 5000 || values[4999] != "value 4999" {
		t.Errorf("enum: %d values", len(values))
	}
	if all, _ = readDescription(t, m, "/text", 1); all["description"] != long {
		t.Errorf("description: %d bytes, want %d", len(fmt.Sprint(all["description"])), len(long))
	}
	all, _ = readDescription(t, m, "/long", 1)
	if got, err := tree.DecodeUnlimited([]byte(fmt.Sprint(within(all, "x-json")["enum/1"]))); err != nil || got != long+" " {
		t.Errorf("a long value: %v", err)
	}
	all, _ = readDescription(t, m, "/default", 1)
	if values, _ := all["default"].([]any); len(values) != 5000 || values[4999] != "value 4999" {
		t.Errorf("default: %d values", len(values))
	}
	all, _ = readDescription(t, m, "/nested", 1)
	got, err := tree.DecodeUnlimited([]byte(fmt.Sprint(within(all, "x-json")["default"])))
	if o, _ := got.(tree.Object); err != nil || o["a"] != long+" " {
		t.Errorf("a default that is an object: %v", err)
	}
	all, _ = readDescription(t, m, "/union", 1)
	if keys := within(all, "x-branches", "k39", "keys"); len(within(all, "x-branches")) != 40 || keys["own39_29"] == nil {
		t.Errorf("%d branches, the last one with %v", len(within(all, "x-branches")), keys)
	}
	all, _ = readDescription(t, m, "/union/same", 1)
	meanings, _ := all["anyOf"].([]any)
	if last, _ := meanings[len(meanings)-1].(tree.Object); len(meanings) != 40 || last["description"] != strings.TrimSpace(strings.Repeat("meaning 39 ", 300)) {
		t.Errorf("%d meanings", len(meanings))
	}
	all, _ = readDescription(t, m, "", 1)
	if len(within(all, "properties")) != 6 {
		t.Errorf("sections: %v", within(all, "properties"))
	}
}

// A recursive schema has fewer levels than are asked for, rather than all of them.
func TestDescribePage_recursive(t *testing.T) {
	var properties []string
	for i := range 100 {
		properties = append(properties, fmt.Sprintf(`"p%d":{"$ref":"#"}`, i))
	}
	m := loadModel(t, `{"type":"object","properties":{`+strings.Join(properties, ",")+`}}`)
	all, _ := readDescription(t, m, "/p1/p2", schema.MaxDepth)
	if len(within(all, "properties")) != 100 {
		t.Errorf("%d properties", len(within(all, "properties")))
	}
	if d, _ := m.DescribeTo(pointer(t, ""), schema.MaxDepth); len(tree.Append(nil, d)) > 1<<20 {
		t.Errorf("the levels together have %d bytes", len(tree.Append(nil, d)))
	}
}
