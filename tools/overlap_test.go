package tools_test

import (
	"strings"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// TestWrite_ifOverlapRefuse: a stale write takes effect if others changed only what it
// does not touch, and tells what they changed. Otherwise it is a conflict, and changes
// nothing.
func TestWrite_ifOverlapRefuse(t *testing.T) {
	const before = "[agent]\nmodel = \"a\" # cheap\n[rest]\nhost = \"h\"\nport = 1\n[retry]\nmax_retries = 3\n[shell]\nsecurity_patterns = [\"x\", \"y\"]\n"
	others := strings.Replace(before, "port = 1", "port = 2 # theirs", 1)
	list := strings.Replace(others, `["x", "y"]`, `["w", "x", "y"]`, 1)
	for _, tt := range []struct {
		name, tool, args, now string
		want                  string // the text afterwards; "" for a conflict
	}{
		{"patch elsewhere", "patch", `{"patch":{"agent":{"model":"b"}}}`, others, strings.Replace(others, `"a"`, `"b"`, 1)},
		{"patch of the same key", "patch", `{"patch":{"rest":{"port":3}}}`, others, ""},
		{"patch to the same value", "patch", `{"patch":{"rest":{"port":2}}}`, others, ""},
		{"patch beside it", "patch", `{"patch":{"rest":{"host":"i"}}}`, others, strings.Replace(others, `"h"`, `"i"`, 1)},
		{"null above it", "patch", `{"patch":{"rest":null}}`, others, ""},
		{"operation elsewhere", "patch", `{"operations":[{"op":"replace","path":"/agent/model","value":"b"}]}`, others, strings.Replace(others, `"a"`, `"b"`, 1)},
		{"a test of the same key", "patch", `{"operations":[{"op":"test","path":"/rest/port","value":2},{"op":"replace","path":"/agent/model","value":"b"}]}`, others, ""},
		{"an index of a list that changed", "patch", `{"operations":[{"op":"replace","path":"/shell/security_patterns/1","value":"z"}]}`, list, ""},
		{"set", "set", `{"config":{"agent":{"model":"b"},"rest":{"host":"h","port":1},"retry":{"max_retries":3},"shell":{"security_patterns":["x","y"]}}}`, others, strings.Replace(others, `"a"`, `"b"`, 1)},
		{"set of the same key", "set", `{"config":{"agent":{"model":"a"},"rest":{"host":"h","port":5},"retry":{"max_retries":3},"shell":{"security_patterns":["x","y"]}}}`, others, ""},
		{"set that leaves a key out", "set", `{"allow_drop":["/retry"],"config":{"agent":{"model":"a"},"rest":{"host":"h","port":1},"shell":{"security_patterns":["x","y"]}}}`, others, strings.Replace(others, "[retry]\nmax_retries = 3\n", "", 1)},
		{"rollback", "rollback", `{"to":1}`, others, ""},
		{"now not TOML", "patch", `{"patch":{"agent":{"model":"b"}}}`, "[rest\n", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, dry := range []bool{true, false} {
				c := clientOf(t, allow(t, "exec,network,path,posture,secret"), before, tt.now)
				args := params(t, tt.args)
				args["expected_generation"], args["dry_run"] = int64(1), dry
				plain, f := c.call(tt.tool, args)
				if f == nil || f.Kind != fault.GenerationConflict {
					t.Errorf("without if_overlap: got %v, %v", plain, f)
				}
				args["if_overlap"] = "refuse"
				reply, f := c.call(tt.tool, args)
				if tt.want == "" {
					if f == nil || f.Kind != fault.GenerationConflict || c.text() != tt.now {
						t.Fatalf("got %v, %v, want a conflict", reply, f)
					}
					if overlaps := tree.Append(nil, f.Data["overlaps"]); tt.now != "[rest\n" && len(overlaps) < 4 {
						t.Errorf("got no overlaps: %v", f)
					}
					continue
				}
				if f != nil || reply["previous_generation"] != int64(2) {
					t.Fatalf("got %v, %v, want the write done on 2", reply, f)
				}
				want := tt.want
				if dry {
					want = tt.now
				}
				if c.text() != want {
					t.Errorf("dry run %t: got\n%s\nwant\n%s", dry, c.text(), want)
				}
				const since = `[{"by":2,"new":2,"old":1,"op":"replace","path":"/rest/port"}]`
				if got := string(tree.Append(nil, reply["changes_since"])); got != since {
					t.Errorf("changes_since: got %s, want %s", got, since)
				}
			}
		})
	}
	c := clientOf(t, policy.Policy{}, before)
	if reply, f := c.call("patch", params(t, `{"if_overlap":"refuse","expected_generation":1,"patch":{"agent":{"model":"b"}}}`)); f != nil || reply["changes_since"] != nil {
		t.Errorf("nothing changed since: got %v, %v", reply, f)
	}
	if _, f := c.call("patch", params(t, `{"if_overlap":"refuse","expected_generation":7,"patch":{"agent":{"model":"c"}}}`)); f == nil || f.Kind != fault.GenerationConflict {
		t.Errorf("a generation that does not exist: got %v", f)
	}
	if _, err := c.method("patch", `{"if_overlap":"refuse","patch":{"agent":{"model":"c"}}}`); !fault.Is(err, fault.InvalidParams) {
		t.Errorf("without a generation: got %v", err)
	}
}

// TestWrite_ifOverlapKeepsSecrets: a set that is rebased resolves tokens of the
// generation that it was read from, and shows no secret.
func TestWrite_ifOverlapKeepsSecrets(t *testing.T) {
	c := clientOf(t, allow(t, "exec,network,path,posture,secret"), guarded, strings.Replace(guarded, "port = 8080", "port = 8081", 1))
	read := clientOf(t, policy.Policy{}, guarded)
	whole, err := read.method("get", `{}`)
	if err != nil {
		t.Fatal(err)
	}
	config := whole["config"].(tree.Object)
	config["agent"].(tree.Object)["model"] = "n"
	reply, f := c.call("set", tree.Object{"config": config, "expected_generation": int64(1), "if_overlap": "refuse", "return": "config"})
	want := strings.NewReplacer("port = 8080", "port = 8081", `model = "m"`, `model = "n"`).Replace(guarded)
	if f != nil || c.text() != want {
		t.Errorf("%v, got\n%s", f, c.text())
	}
	if text := string(tree.Append(nil, reply)); strings.Contains(text, "canary") {
		t.Errorf("the reply shows a secret: %s", text)
	}
}
