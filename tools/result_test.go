package tools_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
	"realmconf/tools"
	"realmconf/tools/policy"
)

// result returns what is sent of a tool's reply or error, as package mcp does it.
func result(raw []byte, err error) []byte {
	block := func(text string) any { return tree.Object{"text": text, "type": "text"} }
	sent := tree.Object{
		"resultType": "complete",
		"_meta":      tree.Object{"io.modelcontextprotocol/serverInfo": tree.Object{"name": "realmconf", "title": "realmconf", "version": strings.Repeat("9", 100)}},
	}
	if f := fault.Of(err); f != nil {
		data := tree.Append(nil, f.With("kind", string(f.Kind)).Data)
		sent["content"], sent["isError"] = []any{block(f.Message + "\n"), block(string(data))}, true
	} else {
		value, _ := tree.DecodeObjectUnlimited(raw)
		sent["content"], sent["structuredContent"] = []any{block(string(raw))}, value
	}
	return tree.Append(nil, sent)
}

// call calls a tool, and checks that the result can be sent: it has at most
// MaxResult bytes, its reply is one that the tool's schema allows, and its error
// says what to do, with at least one entry in each of its lists.
func (c *client) call(name string, args tree.Object) (tree.Object, *fault.Fault) {
	c.t.Helper()
	start := time.Now()
	o := c.operations[name]
	raw, err := o.CallTool(c.t.Context(), tools.Caller{Surface: store.Tool}, args)
	if took := time.Since(start); took > 20*time.Second {
		c.t.Errorf("%s took %v", name, took)
	}
	if size := len(result(raw, err)); size > tools.MaxResult {
		c.t.Errorf("%s: the result has %d bytes, want at most %d: %.200s %.300v", name, size, tools.MaxResult, raw, err)
	}
	if err != nil {
		f := fault.Of(err)
		if f.Kind == fault.Internal {
			c.t.Errorf("%s: %v, because %v", name, err, errors.Unwrap(err))
		}
		c.checkError(name, f)
		return nil, f
	}
	reply, err := tree.DecodeObjectUnlimited(raw)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := compile(c.t, o.Output()).Validate(any(reply)); err != nil {
		c.t.Errorf("%s: %v", name, err)
	}
	return reply, nil
}

func (c *client) checkError(name string, f *fault.Fault) {
	c.t.Helper()
	advice := false
	for _, word := range []string{"nothing was", "read ", "repeat", "take ", "did you mean", "give ", "must ", "has ", "set ", "run from", "there is", "edit", "roll back", "no value", "is empty"} {
		advice = advice || strings.Contains(f.Message, word)
	}
	if !advice || len(f.Message) < 20 {
		c.t.Errorf("%s, %s: the text does not say what to do: %.500s", name, f.Kind, f.Message)
	}
	data, err := tree.DecodeObjectUnlimited(tree.Append(nil, f.With("kind", string(f.Kind)).Data))
	if err != nil {
		c.t.Fatal(err)
	}
	if data["kind"] != string(f.Kind) {
		c.t.Errorf("%s: kind %v, want %s", name, data["kind"], f.Kind)
	}
	for member, value := range data {
		if list, isList := value.([]any); isList && len(list) == 0 && data[member+"_omitted"] != nil {
			c.t.Errorf("%s, %s: %s is empty and %v are omitted", name, f.Kind, member, data[member+"_omitted"])
		}
	}
}

// hostileNames returns count different names of a length, with all characters
// that JSON makes longer.
func hostileNames(count, length int) []string {
	const signs = "ab\"\\\x01\x7fé𝕏~/.\n\u2028"
	names := make([]string, count)
	for i := range names {
		name := fmt.Appendf(nil, "%d-", i)
		runes := []rune(signs)
		for n := 0; len(name) < length; n++ {
			name = utf8.AppendRune(name, runes[(len(name)*7+i)%len(runes)])
			if n > 16 { // then a block at a time
				name = append(name, signs...)
			}
		}
		names[i] = string(name)
	}
	return names
}

// table returns an object with each name, and value as its value.
func table(names []string, value any) tree.Object {
	o := tree.Object{}
	for _, name := range names {
		o[name] = value
	}
	return o
}

// toml writes a table with a key for each name.
func toml(header string, names []string, value string) string {
	var b strings.Builder
	b.WriteString(header + "\n")
	for _, name := range names {
		b.WriteString(strings.ReplaceAll(string(tree.Append(nil, name)), "\x7f", `\u007f`) + " = " + value + "\n")
	}
	return b.String()
}

// shape is how giant things are made: few that are long, or many.
type shape struct{ count, length int }

func allShapes() []shape {
	return []shape{{1, 100_000}, {4, 20_000}, {60, 3_000}, {600, 200}, {3_000, 20}}
}

