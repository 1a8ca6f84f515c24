package tools_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools"
)

// TestWrite_limits refuses an argument given as text that has too many keys, and
// too many operations, with too_large and the parameter's place.
func TestWrite_limits(t *testing.T) {
	operations := "[" + strings.TrimSuffix(strings.Repeat(`{"op":"test","path":"/rest/port","value":4000},`, tree.MaxOperations+1), ",") + "]"
	keys := `{"k":1`
	for i := range tree.MaxKeys {
		keys += fmt.Sprintf(`,"k%d":1`, i)
	}
	keys += "}"
	for _, tt := range []struct {
		tool, parameter, value string
		limit                  int
	}{
		{"patch", "patch", keys, tree.MaxKeys},
		{"set", "config", keys, tree.MaxKeys},
		{"patch", "operations", operations, tree.MaxOperations},
	} {
		c := newClient(t)
		args := tree.Object{"expected_generation": int64(0), tt.parameter: tt.value}
		_, err := c.operations[tt.tool].CallTool(t.Context(), tools.Caller{Surface: store.Tool}, args)
		f := fault.Of(err)
		if f == nil || f.Kind != fault.TooLarge || f.Data["limit"] != tt.limit || f.Data["path"] != "/"+tt.parameter {
			t.Errorf("%s with %s: got %v with %v, want too_large with limit %d", tt.tool, tt.parameter, err, f.Data, tt.limit)
		}
		if !strings.Contains(f.Error(), "more than "+strconv.Itoa(tt.limit)) || !strings.Contains(f.Error(), "split the write") {
			t.Errorf("%s with %s: the text %q does not name the limit and what to do", tt.tool, tt.parameter, f)
		}
	}
	var list []any
	if err := json.Unmarshal([]byte(operations), &list); err != nil {
		t.Fatal(err)
	}
	_, err := newClient(t).operations["patch"].Call(t.Context(), tools.Caller{Surface: store.RPC}, tree.Object{"operations": list})
	if !fault.Is(err, fault.TooLarge) {
		t.Errorf("the method with too many operations: got %v, want too_large", err)
	}
}
