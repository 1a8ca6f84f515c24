package tree_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema/tree"
)

func TestParseOperations_everyOp(t *testing.T) {
	list := parse(t, `[
		{"op":"add","path":"/a/-","value":{"b":null}},
		{"op":"remove","path":"/a~1b/m~0n"},
		{"op":"replace","path":"","value":null},
		{"op":"move","path":"/a","from":"/b"},
		{"op":"copy","path":"/","from":""},
		{"op":"test","path":"/a/0","value":18446744073709551615}
	]`).([]any)
	got, err := tree.ParseOperations(list)
	if err != nil {
		t.Fatal(err)
	}
	want := []tree.Operation{
		{Op: "add", Path: tree.Pointer{"a", "-"}, Value: tree.Object{"b": nil}},
		{Op: "remove", Path: tree.Pointer{"a/b", "m~n"}},
		{Op: "replace"},
		{Op: "move", Path: tree.Pointer{"a"}, From: tree.Pointer{"b"}},
		{Op: "copy", Path: tree.Pointer{""}},
		{Op: "test", Path: tree.Pointer{"a", "0"}, Value: uint64(18446744073709551615)},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("operations (-want +got):\n%s", diff)
	}
}

func TestParseOperations_refusals(t *testing.T) {
	for _, tt := range []struct{ operation, want string }{
		{`"hunter2"`, `operations[1]: an operation is an object with op and path, not a string; write it as one`},
		{`["hunter2"]`, `operations[1]: an operation is an object with op and path, not an array; write it as one`},
		{`null`, `operations[1]: an operation is an object with op and path, not null; write it as one`},
		{`{}`, `operations[1]: path is missing; give a JSON Pointer such as "/a/0/b"`},
		{`{"op":"remove"}`, `operations[1]: path is missing; give a JSON Pointer such as "/a/0/b"`},
		{`{"path":"/a"}`, `operations[1]: /a: op is missing; give add, remove, replace, move, copy or test`},
		{`{"op":null,"path":"/a"}`, `operations[1]: /a: op must be a string, not null; give add, remove, replace, move, copy or test`},
		{`{"op":"set","path":"/a","value":"hunter2"}`, `operations[1]: /a: no op "set" exists; give add, remove, replace, move, copy or test`},
		{`{"op":"Add","path":"/a","value":"hunter2"}`, `operations[1]: /a: no op "Add" exists; give add, remove, replace, move, copy or test`},
		{`{"op":"add","path":"/a","vlaue":"hunter2"}`, `operations[1]: /a: add needs a value; give it, null if that is what you mean`},
		{`{"op":"add","path":["a"],"value":"hunter2"}`, `operations[1]: path must be a string, not an array; give a JSON Pointer such as "/a/0/b"`},
		{`{"op":"add","path":"a.b","value":"hunter2"}`, `operations[1]: path "a.b" must start with "/": try "/a/b"`},
		{`{"op":"add","path":"/a~2","value":"hunter2"}`, `operations[1]: path "/a~2": "~" must be followed by 0 or 1 ("~0" stands for "~", "~1" for "/")`},
		{`{"op":"add","path":"/a"}`, `operations[1]: /a: add needs a value; give it, null if that is what you mean`},
		{`{"op":"replace","path":"/a"}`, `operations[1]: /a: replace needs a value; give it, null if that is what you mean`},
		{`{"op":"test","path":"/a"}`, `operations[1]: /a: test needs a value; give it, null if that is what you mean`},
		{`{"op":"move","path":"/a"}`, `operations[1]: /a: from is missing; give a JSON Pointer such as "/a/0/b"`},
		{`{"op":"copy","path":"/a","from":3}`, `operations[1]: /a: from must be a string, not an integer; give a JSON Pointer such as "/a/0/b"`},
		{`{"op":"copy","path":"/a","from":"b"}`, `operations[1]: /a: from: path "b" must start with "/": try "/b"`},
	} {
		list := []any{parse(t, `{"op":"remove","path":"/fine"}`), parse(t, tt.operation)}
		got, err := tree.ParseOperations(list)
		if got != nil || err == nil || err.Error() != tt.want {
			t.Errorf("%s: got %v, %v, want error %s", tt.operation, got, err, tt.want)
		}
		var e *tree.OperationError
		if !errors.As(err, &e) || e.Index != 1 || e.Test {
			t.Errorf("%s: got error %#v, want an *OperationError about operation 1", tt.operation, err)
		}
	}
}

func TestParseOperations_emptyList(t *testing.T) {
	for _, list := range [][]any{nil, {}} {
		if got, err := tree.ParseOperations(list); err != nil || len(got) != 0 {
			t.Errorf("ParseOperations(%#v): got %v, %v, want none", list, got, err)
		}
	}
}

func TestOperation_Names(t *testing.T) {
	path, from := tree.Pointer{"a", "0"}, tree.Pointer{"b"}
	for op, want := range map[string][]tree.Pointer{
		"add": nil, "remove": {path}, "replace": nil, "move": {from}, "copy": nil, "test": nil,
	} {
		got := tree.Operation{Op: op, Path: path, From: from}.Names()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", op, diff)
		}
	}
}