// fewShapes are just above the limit of a result.
func fewShapes() []shape {
	return []shape{{350, 200}, {25, 3_000}, {1, 70_000}}[treetest.Stride(2)-1:]
}

// TestCallTool_giantArguments gives giant names and values to every tool, wherever
// a client can give any: no refusal is too long.
func TestCallTool_giantArguments(t *testing.T) {
	for _, shape := range treetest.Cases(allShapes(), fewShapes()) {
		t.Run(fmt.Sprint(shape.count, " of ", shape.length), func(t *testing.T) {
			names := hostileNames(shape.count, shape.length)
			texts := make([]any, len(names))
			paths := make([]any, len(names))
			var operations []any
			for i, name := range names {
				texts[i], paths[i] = name, tree.Pointer{"agent", name}.String()
				if i < tree.MaxOperations {
					operations = append(operations, tree.Object{"op": "test", "path": paths[i], "value": name})
				}
			}
			long := strings.Join(names, "/")
			zero := int64(0)
			c := clientOf(t, policy.Policy{}, toml("[self_hosted.servers.lab]\nbase_url = \"http://lab\"\n[anthropic.extra]", nil, "1"))
			for _, name := range []string{"get", "schema", "patch", "set", "history", "diff", "rollback"} {
				c.call(name, table(names, int64(1)))
				c.call(name, tree.Object{"path": long, "from": long, "to": long, "limit": long, "config": long, "patch": long, "expected_generation": zero})
			}
			for _, path := range []string{long, "/" + long, "/agent/" + long, "/self_hosted/servers/" + long, "/hooks/entries/" + long} {
				c.call("get", tree.Object{"path": path})
				c.call("get", tree.Object{"path": path, "view": long})
				c.call("schema", tree.Object{"path": path})
				c.call("patch", tree.Object{"expected_generation": int64(1), "operations": []any{tree.Object{"op": "replace", "path": path, "value": long}}})
				c.call("patch", tree.Object{"expected_generation": int64(1), "operations": []any{tree.Object{"op": "move", "from": path, "path": "/agent/model"}}})
				c.call("patch", tree.Object{"expected_generation": int64(1), "operations": []any{tree.Object{"op": long, "path": path, long: long}}})
			}
			c.call("patch", tree.Object{"expected_generation": int64(1), "operations": operations})
			c.call("patch", tree.Object{"expected_generation": int64(1), "patch": tree.Object{}, "allow_drop": texts})
			for _, patch := range []tree.Object{
				table(names, int64(1)),
				{"agent": table(names, int64(1))},
				{"agent": tree.Object{"model": texts}},
				{"shell": tree.Object{"security_mode": long, "security_patterns": []any{int64(1), texts}}},
				{"self_hosted": tree.Object{"servers": table(names, tree.Object{"base_url": int64(1), "unknown": int64(1)})}},
				{"hooks": tree.Object{"entries": []any{tree.Object{"id": long, "point": long}, table(names, long)}}},
				{"models": tree.Object{"anthropic": "realmconf-secret:1:/" + long}},
			} {
				c.call("patch", tree.Object{"expected_generation": int64(1), "patch": patch})
				c.call("set", tree.Object{"expected_generation": int64(1), "config": patch})
			}
		})
	}
}

