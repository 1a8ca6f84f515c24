package tree_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema/tree"
)

func when(name string) tree.When {
	switch name {
	case "later":
		return tree.Later
	case "whole":
		return tree.Whole
	}
	return tree.Now
}

func TestDecodeLaterLeavesWhatItIsTold(t *testing.T) {
	for text, want := range map[string]any{
		`{"later": {"a":[1, 2]} , "b":{"later":[ ]}}`: map[string]any{
			"later": json.RawMessage(`{"a":[1, 2]}`), "b": map[string]any{"later": json.RawMessage(`[ ]`)},
		},
		`{"later":"text","b":[{"later":{}}]}`: map[string]any{
			"later": "text", "b": []any{map[string]any{"later": json.RawMessage(`{}`)}},
		},
		`{"whole":{"later":{"a":1}},"b":{"later":{}}}`: map[string]any{
			"whole": map[string]any{"later": map[string]any{"a": int64(1)}}, "b": map[string]any{"later": json.RawMessage(`{}`)},
		},
		`[1]`: []any{int64(1)},
	} {
		got, err := tree.DecodeLater([]byte(text), when)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", text, diff)
		}
	}
}

func TestDecodeLaterChecksWhatItLeaves(t *testing.T) {
	for _, text := range []string{`{"later":{"a":}}`, `{"later":[1,]}`, `{"later":{}`, `{"later":{},"later":{}}`, `{"whole":{"a":1,"a":2}}`} {
		if v, err := tree.DecodeLater([]byte(text), when); err == nil {
			t.Errorf("%s: got %v, want an error", text, v)
		}
	}
}
