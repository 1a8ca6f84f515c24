package runtime_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"realmconf/schema"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

// fullConfig has three entries in each list and map of the model, at least one of
// which nothing else refers to: it can be renamed.
const fullConfig = `{
"hooks":{"entries":[
  {"id":"h1","priority":1,"runtime":{"type":"command","command":"c","args":["a1","a2","a3"],"env":{"E1":"x1","E2":"x2","E3":"x3"}}},
  {"id":"h2","priority":2,"runtime":{"type":"http","url":"https://h","headers":{"H1":"x1","H2":"x2","H3":"x3"}}},
  {"id":"h3","priority":3}]},
"model_fallback":{"chain":[{"model":"m1"},{"model":"m2","provider":"openai"},{"model":"m3"}]},
"models":{"openai":"m","y1":{"provider":"openai","context_window":1},"y2":{"provider":"gemini","context_window":2},"y3":{"provider":"anthropic","context_window":3}},
"presentation":{"html":{"templates":{"x1":{"body":"b1"},"x2":{"body":"b2"},"x3":{"path":"p3"}}}},
"realm":{"x1":{},"x2":{"auth":{"y":{"provider":"openai","auth_method":"none","source":{"kind":"platform_default"}}}},
  "x3":{"auth":{
    "x1":{"provider":"openai","auth_method":"api_key","source":{"kind":"env","env":"K","fallback":["f1","f2","f3"]}},
    "x2":{"provider":"gemini","auth_method":"api_key","source":{"kind":"command","program":"p","args":["a1","a2","a3"],"env":{"E1":"x1","E2":"x2","E3":"x3"}}},
    "x3":{"provider":"anthropic","auth_method":"api_key","source":{"kind":"inline_secret","secret":"sss"}}},
   "backend":{
    "x1":{"provider":"openai","backend_kind":"openai_api"},"x2":{"provider":"gemini","backend_kind":"google_genai"},"x3":{"provider":"anthropic","backend_kind":"anthropic_api"}},
   "binding":{
    "x1":{"backend_profile":"x1","auth_profile":"x1"},"x2":{"backend_profile":"x1","auth_profile":"x1","default_model":"m"},"x3":{"backend_profile":"x1","auth_profile":"x1","default_model":"n"}}}},
"self_hosted":{"default_model":"x1",
  "servers":{"x1":{"base_url":"http://s1"},"x2":{"base_url":"http://s2"},"x3":{"base_url":"http://s3"}},
  "models":{"x1":{"server":"x1","remote_model":"r1","display_name":"d1","family":"f"},"x2":{"server":"x1","remote_model":"r2","display_name":"d2","family":"f"},"x3":{"server":"x1","remote_model":"r3","display_name":"d3","family":"f"}}},
"shell":{"security_patterns":["s1","s2","s3"]},
"skills":{
  "identity":{
    "aliases":[{"alias":"l1","to":{"source_uuid":"00000000-0000-4000-8000-000000000001","skill_name":"n"}},{"alias":"l2","to":{"source_uuid":"00000000-0000-4000-8000-000000000001","skill_name":"n"}},{"alias":"l3","to":{"source_uuid":"00000000-0000-4000-8000-000000000001","skill_name":"n"}}],
    "lineage":[
      {"event_id":"e1","recorded_at_unix_secs":1,"required_from_skills":["q1","q2","q3"],"event":{"event":"split","from":"00000000-0000-4000-8000-000000000001","into":["00000000-0000-4000-8000-000000000001","00000000-0000-4000-8000-000000000002","00000000-0000-4000-8000-000000000003"]}},
      {"event_id":"e2","recorded_at_unix_secs":2,"required_from_skills":["m"],"event":{"event":"merge","to":"00000000-0000-4000-8000-000000000001","from":["00000000-0000-4000-8000-000000000001","00000000-0000-4000-8000-000000000002","00000000-0000-4000-8000-000000000003"]}},
      {"event_id":"e3","recorded_at_unix_secs":3,"required_from_skills":["w"],"event":{"event":"rotate","from":"00000000-0000-4000-8000-000000000003","to":"00000000-0000-4000-8000-000000000002"}}],
    "remaps":[
      {"from":{"source_uuid":"00000000-0000-4000-8000-000000000001","skill_name":"q1"},"to":{"source_uuid":"00000000-0000-4000-8000-000000000001","skill_name":"t"}},
      {"from":{"source_uuid":"00000000-0000-4000-8000-000000000001","skill_name":"q2"},"to":{"source_uuid":"00000000-0000-4000-8000-000000000002","skill_name":"t"}},
      {"from":{"source_uuid":"00000000-0000-4000-8000-000000000001","skill_name":"q3"},"to":{"source_uuid":"00000000-0000-4000-8000-000000000003","skill_name":"t"}},
      {"from":{"source_uuid":"00000000-0000-4000-8000-000000000001","skill_name":"m"},"to":{"source_uuid":"00000000-0000-4000-8000-000000000001","skill_name":"t"}},
      {"from":{"source_uuid":"00000000-0000-4000-8000-000000000002","skill_name":"m"},"to":{"source_uuid":"00000000-0000-4000-8000-000000000001","skill_name":"t"}},
      {"from":{"source_uuid":"00000000-0000-4000-8000-000000000003","skill_name":"m"},"to":{"source_uuid":"00000000-0000-4000-8000-000000000001","skill_name":"t"}},
      {"from":{"source_uuid":"00000000-0000-4000-8000-000000000003","skill_name":"w"},"to":{"source_uuid":"00000000-0000-4000-8000-000000000002","skill_name":"t"}}]},
  "repositories":[
    {"name":"r1","source_uuid":"00000000-0000-4000-8000-000000000001","type":"stdio","command":"c","args":["a1","a2","a3"],"env":{"E1":"x1","E2":"x2","E3":"x3"}},
    {"name":"r2","source_uuid":"00000000-0000-4000-8000-000000000002","type":"filesystem","path":"p2"},
    {"name":"r3","source_uuid":"00000000-0000-4000-8000-000000000003","type":"filesystem","path":"p3"}]},
"tools":{
  "mcp_servers":[
    {"name":"m1","command":"c","args":["a1","a2","a3"],"env":{"E1":"x1","E2":"x2","E3":"x3"}},
    {"name":"m2","url":"https://m","headers":{"H1":"x1","H2":"x2","H3":"x3"}},
    {"name":"m3","command":"c3"}],
  "tool_timeouts":{"x1":{"nanos":0,"secs":1},"x2":{"nanos":0,"secs":2},"x3":{"nanos":0,"secs":3}}}}`