// TestCallTool_giantRealms calls every tool on files that are giant in every way
// that a file can be: everything is answered or refused with what to do.
func TestCallTool_giantRealms(t *testing.T) {
	const base = "[agent]\nmodel = \"m\"\n[rest]\nport = 1\n"
	each := treetest.Cases(2, 3) * treetest.Stride(2) // each shape and each kind of file, but not each pair
	for i, shape := range treetest.Cases(allShapes(), fewShapes()) {
		names := hostileNames(shape.count, shape.length)
		quoted := strings.ReplaceAll(string(tree.Append(nil, names)), "\x7f", `\u007f`)
		for j, file := range []struct{ what, text string }{
			{"unknown keys", base + toml("[compaction]", names, "1")},
			{"unknown roots", toml("", names, "1") + base},
			{"servers", base + strings.Repeat("\n", 1) + toml("[self_hosted.servers]", names, `{ base_url = "http://a" }`)},
			{"a list", base + "[shell]\nsecurity_patterns = " + quoted + "\n"},
			{"environment", base + "[[tools.mcp_servers]]\nname = \"n\"\ncommand = \"c\"\n" + toml("[tools.mcp_servers.env]", names, `"secret"`)},
			{"prompt", base + toml("", nil, "") + "[repository]\nname = " + quoted + "\n"},
		} {
			if (i+j)%each > 0 {
				continue
			}
			t.Run(fmt.Sprintf("%s, %d of %d", file.what, shape.count, shape.length), func(t *testing.T) {
				c := clientOf(t, policy.Policy{}, base, file.text, file.text+"# more\n")
				if _, f := c.call("get", tree.Object{"path": "/agent/model"}); f != nil {
					t.Errorf("a part: %v", f)
				}
				for _, args := range []tree.Object{{}, {"view": "stored"}, {"path": "/self_hosted"}, {"path": "/compaction"}, {"path": "/shell/security_patterns"}, {"path": "/tools/mcp_servers/0/env"}, {"path": "/compaction/0"}, {"path": "/zzz"}} {
					c.call("get", args)
				}
				for _, args := range []tree.Object{{"from": int64(1)}, {"from": int64(2), "to": int64(1)}, {"from": int64(9)}} {
					c.call("diff", args)
				}
				if _, f := c.call("history", tree.Object{}); f != nil {
					t.Errorf("history: %v", f)
				}
				c.call("schema", tree.Object{"path": "/self_hosted/servers/" + tree.Pointer{names[0]}.String()[1:]})

				model := tree.Object{"agent": tree.Object{"model": "n"}}
				for _, generation := range []int64{1, 3} { // 1 is a conflict
					c.call("patch", tree.Object{"expected_generation": generation, "patch": tree.Object{"self_hosted": nil, "compaction": nil, "shell": nil}, "dry_run": true})
					c.call("patch", tree.Object{"expected_generation": generation, "patch": tree.Object{"self_hosted": nil, "shell": nil, "tools": nil}})
					c.call("patch", tree.Object{"expected_generation": generation, "patch": tree.Object{"shell": tree.Object{"security_patterns": []any{}}}})
					c.call("set", tree.Object{"expected_generation": generation, "config": model})
					c.call("set", tree.Object{"expected_generation": generation, "config": model, "dry_run": true, "allow_drop": []any{"/self_hosted", "/shell", "/tools", "/compaction"}})
					c.call("rollback", tree.Object{"expected_generation": generation, "to": int64(1), "dry_run": true})
					c.call("rollback", tree.Object{"expected_generation": generation, "to": int64(1)})
				}
				_, f := c.call("patch", tree.Object{"expected_generation": int64(3), "patch": model})
				if f != nil && f.Kind != fault.GenerationConflict { // the rollback may have been done
					t.Errorf("a write beside it: %v", f)
				}
			})
		}
	}
}

// TestCallTool_manyWrongKeys: the wrong keys of a file are no reason to refuse a
// read or a write of anything else.
func TestCallTool_manyWrongKeys(t *testing.T) {
	for _, count := range []int{150, 5000} {
		var b strings.Builder
		b.WriteString("[agent]\nmodel = \"m\"\n[rest]\n")
		for i := range count {
			fmt.Fprintf(&b, "a_wrong_key_with_a_long_name_%d = 1\n", i)
		}
		c := clientOf(t, policy.Policy{}, b.String())
		for _, path := range []string{"/agent", "/agent/model", "/rest/port"} {
			reply, f := c.call("get", tree.Object{"path": path})
			warnings, _ := reply["warnings"].([]any)
			if f != nil || len(warnings) == 0 {
				t.Errorf("%d wrong keys, get %s: got %d warnings, %v", count, path, len(warnings), f)
			}
		}
		for tool, args := range map[string]tree.Object{
			"patch":   {"expected_generation": int64(1), "patch": tree.Object{"agent": tree.Object{"model": "n"}}},
			"history": {}, "diff": {"from": int64(1)}, "schema": {},
		} {
			if _, f := c.call(tool, args); f != nil {
				t.Errorf("%d wrong keys, %s: %v", count, tool, f)
			}
		}
		if _, f := c.call("rollback", tree.Object{"expected_generation": int64(2), "to": int64(1)}); f != nil {
			t.Errorf("%d wrong keys, rollback: %v", count, f)
		}
	}
}

// TestCall_giantError: an error of a method can be sent, too, and keeps as much of
// its lists as fits.
func TestCall_giantError(t *testing.T) {
	long := strings.Repeat("\x01", 10_000) // six bytes each, 90 times: above the limit
	c := newClient(t)
	_, err := c.operations["patch"].Call(t.Context(), tools.Caller{Surface: store.RPC}, tree.Object{
		"patch": tree.Object{"self_hosted": tree.Object{"servers": tree.Object{long: table(hostileNames(90, 10), int64(1))}}},
	})
	f := fault.Of(err)
	if f == nil || f.Kind != fault.InvalidConfig {
		t.Fatalf("got %v, want invalid_config", err)
	}
	data, err := tree.DecodeObjectUnlimited(tree.Append(nil, f.Data))
	if err != nil {
		t.Fatal(err)
	}
	issues, _ := data["issues"].([]any)
	if size := len(tree.Append(nil, f.Data)) + len(f.Message); size > 4<<20 || len(issues) < 90 || !strings.HasSuffix(f.Message, "nothing was written") {
		t.Errorf("got %d bytes, %d issues, %.100s", size, len(issues), f.Message)
	}
}
