package rpc_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/document"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
	"realmconf/tools"
	"realmconf/tools/policy"
)

// TestServe_leaksNoSecret runs a long session, with every protocol and every
// operation, over a configuration with a canary in every secret, and searches
// all output and the log for the canaries.
func TestServe_leaksNoSecret(t *testing.T) {
	type opening struct {
		configuration func(*testing.T, string) (*runtime.Runtime, func(string))
		stride        int
	}
	stores := 0
	for name, opened := range map[string]opening{"memory": {inMemory, 3}, "files": {onDisk, 9}} {
		if stores++; stores > 2/treetest.Stride(2) {
			break
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			valid, carried := canaryFile(t, "config"), canaryFile(t, "carried")
			rt, edit := opened.configuration(t, valid)
			s := newSession(t, rt, edit)
			s.stride = opened.stride * caseStride() * caseStride()
			s.readAll(valid)
			s.ask(valid)
			s.mistakes(valid)
			s.refusals(valid)
			s.writes(valid)
			s.broken(valid)
			for _, provider := range treetest.Cases([]string{"openai", "anthropic", "gemini"}, []string{"openai"}) {
				s.edit(canaryFile(t, provider))
				s.readAll(canaryFile(t, provider))
			}
			s.edit(carried)
			s.readAll(carried)
			s.mistakes(carried)
			s.keep()
			s.close()
			for _, leak := range leaks(s.output.String()) {
				t.Errorf("leaked %s", leak)
			}
			s.wantMuchDone()
		})
	}
}

// caseStride returns the factor by which a run tries fewer cases than a complete
// one.
func caseStride() int {
	return treetest.Cases(1, 32)
}

func canaryFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../testdata/canaries/" + name + ".toml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// place is the place of a canary in a text; only parts of an address are secret.
type place struct {
	tree.Pointer
	address bool
}

// places returns the places of all canaries in a text.
func places(t *testing.T, text string) (all []place) {
	t.Helper()
	doc, err := document.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var visit func(p tree.Pointer, v any)
	visit = func(p tree.Pointer, v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				visit(p.Child(name), v[name])
			}
		case []any:
			for i, e := range v {
				visit(p.Index(i), e)
			}
		default:
			text := fmt.Sprint(v)
			if slices.ContainsFunc(marks, func(mark string) bool { return strings.Contains(text, mark) }) {
				all = append(all, place{p, strings.Contains(text, "://") || strings.Contains(text, `:\\`) || strings.Contains(text, "@")})
			}
		}
	}
	visit(nil, doc.Tree())
	return all
}

// callers returns the connections that call tools: two whose tools need a
// person, and one whose tools need none.
func (s *session) callers() []*speaker { return []*speaker{s.modern, s.legacy, s.allowed} }

