package tools

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// TestWriteEncoder_encode: a method's reply loses no more than it must, step by step.
func TestWriteEncoder_encode(t *testing.T) {
	text := func(size int) string { return strings.Repeat("x", size) }
	many := make([]tree.Change, 2000)
	for i := range many {
		many[i] = tree.Change{Op: "add", Path: tree.Pointer{"a"}, New: text(4000)}
	}
	for _, tt := range []struct {
		name             string
		config, warnings int
		changes          []tree.Change
		want             string
	}{
		{"all fits", 4_000_000, 100, nil, "changed changes config warnings"},
		{"a long configuration", 5_000_000, 100, []tree.Change{{Op: "add", New: text(100_000)}}, "changed changes config_omitted warnings"},
		{"a long value", 100, 100, []tree.Change{{Op: "add", New: text(5_000_000)}}, "changed changes config_omitted warnings"},
		{"many changes", 100, 100, many, "changed changes_omitted config_omitted warnings"},
		{"many warnings", 100, 5_000_000, nil, "changed changes_omitted config_omitted warnings_omitted"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			raw := methodEncoder.encode(tree.Object{
				"changed": true, "changes": tt.changes, "config": json.RawMessage(tree.Append(nil, text(tt.config))), "warnings": text(tt.warnings),
			})
			reply, err := tree.DecodeObject(raw)
			if err != nil || len(raw) > methodEncoder.limit {
				t.Fatalf("got %d bytes, %v, want at most %d", len(raw), err, methodEncoder.limit)
			}
			if got := strings.Join(slices.Sorted(maps.Keys(reply)), " "); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	raw := toolEncoder.encode(tree.Object{"changed": true, "changes": many, "config": tree.Object{}})
	if want := `{"changed":true,"changes_omitted":true,"config_omitted":true}`; string(raw) != want {
		t.Errorf("a tool's many changes: got %.200s, want %s", raw, want)
	}
}

// TestWriteEncoder_encode_limit: a reply of exactly the limit keeps everything,
// and with one more byte it loses the configuration first.
func TestWriteEncoder_encode_limit(t *testing.T) {
	rest := len(tree.Append(nil, tree.Object{"changed": true, "config": ""}))
	for _, encoder := range []writeEncoder{methodEncoder, toolEncoder} {
		for extra, want := range map[int]bool{0: true, 1: false} {
			text := encoder.encode(tree.Object{"changed": true, "config": strings.Repeat("x", encoder.limit-rest+extra)})
			reply, err := tree.DecodeObject(text)
			if err != nil {
				t.Fatal(err)
			}
			_, kept := reply["config"]
			if kept != want || (reply["config_omitted"] == true) == want {
				t.Errorf("limit %d, %d bytes more: config kept %t, want %t", encoder.limit, extra, kept, want)
			}
		}
	}
	const want = `{"changed":true,"changes_omitted":true,"config_omitted":true,"warnings_omitted":true}`
	if got := minimalEncoder.encode(tree.Object{"changed": true, "changes": []tree.Change{}, "config": "x", "warnings": "x"}); string(got) != want {
		t.Errorf("the shortest: got %s, want %s", got, want)
	}
}

// TestEncodeEntries: a history reply for a model keeps the newest entries that fit
// into 64 KiB, one at least.
func TestEncodeEntries(t *testing.T) {
	for _, tt := range []struct{ entries, size, kept int }{
		{3, 100, 3},
		{100, 600, 100},
		{100, 1000, 50},
		{100, 5000, 13},
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
		reply, err := tree.DecodeObject(text)
		if err != nil {
			t.Fatal(err)
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

// TestEncodeChanges: a difference for a model loses long values, then all
// values, and is refused if that is not enough.
func TestEncodeChanges(t *testing.T) {
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
		values, sizes int // of how many changes the reply has them; -1: refused
	}{
		{"short", changes(10, 5000), 11, 0},
		{"long values", changes(20, 5000), 1, 20},
		{"many values", changes(100, 3000), 0, 101},
		{"too many", changes(3000, 3000), -1, -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text, err := encodeChanges(tree.Object{"from": int64(1), "to": int64(2), "changes": tt.changes}, nil)
			if tt.values < 0 {
				f := fault.Of(err)
				if f == nil || f.Kind != fault.TooLarge || f.Data["limit"] != maxToolReply || !strings.Contains(f.Message, "compare generations that are closer together") {
					t.Errorf("got %d bytes, %v, want too_large", len(text), err)
				}
				return
			}
			if values, sizes := strings.Count(string(text), `"new":`), strings.Count(string(text), `"new_bytes":`); err != nil || values != tt.values || sizes != tt.sizes || len(text) > maxToolReply {
				t.Errorf("got %d values and %d sizes in %d bytes, %v, want %d and %d", values, sizes, len(text), err, tt.values, tt.sizes)
			}
		})
	}
}

// TestEncodeConfig: a read that is too long for a model is refused with the
// sizes of the parts, the largest first.
func TestEncodeConfig(t *testing.T) {
	long := strings.Repeat("x", maxToolReply)
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
		{"an object", "/a", tree.Object{"b": long, "c": "x", "d": "xx"}, "/a has 65583 bytes, and 65536 is the limit: read one of its parts; children has their sizes",
			`[{"bytes":65538,"path":"/a/b"},{"bytes":4,"path":"/a/d"},{"bytes":3,"path":"/a/c"}]`, 3},
		{"equal sizes", "", tree.Object{"b": long, "d/e": "x", "c": "x"}, "the configuration has 65582 bytes, and 65536 is the limit: read one of its parts; children has their sizes",
			`[{"bytes":65538,"path":"/b"},{"bytes":3,"path":"/c"},{"bytes":3,"path":"/d~1e"}]`, 3},
		{"a list", "/l", many, "/l has ", `[{"bytes":1151,"path":"/l/149"},{"bytes":1150,"path":"/l/148"},`, 100},
		{"a text", "/t", long, "/t has 65560 bytes, and 65536 is the limit: it has no smaller parts: read it as a resource, or with a program", `[]`, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text, err := encodeConfig(tree.Object{"value": tt.value, "path": tt.path}, tree.Object{"path": tt.path})
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

// TestEncodeConfig_limit: a reply of exactly 64 KiB fits, and one more byte does
// not.
func TestEncodeConfig_limit(t *testing.T) {
	params := tree.Object{"path": "/t"}
	rest := len(tree.Append(nil, tree.Object{"value": ""}))
	for extra, fits := range map[int]bool{0: true, 1: false} {
		text, err := encodeConfig(tree.Object{"value": strings.Repeat("x", maxToolReply-rest+extra)}, params)
		if (err == nil) != fits || fits && len(text) != maxToolReply {
			t.Errorf("%d bytes more: got %d bytes, %v, want it to fit: %t", extra, len(text), err, fits)
		}
	}
}
