package tree_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"realmconf/schema/tree"
)

// The table is RFC 6902, appendix A. A.9, A.12 and A.15 are errors there, too;
// A.11 is ignored there; Decode refuses the text of A.13.
func TestApply_RFC6902(t *testing.T) {
	for _, tt := range []struct{ name, document, patch, want string }{
		{"A.1", `{"foo":"bar"}`, `[{"op":"add","path":"/baz","value":"qux"}]`, `{"baz":"qux","foo":"bar"}`},
		{"A.2", `{"foo":["bar","baz"]}`, `[{"op":"add","path":"/foo/1","value":"qux"}]`, `{"foo":["bar","qux","baz"]}`},
		{"A.3", `{"baz":"qux","foo":"bar"}`, `[{"op":"remove","path":"/baz"}]`, `{"foo":"bar"}`},
		{"A.4", `{"foo":["bar","qux","baz"]}`, `[{"op":"remove","path":"/foo/1"}]`, `{"foo":["bar","baz"]}`},
		{"A.5", `{"baz":"qux","foo":"bar"}`, `[{"op":"replace","path":"/baz","value":"boo"}]`, `{"baz":"boo","foo":"bar"}`},
		{"A.6", `{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}`,
			`[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]`, `{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}`},
		{"A.7", `{"foo":["all","grass","cows","eat"]}`, `[{"op":"move","from":"/foo/1","path":"/foo/3"}]`, `{"foo":["all","cows","eat","grass"]}`},
		{"A.8", `{"baz":"qux","foo":["a",2,"c"]}`,
			`[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]`, `{"baz":"qux","foo":["a",2,"c"]}`},
		{"A.9", `{"baz":"qux"}`, `[{"op":"test","path":"/baz","value":"bar"}]`,
			`operations[0]: /baz: the value is not the one given; read it again, then decide again`},
		{"A.10", `{"foo":"bar"}`, `[{"op":"add","path":"/child","value":{"grandchild":{}}}]`, `{"child":{"grandchild":{}},"foo":"bar"}`},
		{"A.11", `{"foo":"bar"}`, `[{"op":"add","path":"/baz","value":"qux","xyz":123}]`,
			`{"baz":"qux","foo":"bar"}`},
		{"A.12", `{"foo":"bar"}`, `[{"op":"add","path":"/baz/bat","value":"qux"}]`,
			`operations[0]: /baz/bat: the root has no key "baz"; add /baz first, or use patch, which makes what is missing`},
		{"A.13", `{"foo":"bar"}`, `[{"op":"add","path":"/baz","value":"qux","op":"remove"}]`,
			`byte 41 (/0/op): member "op" is given twice: give it once`},
		{"A.14", `{"/":9,"~1":10}`, `[{"op":"test","path":"/~01","value":10}]`, `{"/":9,"~1":10}`},
		{"A.15", `{"/":9,"~1":10}`, `[{"op":"test","path":"/~01","value":"10"}]`,
			`operations[0]: /~01: the value is not the one given; read it again, then decide again`},
		{"A.16", `{"foo":["bar"]}`, `[{"op":"add","path":"/foo/-","value":["abc","def"]}]`, `{"foo":["bar",["abc","def"]]}`},
	} {
		if got := outcome(t, tt.document, tt.patch); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

// outcome returns the result of a patch as text, or the text of its error.
func outcome(t *testing.T, document, operations string) string {
	t.Helper()
	got, err := patch(parseObject(t, document), []byte(operations), "")
	if err != nil {
		if got != nil {
			t.Errorf("%s: got %s beside %v, want nothing", operations, text(got), err)
		}
		return err.Error()
	}
	return text(got)
}

func TestApply_moreCases(t *testing.T) {
	for _, tt := range []struct{ document, patch, want string }{
		{`{"a":1}`, `[]`, `{"a":1}`},
		{`{"a":1}`, `[{"op":"replace","path":"","value":{"b":2}}]`, `{"b":2}`},
		{`{"a":1}`, `[{"op":"add","path":"","value":{}}]`, `{}`},
		{`{"a":{"b":1}}`, `[{"op":"move","from":"/a","path":""}]`, `{"b":1}`},
		{`{"a":{"b":1},"c":2}`, `[{"op":"copy","from":"/a","path":""}]`, `{"b":1}`},
		{`{"a":1}`, `[{"op":"copy","from":"","path":"/a"}]`, `{"a":{"a":1}}`},
		{`{"a":1}`, `[{"op":"move","from":"","path":""}]`, `{"a":1}`},
		{`{"a":2}`, `[{"op":"test","path":"/a","value":2.0}]`, `{"a":2}`}, // section 4.6: numerically equal
		{`{"a":9007199254740993}`, `[{"op":"test","path":"/a","value":9007199254740993}]`, `{"a":9007199254740993}`},
		{`{"a":[1,{"b":2}]}`, `[{"op":"test","path":"","value":{"a":[1.0,{"b":2}]}}]`, `{"a":[1,{"b":2}]}`},
		{`{"a":[1]}`, `[{"op":"remove","path":"/a/0"}]`, `{"a":[]}`},
		{`{"a":[]}`, `[{"op":"add","path":"/a/0","value":1},{"op":"add","path":"/a/1","value":2}]`, `{"a":[1,2]}`},
		{`{"a":[1,2,3]}`, `[{"op":"remove","path":"/a/0"},{"op":"remove","path":"/a/0"}]`, `{"a":[3]}`},
		{`{"a":[1,2,3]}`, `[{"op":"move","from":"/a/0","path":"/a/-"}]`, `{"a":[2,3,1]}`},
		{`{"a":[1,2,3]}`, `[{"op":"copy","from":"/a/2","path":"/a/0"}]`, `{"a":[3,1,2,3]}`},
		{`{"a":{"-":1,"01":2}}`, `[{"op":"remove","path":"/a/-"},{"op":"replace","path":"/a/01","value":3}]`, `{"a":{"01":3}}`},
		{`{"a":{"b":1}}`, `[{"op":"move","from":"/a/b","path":"/a"}]`, `{"a":1}`}, // out of its parent, over it
		{`{"a":1,"ab":2}`, `[{"op":"move","from":"/a","path":"/ab"}]`, `{"ab":1}`},
		// The copies are independent.
		{`{"a":{"b":[1]}}`, `[{"op":"copy","from":"/a","path":"/c"},{"op":"add","path":"/c/b/-","value":2},{"op":"remove","path":"/a/b/0"}]`,
			`{"a":{"b":[]},"c":{"b":[1,2]}}`},
	} {
		if got := outcome(t, tt.document, tt.patch); got != tt.want {
			t.Errorf("%s of %s: got %s, want %s", tt.patch, tt.document, got, tt.want)
		}
	}
}

func TestApply_errorsHaveHintsAndNoValues(t *testing.T) {
	const document = `{"agent":{"model":"hunter2","key":"hunter2"},"list":["hunter2","hunter2"],"one":["hunter2"],"none":[],"unset":null}`
	for _, tt := range []struct{ operation, want string }{
		{`{"op":"replace","path":"/agent/modle","value":"hunter2"}`, `/agent/modle: /agent has no key "modle"; did you mean /agent/model?`},
		{`{"op":"add","path":"/agnt/model","value":"hunter2"}`, `/agnt/model: the root has no key "agnt"; did you mean /agent/model?`},
		{`{"op":"replace","path":"/agent/temperature","value":1}`, `/agent/temperature: /agent has no key "temperature"; use add to create it`},
		{`{"op":"replace","path":"/tools/shell","value":1}`, `/tools/shell: the root has no key "tools"; read it again, then name a key that is there`},
		{`{"op":"remove","path":"/agent/temperature"}`, `/agent/temperature: /agent has no key "temperature"; read it again, then name a key that is there`},
		{`{"op":"test","path":"/agent/temperature","value":1}`, `/agent/temperature: /agent has no key "temperature"; read it again, then name a key that is there`},
		{`{"op":"copy","from":"/agent/kye","path":"/x"}`, `/agent/kye: /agent has no key "kye"; did you mean /agent/key?`},
		{`{"op":"copy","from":"/agent/key","path":"/tools/shell/x"}`, `/tools/shell/x: the root has no key "tools"; add /tools first, or use patch, which makes what is missing`},
		{`{"op":"test","path":"/agent/key","value":"guess"}`, `/agent/key: the value is not the one given; read it again, then decide again`},
		{`{"op":"test","path":"/list","value":["hunter2"]}`, `/list: the value is not the one given; read it again, then decide again`},
		{`{"op":"remove","path":"/agent/key/0"}`, `/agent/key/0: /agent/key is a string, which holds no "0"; name /agent/key itself`},
		{`{"op":"add","path":"/unset/x","value":1}`, `/unset/x: /unset is null, which holds no "x"; put an object there first`},
		{`{"op":"replace","path":"/list/2","value":1}`, `/list/2: "2" is no entry of /list, a list of 2; give 0 to 1`},
		{`{"op":"replace","path":"/list/01","value":1}`, `/list/01: "01" is no entry of /list, a list of 2; give 0 to 1`},
		{`{"op":"remove","path":"/list/-"}`, `/list/-: "-" is no entry of /list, a list of 2; give 0 to 1`},
		{`{"op":"remove","path":"/one/1"}`, `/one/1: "1" is no entry of /one, a list of 1; give 0`},
		{`{"op":"remove","path":"/none/0"}`, `/none/0: "0" is no entry of /none, a list of 0; append one first: add /none/-`},
		{`{"op":"add","path":"/list/3","value":1}`, `/list/3: "3" is no place in /list, a list of 2; give 0 to 2, or - to append`},
		{`{"op":"add","path":"/list/00","value":1}`, `/list/00: "00" is no place in /list, a list of 2; give 0 to 2, or - to append`},
		{`{"op":"add","path":"/none/1","value":1}`, `/none/1: "1" is no place in /none, a list of 0; give 0, or - to append`},
		{`{"op":"add","path":"/list/-/x","value":1}`, `/list/-/x: "-" is no entry of /list, a list of 2; give 0 to 1`},
		{`{"op":"add","path":"","value":["hunter2"]}`, `the root must be an object, not an array; give an object, or a path below the root`},
		{`{"op":"replace","path":"","value":"hunter2"}`, `the root must be an object, not a string; give an object, or a path below the root`},
		{`{"op":"copy","from":"/agent/key","path":""}`, `the root must be an object, not a string; give an object, or a path below the root`},
		{`{"op":"remove","path":""}`, `the root cannot be removed; name the keys to remove`},
		{`{"op":"move","from":"/agent","path":"/agent/key"}`, `/agent/key: from, /agent, cannot move into itself; name a path outside of it`},
		{`{"op":"move","from":"","path":"/agent"}`, `/agent: from, the root, cannot move into itself; name a path outside of it`},
		{`{"op":"move","from":"/nothing","path":"/nothing"}`, `/nothing: the root has no key "nothing"; read it again, then name a key that is there`},
		{`{"op":"move","from":"/list/0","path":"/list/2"}`, `/list/2: once /list/0 is removed, "2" is no place in /list, a list of 1; give 0 to 1, or - to append`},
	} {
		document := parseObject(t, document)
		before := text(document)
		_, err := patch(document, []byte(`[{"op":"add","path":"/new","value":1},`+tt.operation+`]`), "")
		want := "operations[1]: " + tt.want
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", tt.operation, err, want)
			continue
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error shows a value: %v", tt.operation, err)
		}
		var e *tree.OperationError
		if !errors.As(err, &e) || e.Test != strings.Contains(tt.operation, `"test"`) {
			t.Errorf("%s: got %#v, want Test only where a test did not hold", tt.operation, err)
		}
		if got := text(document); got != before {
			t.Errorf("%s: changed the document to %s", tt.operation, got)
		}
	}
}

func TestApply_unknownOp(t *testing.T) {
	got, err := tree.Apply(context.Background(), tree.Object{"a": true}, []tree.Operation{{Op: "set", Path: tree.Pointer{"a"}}})
	const want = `operations[0]: /a: no op "set" exists; give add, remove, replace, move, copy or test`
	if got != nil || err == nil || err.Error() != want {
		t.Errorf("got %v, %v, want error %s", got, err, want)
	}
}

func TestApply_emptyObject(t *testing.T) {
	got, err := tree.Apply(context.Background(), nil, []tree.Operation{{Op: "add", Path: tree.Pointer{"a"}, Value: true}})
	if err != nil || text(got) != `{"a":true}` {
		t.Errorf("got %s, %v, want {\"a\":true}", text(got), err)
	}
}

func TestApply_sharesUnchangedParts(t *testing.T) {
	untouched := tree.Object{"b": int64(1)}
	got, err := tree.Apply(context.Background(), tree.Object{"a": untouched, "c": tree.Object{}}, []tree.Operation{
		{Op: "add", Path: tree.Pointer{"c", "d"}, Value: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	untouched["b"] = int64(2) // visible only in shared parts
	if got, want := text(got), `{"a":{"b":2},"c":{"d":true}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestApply_copiesAreLimited(t *testing.T) {
	doubling := make([]tree.Operation, 60)
	for i := range doubling {
		doubling[i] = tree.Operation{Op: "copy", Path: tree.Pointer{strings.Repeat("x", i)}} // the root, into itself
	}
	got, err := tree.Apply(context.Background(), tree.Object{"a": strings.Repeat("z", 100)}, doubling)
	if got != nil || err == nil || !strings.HasSuffix(err.Error(), ": the copies come to more than 1 MiB; copy less") {
		t.Errorf("got %d bytes, %v, want an error", len(text(got)), err)
	}

	// A value as large as the limit can be copied once.
	large := tree.Object{"a": strings.Repeat("z", 1<<20-2)}
	once := tree.Operation{Op: "copy", From: tree.Pointer{"a"}, Path: tree.Pointer{"b"}}
	if _, err := tree.Apply(context.Background(), large, []tree.Operation{once}); err != nil {
		t.Errorf("a copy of 1 MiB: %v", err)
	}
	if _, err := tree.Apply(context.Background(), large, []tree.Operation{once, once}); err == nil {
		t.Error("two copies of 1 MiB: got no error")
	}
}

func TestApply_depthIsLimited(t *testing.T) {
	deep := func(n int) any { return parse(t, strings.Repeat(`[`, n)+strings.Repeat(`]`, n)) }
	fits := tree.Object{"a": deep(tree.MaxDepth - 2), "b": tree.Object{}}
	for _, tt := range []struct {
		operation tree.Operation
		want      bool
	}{
		{tree.Operation{Op: "add", Path: tree.Pointer{"c"}, Value: deep(tree.MaxDepth - 1)}, true},
		{tree.Operation{Op: "add", Path: tree.Pointer{"c"}, Value: deep(tree.MaxDepth)}, false},
		{tree.Operation{Op: "replace", Path: tree.Pointer{"a"}, Value: deep(tree.MaxDepth - 1)}, true},
		{tree.Operation{Op: "replace", Path: tree.Pointer{"a"}, Value: deep(tree.MaxDepth)}, false},
		{tree.Operation{Op: "move", From: tree.Pointer{"a"}, Path: tree.Pointer{"b", "c"}}, true},
		{tree.Operation{Op: "copy", Path: tree.Pointer{"b", "c"}}, false},
	} {
		got, err := tree.Apply(context.Background(), fits, []tree.Operation{tt.operation})
		if (err == nil) != tt.want {
			t.Errorf("%s %s: got error %v, want success %t", tt.operation.Op, tt.operation.Path, err, tt.want)
		}
		if err == nil {
			if _, err := tree.Decode(tree.Append(nil, got)); err != nil {
				t.Errorf("%s %s: the result cannot be read back: %v", tt.operation.Op, tt.operation.Path, err)
			}
		}
	}
}

// places returns the pointers to everything inside a value.
func places(v any, at tree.Pointer) []tree.Pointer {
	var found []tree.Pointer
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			found = append(append(found, at.Child(k)), places(e, at.Child(k))...)
		}
	case []any:
		for i, e := range v {
			found = append(append(found, at.Index(i)), places(e, at.Index(i))...)
		}
	}
	return found
}

func TestApply_inverseOperations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := objects(3).Draw(t, "object")
		o["never empty"] = values(2).Draw(t, "value")
		all := places(o, nil)
		p := all[rapid.IntRange(0, len(all)-1).Draw(t, "place")]
		v, _, _ := p.Get(o)
		other := values(2).Draw(t, "other")
		aside := tree.Pointer{"aside"}
		before := text(o)
		for _, operations := range [][]tree.Operation{
			{{Op: "remove", Path: p}, {Op: "add", Path: p, Value: v}},
			{{Op: "replace", Path: p, Value: other}, {Op: "test", Path: p, Value: other}, {Op: "replace", Path: p, Value: v}},
			{{Op: "move", From: p, Path: aside}, {Op: "test", Path: aside, Value: v}, {Op: "move", From: aside, Path: p}},
			{{Op: "copy", From: p, Path: aside}, {Op: "test", Path: aside, Value: v}, {Op: "remove", Path: aside}},
		} {
			got, err := tree.Apply(context.Background(), o, operations)
			if err != nil || text(got) != before {
				t.Errorf("%v: got %s, %v, want %s", operations, text(got), err, before)
			}
		}
		if text(o) != before {
			t.Errorf("the object was changed to %s, want %s", text(o), before)
		}
	})
}
