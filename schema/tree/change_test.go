package tree_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema/tree"
)

func TestChange_Tree(t *testing.T) {
	path := tree.Pointer{"a", "b/c"}
	for _, tt := range []struct {
		change tree.Change
		want   string
	}{
		{tree.Change{Op: "add", Path: path, New: int64(1)}, `{"new":1,"op":"add","path":"/a/b~1c"}`},
		{tree.Change{Op: "add", Path: path, New: false}, `{"new":false,"op":"add","path":"/a/b~1c"}`},
		{tree.Change{Op: "add", Path: path, New: ""}, `{"new":"","op":"add","path":"/a/b~1c"}`},
		{tree.Change{Op: "add", Path: path}, `{"new":null,"op":"add","path":"/a/b~1c"}`},
		{tree.Change{Op: "remove", Path: path, Old: int64(0)}, `{"old":0,"op":"remove","path":"/a/b~1c"}`},
		{tree.Change{Op: "replace", Path: path, Old: nil, New: 2.0}, `{"new":2.0,"old":null,"op":"replace","path":"/a/b~1c"}`},
		{tree.Change{Op: "move", Path: path, From: tree.Pointer{"x", "0"}, Key: "k"}, `{"from":"/x/0","key":"k","op":"move","path":"/a/b~1c"}`},
		{tree.Change{Op: "remove", Path: path, Old: []any{}, Default: nil, HasDefault: true}, `{"default":null,"old":[],"op":"remove","path":"/a/b~1c"}`},
		{tree.Change{Op: "add", Path: path, New: 1.0, Default: false, HasDefault: true}, `{"default":false,"new":1.0,"op":"add","path":"/a/b~1c"}`},
		{tree.Change{Op: "replace", Path: path, OldBytes: 5210, New: "short"}, `{"new":"short","old_bytes":5210,"op":"replace","path":"/a/b~1c"}`},
		{tree.Change{Op: "replace", Path: path, Old: "short", NewBytes: 5210}, `{"new_bytes":5210,"old":"short","op":"replace","path":"/a/b~1c"}`},
	} {
		if got := text(tt.change.Tree()); got != tt.want {
			t.Errorf("Tree: got %s, want %s", got, tt.want)
		}
		if got := text([]tree.Change{tt.change}); got != "["+tt.want+"]" {
			t.Errorf("Append: got %s, want [%s]", got, tt.want)
		}
		got, err := json.Marshal(tt.change)
		if err != nil || string(got) != tt.want {
			t.Errorf("json.Marshal: got %s, %v, want %s", got, err, tt.want)
		}
	}
}

func TestChange_Shortened(t *testing.T) {
	long := strings.Repeat("x", 18) // 20 bytes as JSON
	c := tree.Change{Op: "replace", Path: tree.Pointer{"a"}, Old: long, New: tree.Object{"b": long}}
	for _, tt := range []struct {
		limit int
		want  string
	}{
		{26, `{"new":{"b":"` + long + `"},"old":"` + long + `","op":"replace","path":"/a"}`},
		{25, `{"new_bytes":26,"old":"` + long + `","op":"replace","path":"/a"}`},
		{20, `{"new_bytes":26,"old":"` + long + `","op":"replace","path":"/a"}`},
		{19, `{"new_bytes":26,"old_bytes":20,"op":"replace","path":"/a"}`},
	} {
		got := c.Shortened(tt.limit)
		if got := text(got.Tree()); got != tt.want {
			t.Errorf("Shortened(%d): got %s, want %s", tt.limit, got, tt.want)
		}
		if diff := cmp.Diff(got, got.Shortened(tt.limit)); diff != "" {
			t.Errorf("shortened twice to %d (-once +twice):\n%s", tt.limit, diff)
		}
	}
	if c.Old != long || c.OldBytes != 0 {
		t.Errorf("Shortened changed its receiver to %v", c)
	}

	c = tree.Change{Op: "remove", Path: tree.Pointer{"a"}, Old: true, Default: long, HasDefault: true}
	if got, want := text(c.Shortened(20).Tree()), `{"default":"`+long+`","old":true,"op":"remove","path":"/a"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := text(c.Shortened(19).Tree()), `{"old":true,"op":"remove","path":"/a"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}

	// A move has no values, and so no sizes.
	c = tree.Change{Op: "move", Path: tree.Pointer{"a", "0"}, From: tree.Pointer{"a", "1"}}
	if got, want := text(c.Shortened(0).Tree()), `{"from":"/a/1","op":"move","path":"/a/0"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := text(tree.Change{Op: "add", Path: tree.Pointer{"a"}, New: true}.Shortened(0).Tree()), `{"new_bytes":4,"op":"add","path":"/a"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