// readAll reads the configuration in every way, whole and in parts, down to
// below each canary.
func (s *session) readAll(text string) {
	s.t.Helper()
	paths := []string{"", "/nowhere"}
	for _, place := range places(s.t, text) {
		p := place.Pointer
		for i := range p {
			paths = append(paths, p[:i+1].String())
		}
		paths = append(paths, p.Child("x").String(), p.String()+"x")
	}
	slices.Sort(paths)
	paths = slices.Compact(paths)
	for i, path := range paths {
		if i%caseStride() != 0 {
			continue
		}
		for _, view := range []string{"resolved", "stored"} {
			s.plain.call("config/get", fmt.Sprintf(`{"path":%q,"view":%q}`, path, view))
			s.modern.tool("get", fmt.Sprintf(`{"path":%q,"view":%q}`, path, view))
		}
		s.legacy.tool("get", fmt.Sprintf(`{"path":%q}`, path))
		s.legacy.tool("schema", fmt.Sprintf(`{"path":%q}`, path))
		s.plain.call("config/schema", fmt.Sprintf(`{"path":%q}`, path))
		s.modern.call("resources/read", fmt.Sprintf(`{"uri":%q}`, "realmconf://config"+path))
		for _, value := range []string{path, path + "/"} {
			s.legacy.call("completion/complete", fmt.Sprintf(`{"ref":{"type":"ref/resource","uri":"realmconf://config/{+path}"},"argument":{"name":"path","value":%q}}`, strings.TrimPrefix(value, "/")))
		}
	}
	now := s.generation()
	for _, c := range s.callers() {
		c.tool("get", `{}`)
		c.tool("schema", `{}`)
		c.tool("history", `{}`)
		for from := max(0, now-10); from <= now; from += treetest.Cases[int64](1, 4) {
			c.tool("diff", fmt.Sprintf(`{"from":%d}`, from))
		}
		c.call("tools/list", `{}`)
		c.call("resources/list", `{}`)
		c.call("resources/templates/list", `{}`)
		c.call("resources/read", `{"uri":"realmconf://config"}`)
		c.call("resources/read", `{"uri":"realmconf://schema"}`)
		for n := max(0, now-5); n <= now+1; n += treetest.Cases[int64](1, 3) {
			c.call("resources/read", fmt.Sprintf(`{"uri":"realmconf://history/%d"}`, n))
		}
		c.call("completion/complete", `{"ref":{"type":"ref/resource","uri":"realmconf://history/{generation}"},"argument":{"name":"generation","value":""}}`)
	}
	s.plain.call("config/get", `{}`)
	s.plain.call("config/history", `{}`)
	s.plain.call("config/diff", `{"from":0}`)
	s.say(s.plain, `{"jsonrpc":"2.0","id":"one","method":"config/get"}`, `{"jsonrpc":"2.0","id":"two","method":"config/get","params":{"view":"stored"}}`)
}

// say sends requests, as a batch if the revision has batches.
func (s *session) say(c *speaker, requests ...string) {
	s.t.Helper()
	c.say("[" + strings.Join(requests, ",") + "]")
	c.receive(func(f tree.Object) bool { _, ok := f["batch"]; return ok || f["error"] != nil })
}

