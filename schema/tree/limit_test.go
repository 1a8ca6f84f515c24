package tree_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// numbered returns the JSON of an object with n members.
func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"k%d":%d`, i, i)
	}
	return "{" + strings.TrimPrefix(b.String(), ",") + "}"
}

func TestDecode_limitOfKeys(t *testing.T) {
	list := func(n int) string { return "[" + strings.TrimPrefix(strings.Repeat(",0", n), ",") + "]" }
	for _, tt := range []struct {
		name, in string
		allowed  bool
	}{
		{"members at the limit", numbered(tree.MaxKeys), true},
		{"one member more", numbered(tree.MaxKeys + 1), false},
		{"entries at the limit", list(tree.MaxKeys), true},
		{"one entry more", list(tree.MaxKeys + 1), false},
		{"members and entries together", `{"a":` + list(tree.MaxKeys-1) + `}`, true},
		{"members and entries together, one more", `{"a":` + list(tree.MaxKeys) + `}`, false},
		{"in many objects", "[" + strings.Repeat(`{"a":1},`, tree.MaxKeys/2) + "0]", false},
	} {
		_, err := tree.Decode([]byte(tt.in))
		var limit *tree.LimitError
		if tt.allowed && err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if !tt.allowed && (!errors.As(err, &limit) || limit.Limit != tree.MaxKeys) {
			t.Errorf("%s: got %v, want a LimitError", tt.name, err)
		}
		if _, err := tree.DecodeUnlimited([]byte(tt.in)); err != nil {
			t.Errorf("%s, without the limit: %v", tt.name, err)
		}
	}
	_, err := tree.DecodeObject([]byte(numbered(20_000)))
	if want := "more than 10000 keys and list entries, which is the limit of one request: split the write into several"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestDecode_memoryOfARefusal decodes a text of 390,000 keys, and one of ten
// times as many: both are refused with the same memory.
func TestDecode_memoryOfARefusal(t *testing.T) {
	allocated := func(n int) uint64 {
		data := []byte(numbered(n))
		return treetest.AllocatedBytes(func() {
			if _, err := tree.Decode(data); err == nil {
				t.Error("accepted")
			}
		})
	}
	small, large := allocated(39_000), allocated(390_000)
	if large > small+small/10 || large > 4<<20 {
		t.Errorf("the refusal of 390,000 keys allocates %d bytes, that of 39,000 %d", large, small)
	}
}

func TestParseOperations_limit(t *testing.T) {
	operation := tree.Object{"op": "remove", "path": "/a"}
	list := make([]any, tree.MaxOperations+1)
	for i := range list {
		list[i] = operation
	}
	if _, err := tree.ParseOperations(list[1:]); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	_, err := tree.ParseOperations(list)
	var limit *tree.LimitError
	if !errors.As(err, &limit) || limit.Limit != tree.MaxOperations {
		t.Errorf("above the limit: got %v, want a LimitError", err)
	}
}
