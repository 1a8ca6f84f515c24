package tools

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/schema"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// TestLimit_encode: a reply loses no more than it must, step by step.
func TestLimit_encode(t *testing.T) {
	text := func(size int) string { return strings.Repeat("x", size) }
	l := limit{bytes: 100_000}
	many := make([]tree.Change, 1000)
	for i := range many {
		many[i] = tree.Change{Op: "add", Path: tree.Pointer{text(300)}, New: text(300)}
	}
	warnings := func(size int) []schema.Issue {
		return slices.Repeat([]schema.Issue{{Kind: schema.UnknownKey, Message: text(size / 100)}}, 100)
	}
	for _, tt := range []struct {
		name     string
		config   int
		warnings []schema.Issue
		changes  []tree.Change
		want     string
	}{
		{"all fits", 80_000, warnings(100), nil, "changed changes config warnings"},
		{"a long configuration", 200_000, warnings(100), []tree.Change{{Op: "add", New: text(50_000)}}, "changed changes config_omitted warnings"},
		{"a long value", 100, warnings(100), []tree.Change{{Op: "add", New: text(200_000)}}, "changed changes config_omitted warnings"},
		{"many changes", 100, warnings(100), many, "changed changes changes_omitted config_omitted warnings"},
		{"many warnings", 100, warnings(200_000), nil, "changed changes config warnings warnings_omitted"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			raw := l.encode(tree.Object{
				"changed": true, "changes": tt.changes, "config": json.RawMessage(tree.Append(nil, text(tt.config))), "warnings": tt.warnings,
			})
			reply, err := tree.DecodeObjectUnlimited(raw)
			if err != nil || len(raw) > l.bytes {
				t.Fatalf("got %d bytes, %v, want at most %d", len(raw), err, l.bytes)
			}
			if got := strings.Join(slices.Sorted(maps.Keys(reply)), " "); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	reply, err := tree.DecodeObjectUnlimited(toolLimit.encode(tree.Object{"changed": true, "changes": many, "config": tree.Object{}}))
	if err != nil {
		t.Fatal(err)
	}
	kept, _ := reply["changes"].([]any)
	if len(kept) < 50 || reply["changes_omitted"] != int64(len(many)-len(kept)) {
		t.Errorf("a tool's many changes: got %d and %v omitted, want %d together", len(kept), reply["changes_omitted"], len(many))
	}
}

// TestLimit_encode_limit: a reply of exactly the limit keeps everything, and with
// one more byte it loses the configuration.
func TestLimit_encode_limit(t *testing.T) {
	for _, l := range []limit{methodLimit, toolLimit} {
		each := l.sent([]byte{'x'})
		rest := l.sent(tree.Append(nil, tree.Object{"changed": true, "config": ""}))
		for extra, want := range map[int]bool{0: true, 1: false} {
			text := l.encode(tree.Object{"changed": true, "config": strings.Repeat("x", (l.bytes-rest)/each+extra)})
			reply, err := tree.DecodeObjectUnlimited(text)
			if err != nil {
				t.Fatal(err)
			}
			_, kept := reply["config"]
			if kept != want || (reply["config_omitted"] == true) == want {
				t.Errorf("limit %d, %d bytes more: config kept %t, want %t", l.bytes, extra, kept, want)
			}
		}
	}
}

// TestMinimalReply: the shortest reply to a write says what is not in it.
func TestMinimalReply(t *testing.T) {
	const want = `{"changed":true,"changes_omitted":2,"config_omitted":true,"warnings_omitted":1}`
	got := minimalReply(tree.Object{"changed": true, "changes": make([]tree.Change, 2), "config": "x", "warnings": make([]schema.Issue, 1)})
	if string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestLimit_encode_work: a reply that is far too long is encoded once: what is
// allocated does not grow with the number of steps.
func TestLimit_encode_work(t *testing.T) {
	changes := make([]tree.Change, 30_000)
	for i := range changes {
		changes[i] = tree.Change{Op: "remove", Path: tree.Pointer{fmt.Sprintf("k%05d", i)}, Old: int64(1)}
	}
	most := uint64(70 << 20)
	if treetest.RaceFactor > 1 { // the race detector allocates a little more
		most += most / 10
	}
	for _, l := range []limit{toolLimit, {bytes: 1 << 20}}[:2/treetest.Stride(2)] {
		got := treetest.AllocatedBytes(func() { l.encode(tree.Object{"changed": true, "changes": changes}) })
		if got > most {
			t.Errorf("limit %d: %d KiB were allocated", l.bytes, got>>10)
		}
	}
}

// TestEncodeEntries: a history reply for a model keeps the newest entries that fit,
// one at least.
func TestEncodeEntries(t *testing.T) {
	for _, tt := range []struct{ entries, size, kept int }{
		{3, 100, 3},
		{100, 250, 100},
		{100, 1000, 31},
		{100, 5000, 6},
		{2, 40_000, 1},
		{1, 100_000, 1},
	} {
		var list []any
		for i := range tt.entries {
			list = append(list, tree.Object{"generation": int64(1000 - i), "reason": strings.Repeat("x", tt.size)})
		}
		text, err := encodeEntries(tree.Object{"generation": int64(1000), "entries": list}, nil)
		if err != nil {
			t.Fatal(err)
		}
		reply, err := tree.DecodeObjectUnlimited(text)
		if err != nil {
			t.Fatal(err)
		}
		if !toolLimit.fits(text) {
			t.Errorf("%d of %d bytes: %d bytes are too long", tt.entries, tt.size, len(text))
		}
		kept := reply["entries"].([]any)
		if len(kept) != tt.kept || kept[0].(tree.Object)["generation"] != int64(1000) {
			t.Errorf("%d of %d bytes: got %d, want %d", tt.entries, tt.size, len(kept), tt.kept)
		}
		var want any
		if tt.kept < tt.entries {
			want = kept[len(kept)-1].(tree.Object)["generation"]
		}
		if reply["next_before"] != want {
			t.Errorf("%d of %d bytes: next_before %v, want %v", tt.entries, tt.size, reply["next_before"], want)
		}
	}
}

// TestEncodeShort_changes: a difference for a model loses long values, then all but
// short ones, then the last changes.
func TestEncodeShort_changes(t *testing.T) {
	changes := func(n, size int) []tree.Change {
		list := []tree.Change{{Op: "add", Path: tree.Pointer{"short"}, New: "x"}}
		for i := range n {
			list = append(list, tree.Change{Op: "add", Path: tree.Pointer{fmt.Sprint("k", i)}, New: strings.Repeat("x", size)})
		}
		return list
	}
	for _, tt := range []struct {
		name          string
		changes       []tree.Change
		values, sizes int // of how many changes the reply has them, at least
	}{
		{"short", changes(5, 5000), 6, 0},
		{"long values", changes(20, 5000), 1, 20},
		{"many values", changes(100, 3000), 1, 100},
		{"too many", changes(700, 3000), 1, 300},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text, err := encodeShort(tree.Object{"from": int64(1), "to": int64(2), "changes": tt.changes}, nil)
			values, sizes := strings.Count(string(text), `"new":`), strings.Count(string(text), `"new_bytes":`)
			if err != nil || values != tt.values || sizes < tt.sizes || !toolLimit.fits(text) {
				t.Errorf("got %d values and %d sizes in %d bytes, %v, want %d and %d", values, sizes, len(text), err, tt.values, tt.sizes)
			}
			reply, err := tree.DecodeObjectUnlimited(text)
			if err != nil {
				t.Fatal(err)
			}
			omitted, _ := reply["changes_omitted"].(int64)
			if values+sizes+int(omitted) != len(tt.changes) {
				t.Errorf("got %d of %d changes, %d omitted", values+sizes, len(tt.changes), omitted)
			}
		})
	}
}

// TestEncodeConfig: a read that is too long for a model is refused with the
// sizes of the parts, the largest first.
func TestEncodeConfig(t *testing.T) {
	long := strings.Repeat("x", MaxResult)
	many := make([]any, 150)
	for i := range many {
		many[i] = strings.Repeat("x", 1000+i)
	}
	for _, tt := range []struct {
		name, path string
		value      any
		message    string
		children   string // the beginning of the list
		count      int
	}{
		{"an object", "/a", tree.Object{"b": long, "c": "x", "d": "xx"}, "/a has 131184 bytes in a result, and 65536 is the limit: read one of its parts (children has their sizes), or read it page by page with offset 0",
			`[{"bytes":131078,"path":"/a/b"},{"bytes":10,"path":"/a/d"},{"bytes":8,"path":"/a/c"}]`, 3},
		{"equal sizes", "", tree.Object{"b": long, "d/e": "x", "c": "x"}, "the configuration has 131182 bytes in a result, and 65536 is the limit: read one of its parts (children has their sizes), or read it page by page with offset 0",
			`[{"bytes":131078,"path":"/b"},{"bytes":8,"path":"/c"},{"bytes":8,"path":"/d~1e"}]`, 3},
		{"a list", "/l", many, "/l has ", `[{"bytes":2304,"path":"/l/149"},{"bytes":2302,"path":"/l/148"},`, 20},
		{"a text", "/t", long, "/t has 131128 bytes in a result, and 65536 is the limit: read it part by part with offset 0", `[]`, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text, err := encodeConfig(func(tree.Pointer) string { return "" }, tree.Object{"value": tt.value, "path": tt.path}, tree.Object{"path": tt.path}, realmWords())
			f := fault.Of(err)
			if f == nil || f.Kind != fault.TooLarge || f.Data["path"] != tt.path || !strings.HasPrefix(f.Message, tt.message) {
				t.Fatalf("got %d bytes, %v, want too_large: %s", len(text), err, tt.message)
			}
			children := f.Data["children"].([]any)
			if got := string(tree.Append(nil, children)); len(children) != tt.count || !strings.HasPrefix(got, tt.children) {
				t.Errorf("got %d children: %.200s, want %d: %s", len(children), got, tt.count, tt.children)
			}
		})
	}
}

// TestEncodeConfig_limit: a reply of exactly the limit fits, and a longer one does
// not.
func TestEncodeConfig_limit(t *testing.T) {
	params := tree.Object{"path": "/t"}
	rest := toolLimit.sent(tree.Append(nil, tree.Object{"path": "/t", "value": ""}))
	for extra, fits := range map[int]bool{0: true, 1: false} {
		text, err := encodeConfig(func(tree.Pointer) string { return "" }, tree.Object{"path": "/t", "value": strings.Repeat("x", (toolLimit.bytes-rest)/2+extra)}, params, realmWords())
		if (err == nil) != fits || fits && toolLimit.sent(text) < toolLimit.bytes-1 {
			t.Errorf("%d bytes more: got %d bytes, %v, want it to fit: %t", extra, len(text), err, fits)
		}
	}
}
