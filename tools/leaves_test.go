package tools_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// changed returns the changes of a reply, one "op path" for each.
func changed(reply tree.Object, member string) []string {
	var lines []string
	for _, c := range reply[member].([]any) {
		lines = append(lines, fmt.Sprint(c.(tree.Object)["op"], " ", c.(tree.Object)["path"]))
	}
	return lines
}

// TestLeaves_twoWriters: two writers set two keys of a section that the file does not
// have, in either order. Each change names one key, neither is in the way of the other,
// and to take back the first write leaves the second: by revert, and by a patch with
// null for each change of the report.
func TestLeaves_twoWriters(t *testing.T) {
	const bob, alice = `{"retry":{"max_retries":9}}`, `{"retry":{"multiplier":3.5}}`
	const bobs, alices = "/retry/max_retries", "/retry/multiplier"
	for _, tt := range []struct{ name, first, second, firstPath, secondPath, left string }{
		{"bob first", bob, alice, bobs, alices, "[retry]\nmultiplier = 3.5\n"},
		{"alice first", alice, bob, alices, bobs, "[retry]\nmax_retries = 9\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := clientOf(t, allow(t, "posture"), "[agent]\nmodel = \"m\"\n")
			write := func(tool string, expected int64, args string) (tree.Object, *fault.Fault) {
				t.Helper()
				full := params(t, args)
				full["expected_generation"] = expected
				return c.call(tool, full)
			}
			reply, f := write("patch", 1, `{"patch":`+tt.first+`}`)
			if want := []string{"add " + tt.firstPath}; f != nil || !slices.Equal(changed(reply, "changes"), want) {
				t.Fatalf("the first write: got %v, %v, want %q", reply, f, want)
			}
			_, f = write("patch", 1, `{"patch":`+tt.second+`}`)
			if f == nil || len(f.Data["overlaps"].([]any)) > 0 || !strings.Contains(f.Message, "nothing you touch has changed") {
				t.Errorf("the second write, stale: got %v, want a conflict without overlaps", f)
			}
			reply, f = write("patch", 1, `{"if_overlap":"refuse","patch":`+tt.second+`}`)
			if want := []string{"add " + tt.secondPath}; f != nil || !slices.Equal(changed(reply, "changes"), want) {
				t.Fatalf("the second write: got %v, %v, want %q", reply, f, want)
			}
			history, err := c.method("history", `{"path":"`+tt.firstPath+`"}`)
			if err != nil {
				t.Fatal(err)
			}
			entries := history["entries"].([]any)
			if got := string(tree.Append(nil, entries[0].(tree.Object)["paths"])); len(entries) != 1 || got != `["`+tt.firstPath+`"]` {
				t.Errorf("history of %s: got %d entries, the newest with %s", tt.firstPath, len(entries), got)
			}
			for _, undo := range []struct{ tool, args string }{
				{"revert", `{"generation":2,"dry_run":true}`},
				{"patch", `{"dry_run":true,"patch":` + nullsOf(t, c, 1, 2) + `}`},
			} {
				reply, f := write(undo.tool, 3, undo.args)
				if want := []string{"remove " + tt.firstPath}; f != nil || !slices.Equal(changed(reply, "changes"), want) {
					t.Errorf("undone with %s %s: got %v, %v, want %q", undo.tool, undo.args, reply, f, want)
				}
			}
			if _, f := write("revert", 3, `{"generation":2}`); f != nil {
				t.Fatal(f)
			}
			if got, want := strings.ReplaceAll(c.text(), "\n\n", "\n"), "[agent]\nmodel = \"m\"\n"+tt.left; got != want {
				t.Errorf("after the undo: got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// nullsOf returns the patch that takes back the one key that a report adds.
func nullsOf(t *testing.T, c *client, from, to int) string {
	t.Helper()
	report, err := c.method("diff", fmt.Sprintf(`{"from":%d,"to":%d}`, from, to))
	if err != nil {
		t.Fatal(err)
	}
	changes := report["changes"].([]any)
	if len(changes) != 1 {
		t.Fatalf("got %d changes, want 1", len(changes))
	}
	p, err := tree.ParsePointer(changes[0].(tree.Object)["path"].(string))
	if err != nil {
		t.Fatal(err)
	}
	var patch any
	for i := len(p) - 1; i >= 0; i-- {
		patch = tree.Object{p[i]: patch}
	}
	return string(tree.Append(nil, patch))
}

// TestLeaves_removedSection: a set that leaves a section out takes back only the keys
// that it knew. A key that somebody else added since stays, and so does the section.
func TestLeaves_removedSection(t *testing.T) {
	const before = "[agent]\nmodel = \"m\"\n[retry]\nmax_retries = 9\n"
	now := before + "multiplier = 3.5 # theirs\n"
	for _, tt := range []struct{ name, now, want string }{
		{"somebody added a key", now, "[agent]\nmodel = \"m\"\n[retry]\nmultiplier = 3.5 # theirs\n"},
		{"somebody changed another section", strings.Replace(before, `"m"`, `"n"`, 1), "[agent]\nmodel = \"n\"\n"},
	} {
		c := clientOf(t, allow(t, "posture"), before, tt.now)
		args := params(t, `{"allow_drop":["/retry"],"if_overlap":"refuse","expected_generation":1,"config":{"agent":{"model":"m"}}}`)
		if _, f := c.call("set", args); f != nil || c.text() != tt.want {
			t.Errorf("%s: got %v\n%s\nwant\n%s", tt.name, f, c.text(), tt.want)
		}
	}
}

// TestLeaves_watch: an event about a new section tells its keys, and is no event for
// a client that watches another key of it.
func TestLeaves_watch(t *testing.T) {
	c := clientOf(t, allow(t, "posture"), "", "[retry]\nmax_retries = 9\nmultiplier = 3.5\n")
	comparison, err := c.rt.Compare(t.Context(), 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	event := &runtime.Event{Comparison: *comparison}
	if got := fmt.Sprint(changesOf(event)); got != "[/retry/max_retries /retry/multiplier]" {
		t.Errorf("got changes of %s", got)
	}
}

func changesOf(e *runtime.Event) []tree.Pointer {
	var places []tree.Pointer
	for _, c := range e.ShownChanges() {
		places = append(places, c.Path)
	}
	return places
}

// TestLeaves_entries: a change of a map lists the keys that come or go, and an entry of
// a list as one, with its identity, also if its list comes or goes.
func TestLeaves_entries(t *testing.T) {
	const server = "[self_hosted.servers.lab]\nbase_url = \"http://lab\"\n"
	const hooks = "[[hooks.entries]]\nid = \"a\"\npoint = \"run_started\"\n[[hooks.entries]]\nid = \"b\"\npoint = \"run_started\"\n"
	c := clientOf(t, allow(t, "posture"), "", server+hooks+"[shell]\nsecurity_patterns = [\"x\", \"y\"]\n[rest]\n", "")
	for _, tt := range []struct{ op, params string }{{"add", `{"from":1,"to":2}`}, {"remove", `{"from":2,"to":3}`}} {
		reply, err := c.method("diff", tt.params)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, path := range []string{"/hooks/entries/0", "/hooks/entries/1", "/rest", "/self_hosted/servers/lab/base_url", "/shell/security_patterns"} {
			want = append(want, tt.op+" "+path)
		}
		if got := changed(reply, "changes"); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", tt.op, got, want)
		}
		if key := reply["changes"].([]any)[1].(tree.Object)["key"]; key != "b" {
			t.Errorf("%s: the second hook has the key %v", tt.op, key)
		}
	}
}

// TestLeaves_limits: a section of many keys fits into a reply, which counts what it
// leaves out; the history names the first keys of it.
func TestLeaves_limits(t *testing.T) {
	var section strings.Builder
	section.WriteString("[models]\n")
	const count = 3000
	for i := range count {
		fmt.Fprintf(&section, "model-%d = \"%s\"\n", i, strings.Repeat("x", 20))
	}
	c := clientOf(t, allow(t, "posture"), "", section.String())
	reply, err := c.tool("diff", `{"from":1}`)
	if err != nil {
		t.Fatal(err)
	}
	shown := len(reply["changes"].([]any))
	if omitted := reply["changes_omitted"]; shown < 100 || omitted != int64(count-shown) {
		t.Errorf("got %d changes and %v omitted, want %d together", shown, omitted, count)
	}
	_, err = c.tool("patch", `{"patch":{"agent":{"model":"m"}},"expected_generation":1}`)
	data := params(t, string(tree.Append(nil, fault.Of(err).Data)))
	shown = len(data["changes"].([]any))
	if omitted := data["changes_omitted"]; shown < 100 || omitted != int64(count-shown) {
		t.Errorf("a conflict: got %d changes and %v omitted, want %d together", shown, omitted, count)
	}
	reply, err = c.tool("history", `{}`)
	if err != nil {
		t.Fatal(err)
	}
	entry := reply["entries"].([]any)[0].(tree.Object)
	if got := len(entry["paths"].([]any)); got != 20 || entry["path_count"] != int64(count) {
		t.Errorf("history: got %d paths of %v, want 20 of %d", got, entry["path_count"], count)
	}
}