// collections are the lists and maps of a configuration that have three entries or
// more.
func collections(model *schema.Model, p tree.Pointer, v any) []tree.Pointer {
	var found []tree.Pointer
	switch v := v.(type) {
	case map[string]any:
		names := slices.Sorted(maps.Keys(v))
		if len(names) >= 3 && !slices.ContainsFunc(names, func(name string) bool { return model.Declares(p.Child(name)) && name != "openai" }) {
			found = append(found, p)
		}
		for _, name := range names {
			found = append(found, collections(model, p.Child(name), v[name])...)
		}
	case []any:
		if len(v) >= 3 {
			found = append(found, p)
		}
		for i, entry := range v {
			found = append(found, collections(model, p.Index(i), entry)...)
		}
	}
	return found
}

// The lists and maps of fullConfig are those of the model.
func TestFullConfig_hasAllCollections(t *testing.T) {
	model := meerkat.New()
	config := object(t, fullConfig)
	if issues := model.Check(config).Issues; issues.Count > 0 {
		t.Fatalf("got %v", issues)
	}
	places := make(map[string]bool)
	for _, p := range collections(model, nil, config) {
		place := ""
		for i, name := range p {
			switch _, isIndex := tree.ArrayIndex(name); {
			case isIndex:
				place += "/-"
			case model.Declares(p[:i+1]):
				place += "/" + name
			default:
				place += "/*"
			}
		}
		places[place] = true
	}
	const want = 31 // additionalProperties with a schema, and items, in the model's JSON Schema
	if len(places) != want {
		t.Errorf("got %d lists and maps, want %d: %v", len(places), want, slices.Sorted(maps.Keys(places)))
	}
}

