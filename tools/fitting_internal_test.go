package tools

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"realmconf/schema/tree"
)

// TestFitting_encode: a method's reply loses no more than it must, step by step.
func TestFitting_encode(t *testing.T) {
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
			raw := methodReply.encode(tree.Object{
				"changed": true, "changes": tt.changes, "config": json.RawMessage(tree.Append(nil, text(tt.config))), "warnings": text(tt.warnings),
			})
			reply, err := tree.DecodeObject(raw)
			if err != nil || len(raw) > methodReply.limit {
				t.Fatalf("got %d bytes, %v, want at most %d", len(raw), err, methodReply.limit)
			}
			if got := strings.Join(slices.Sorted(maps.Keys(reply)), " "); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	raw := toolReply.encode(tree.Object{"changed": true, "changes": many, "config": tree.Object{}})
	if want := `{"changed":true,"changes_omitted":true,"config_omitted":true}`; string(raw) != want {
		t.Errorf("a tool's many changes: got %.200s, want %s", raw, want)
	}
}