// mistakes writes wrong values into and below each place, and sends operations
// that are impossible there, as a program and as models.
func (s *session) mistakes(text string) {
	s.t.Helper()
	generation := s.generation()
	turn := 0
	for n, place := range places(s.t, text) {
		if n%caseStride() != 0 {
			continue
		}
		p := place.Pointer
		for i, value := range []string{
			`5`, `47114700471`, `true`, `"canary-w"`, `["canary-w",471147]`, `{"x":"canary-w"}`, `[{"id":"x","y":"canary-w"}]`,
			`"https://canary-w:canary-w@[/?canary-w"`, `" https:\\\\canary-w@h"`, `"realmconf-secret:canary-w"`, `"realmconf-secret:1:/canary-w"`,
			`"https://realmconf-secret%3A1%3Acanary-w@h/"`, `"x realmconf-secret:1:/agent canary-w"`,
		} {
			if (i+n)%s.stride != 0 {
				continue // the other mistakes are made at other places
			}
			if parent := p[max(0, len(p)-2)]; parent != "env" && parent != "headers" || slices.Contains(p, "payload") {
				value = strings.NewReplacer("47114700471", `"canary-w"`, "471147", `"canary-w"`).Replace(value) // numbers are not secret there
			}
			there := value
			if place.address && !strings.Contains(value, "://canary") && !strings.Contains(value, "x") {
				there = `"no secret in an address"`
			}
			for at, value := range map[string]string{p.String(): there, p.Child("x").String(): value, p[:len(p)-1].Child("canry").String(): value} {
				operations := fmt.Sprintf(`{"operations":[{"op":"add","path":%q,"value":%s}],"expected_generation":%d,"dry_run":true}`, at, value, generation)
				if turn++; turn%2 == 0 {
					s.plain.call("config/patch", operations)
				} else {
					s.modern.tool("patch", operations)
				}
			}
			merge := there
			for _, token := range slices.Backward(p) {
				merge = fmt.Sprintf(`{%q:%s}`, token, merge)
			}
			if slices.Contains(p, "output_schema") {
				continue // alone it would be a JSON Schema, which is shown
			}
			switch turn % 5 {
			case 0:
				s.legacy.tool("patch", fmt.Sprintf(`{"patch":%s,"expected_generation":%d,"dry_run":true}`, merge, generation))
			case 1, 2:
				s.legacy.tool("patch", fmt.Sprintf(`{"patch":%s,"expected_generation":%d}`, merge, generation))
			case 3:
				s.plain.call("config/set", fmt.Sprintf(`{"config":%s,"dry_run":true}`, merge))
			case 4:
				s.modern.tool("set", fmt.Sprintf(`{"config":%s,"expected_generation":%d,"dry_run":true}`, merge, generation))
			}
		}
		for _, operation := range []string{
			`{"op":"remove","path":%q}`, `{"op":"replace","path":%q,"value":null}`, `{"op":"test","path":%q,"value":"canary-inline"}`,
			`{"op":"test","path":%q,"value":"https://canary-w:p@h"}`, `{"op":"move","from":%q,"path":"/agent/model"}`,
			`{"op":"copy","from":%q,"path":"/agent/model"}`, `{"op":"copy","from":%q,"path":"/realm/team/auth/main/source/secret"}`,
			`{"op":"move","from":%q,"path":"/rest/host"}`, `{"op":"copy","from":%q,"path":"/tools/mcp_servers/0/env/OTHER"}`, `{"op":"move","from":%q,"path":"/no/such"}`,
		} {
			call := fmt.Sprintf(`{"operations":[%s],"expected_generation":%d,"dry_run":true}`, fmt.Sprintf(operation, p), generation)
			s.plain.call("config/patch", call)
			s.modern.tool("patch", call)
			s.modern.tool("patch", strings.Replace(call, "true", "false", 1))
		}
	}
	for i, params := range []string{
		`{"patch":"canary-w"}`, `{"patch":["canary-w"]}`, `{"operations":"canary-w"}`, `{"operations":[{"op":"add","path":"/agent/model","value":{"a":["canary-w"]}}]}`,
		`{"operations":[{"op":"add","path":5,"value":"canary-w"}]}`, `{"operations":["canary-w"]}`, `{"config":"canary-w"}`, `{"patch":{},"reason":["canary-w"]}`,
		`{"patch":{},"expected_generation":"canary-w"}`, `{"patch":{"hooks":{"entries":[{"runtime":{"type":"in_process","name":"a","handler":"b"},"token":"canary-w"}]}}}`,
		`{"patch":{"tools":{"mcp_servers":[{"name":"a","command":"c","env":{"A":"canary-w"}},{"name":"a","command":"c","env":{"A":"canary-x"}}]}}}`,
		`{"patch":{"agent":{"modle":"canary-w"},"modle":"canary-w","shell":{"programm":"canary-w"}},"patch":{}}`, `{"agent":{"modle":"canary-w"}}`, `{"agnt":"canary-w","agent":{}}`,
		`{"patch":{"agent":{"key":"canary-w"}},"allow_drop":"canary-w"}`, `{"patch":{"a":"canary-w"},"return":{"a":"canary-w"}}`,
	} {
		if i%treetest.Cases(1, 4) != 0 {
			continue
		}
		s.plain.call("config/patch", strings.Replace(params, "{", `{"dry_run":true,`, 1))
		s.plain.call("config/set", strings.Replace(params, "{", `{"dry_run":true,`, 1))
		for _, c := range []*speaker{s.modern, s.legacy} {
			c.tool("patch", params)
			c.tool("patch", strings.Replace(params, "{", `{"expected_generation":`+fmt.Sprint(generation)+`,`, 1))
			c.tool("patch", fmt.Sprintf(`{"expected_generation":"%d","patch":%q}`, generation, params))
			c.tool("set", fmt.Sprintf(`{"expected_generation":"%d","config":%q}`, generation, params+"?"))
		}
	}
	for _, line := range []string{
		`{"jsonrpc":"2.0","id":"x","method":"config/patch","params":{"patch":{"agent":{"key":"canary-w}}}}`, `"canary-w"`, `canary-w`,
		`{"jsonrpc":"2.0","id":"x","method":"config/patch","params":"canary-w"}`, `{"jsonrpc":"2.0","id":"x","method":5,"params":{"a":"canary-w"}}`,
		`{"jsonrpc":"2.0","id":"x","method":"config/get","params":{"a":"canary-w","a":"canary-w"}}`, `{"jsonrpc":"2.0","id":"x","result":"canary-w","error":"canary-w"}`,
	} {
		s.plain.say(line)
		s.plain.call("config/get", `{"path":"/agent"}`)
	}
}