// commentedText is a text with a comment at every place where one may be. Each comment
// ends with the id of the value that it is about.
type commentedText struct {
	b        strings.Builder
	ids      int
	isInline func() bool // draws the form of a table or list
	comments map[string][]string
}

// comment returns a comment about an id.
func (c *commentedText) comment(id, word string) string {
	text := "# " + word + " " + id
	c.comments[id] = append(c.comments[id], text)
	return text + "\n"
}

func (c *commentedText) id() string {
	c.ids++
	return fmt.Sprintf("v%d.", c.ids)
}

// table writes a table's keys, and then the tables in it. It returns the ids: an
// object with those of the members, and its own as "#".
func (c *commentedText) table(path []string, open string, o tree.Object) tree.Object {
	id := c.id()
	ids := tree.Object{"#": id}
	if len(path) > 0 {
		c.b.WriteString("\n" + c.comment(id, "above"))
		closing := strings.ReplaceAll(open, "[", "]")
		c.b.WriteString(open + strings.Join(path, ".") + closing + " " + c.comment(id, "header"))
	}
	var below []string
	for _, name := range slices.Sorted(maps.Keys(o)) {
		switch v := o[name].(type) {
		case map[string]any:
			if !c.isInline() {
				below = append(below, name)
				continue
			}
			ids[name] = c.entry(name, v)
		case []any:
			if _, isTables := v[0].(map[string]any); isTables && !c.isInline() {
				below = append(below, name)
				continue
			}
			c.b.WriteString(name + " = [\n")
			var entries []any
			for _, e := range v {
				id := c.id()
				c.b.WriteString("  " + c.comment(id, "above") + "  " + inlineTOML(e) + ", " + c.comment(id, "behind"))
				entries = append(entries, idsOf(e, id))
			}
			c.b.WriteString("]\n")
			ids[name] = entries
		default:
			ids[name] = c.entry(name, v)
		}
	}
	for _, name := range below {
		inner := append(slices.Clip(path), name)
		switch v := o[name].(type) {
		case map[string]any:
			ids[name] = c.table(inner, "[", v)
		case []any:
			var entries []any
			for _, e := range v {
				entries = append(entries, c.table(inner, "[[", e.(map[string]any)))
			}
			ids[name] = entries
		}
	}
	return ids
}

// entry writes a key with its value on one line.
func (c *commentedText) entry(name string, v any) any {
	id := c.id()
	c.b.WriteString(c.comment(id, "above") + name + " = " + inlineTOML(v) + " " + c.comment(id, "behind"))
	return idsOf(v, id)
}

// idsOf returns the ids in a value without comments inside.
func idsOf(v any, id string) any {
	switch v := v.(type) {
	case map[string]any:
		o := tree.Object{"#": id}
		for name, member := range v {
			o[name] = idsOf(member, "")
		}
		return o
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = idsOf(v[i], "")
		}
		return list
	}
	return id
}

// inlineTOML returns a value on one line.
func inlineTOML(v any) string {
	switch v := v.(type) {
	case map[string]any:
		var members []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			members = append(members, name+" = "+inlineTOML(v[name]))
		}
		return "{ " + strings.Join(members, ", ") + " }"
	case []any:
		var entries []string
		for _, e := range v {
			entries = append(entries, inlineTOML(e))
		}
		return "[ " + strings.Join(entries, ", ") + " ]"
	}
	return string(tree.Append(nil, v))
}