// refusals sends valid writes that are refused: by models, which need a person,
// and with an older generation.
func (s *session) refusals(text string) {
	s.t.Helper()
	generation := s.generation()
	for _, c := range []*speaker{s.modern, s.legacy} {
		c.tool("set", fmt.Sprintf(`{"config":{"agent":{"model":"n"}},"expected_generation":%d}`, generation))
		c.tool("rollback", fmt.Sprintf(`{"to":0,"expected_generation":%d}`, generation))
		c.tool("rollback", fmt.Sprintf(`{"to":0,"expected_generation":%d,"dry_run":true}`, generation))
		for _, list := range []string{"/realm/team/backend/main/options/list", "/hooks/entries", "/tools/mcp_servers", "/skills/repositories"} {
			merge := `["canary-other"]`
			for _, token := range slices.Backward(strings.Split(list, "/")[1:]) {
				merge = fmt.Sprintf(`{%q:%s}`, token, merge)
			}
			c.tool("patch", fmt.Sprintf(`{"patch":%s,"expected_generation":%d}`, merge, generation))
			c.tool("patch", fmt.Sprintf(`{"patch":%s,"expected_generation":%d}`, strings.Replace(merge, `["canary-other"]`, `[]`, 1), generation))
			c.tool("patch", fmt.Sprintf(`{"operations":[{"op":"add","path":%q,"value":[]}],"expected_generation":%d}`, list, generation))
			c.tool("patch", fmt.Sprintf(`{"operations":[{"op":"move","from":%q,"path":%q}],"expected_generation":%d}`, list+"/1", list+"/0", generation))
		}
	}
	if got := s.generation(); got != generation {
		s.t.Fatalf("generation %d, want %d: what was to be refused was done", got, generation)
	}
}

// ask asks a person about every secret; the questions are searched, too.
func (s *session) ask(text string) {
	s.t.Helper()
	generation := s.generation()
	asked, shown := 0, 0
	caller := tools.Caller{Name: "editor", Surface: store.Tool, Ask: func(_ context.Context, q policy.Question) (policy.Answer, error) {
		asked++
		if strings.Contains(q.Message, "sent-by-the-client") {
			shown++
		}
		fmt.Fprintf(&s.output, "%s\n%s\n", q.Message, tree.Append(nil, q.Proposal.Tree()))
		return policy.Declined, nil
	}}
	for i, place := range places(s.t, text) {
		if i%treetest.Stride(3) != 0 {
			continue
		}
		p := place.Pointer
		for _, operation := range []tree.Object{
			{"op": "replace", "path": p.String(), "value": "https://sent-by-the-client:x@h/?y"}, {"op": "remove", "path": p[:len(p)-1].String()},
			{"op": "copy", "from": p.String(), "path": "/tools/mcp_servers/0/env/OTHER"}, {"op": "remove", "path": p.String()},
		} {
			for _, o := range s.guarded.All() {
				if o.Name != tools.Patch {
					continue
				}
				_, err := o.CallTool(s.t.Context(), caller, tree.Object{"operations": []any{operation}, "expected_generation": generation})
				if err == nil {
					s.t.Errorf("%s was done", tree.Append(nil, operation))
					continue
				}
				f := fault.Of(err)
				fmt.Fprintf(&s.output, "%s %s\n", f.Message, tree.Append(nil, f.Data))
			}
		}
	}
	if asked < 100/treetest.Stride(3) || shown < asked/5 {
		s.t.Errorf("only %d questions were asked, and %d showed what the client itself had sent", asked, shown)
	}
}
