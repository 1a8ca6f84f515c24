package tree_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"realmconf/schema/tree"
)

// stored and given replace every string that is a value, so that a value in an
// error text can be distinguished from a name.
const (
	stored = "\x01stored secret"
	given  = "\x01given secret"
)

// A patch is carried out completely or not at all, does not change its input, and
// its error shows no value.
func FuzzOperations(f *testing.F) {
	for _, s := range [][2]string{
		{`{"a":{"b":["x","y"]}}`, `[{"op":"move","from":"/a/b/0","path":"/a/b/-"},{"op":"test","path":"/a/b/0","value":"z"}]`},
		{`{"a":1}`, `[{"op":"copy","from":"","path":"/b"},{"op":"copy","from":"","path":"/b"},{"op":"remove","path":"/b/01"}]`},
		{`{"a":["x"]}`, `[{"op":"add","path":"/a/1","value":"y"},{"op":"replace","path":"/a/~01","value":null}]`},
		{`{"":"x"}`, `[{"op":"move","from":"/","path":"//"},{"op":"add","path":"","value":[]}]`},
		{`{}`, `[{"op":"add","path":"","value":{}},"x",{"op":"spam","path":"/a"},{"path":0}]`},
	} {
		f.Add([]byte(s[0]), []byte(s[1]))
	}
	f.Fuzz(func(t *testing.T, document, operations []byte) {
		if bytes.Contains(operations, []byte("secret")) || bytes.Contains(document, []byte("secret")) {
			return
		}
		o, err := tree.DecodeObject(document)
		if err != nil {
			return
		}
		v, err := tree.Decode(operations)
		if err != nil {
			return
		}
		list, ok := v.([]any)
		if !ok {
			return
		}
		o = masked(o, stored).(tree.Object)
		for _, entry := range list {
			if op, ok := entry.(tree.Object); ok && op["value"] != nil {
				op["value"] = masked(op["value"], given)
			}
		}
		before := text(o) + text(list)

		parsed, err := tree.ParseOperations(list)
		if len(list) > tree.MaxOperations {
			return
		}
		if err != nil {
			checkOperationError(t, err, len(list))
		} else if len(parsed) != len(list) {
			t.Errorf("got %d operations, want %d", len(parsed), len(list))
		}
		got, err := tree.Apply(context.Background(), o, parsed)
		if err == nil {
			if again, err := tree.Decode(tree.Append(nil, got)); err != nil || !tree.Equal(again, got) {
				t.Errorf("%s: the result reads back as %s, %v", text(got), text(again), err)
			}
		} else {
			if got != nil {
				t.Errorf("got %s beside %v, want nothing", text(got), err)
			}
			index := checkOperationError(t, err, len(parsed))
			if _, err := tree.Apply(context.Background(), o, parsed[:index]); err != nil {
				t.Errorf("operation %d is blamed, but before it: %v", index, err)
			}
		}
		if text(o)+text(list) != before {
			t.Errorf("got %s%s after Apply, want %s", text(o), text(list), before)
		}
	})
}

// masked returns a copy of the value with other strings.
func masked(v any, mask string) any {
	switch v := v.(type) {
	case string:
		return mask
	case map[string]any:
		c := make(tree.Object, len(v))
		for k, e := range v {
			c[k] = masked(e, mask)
		}
		return c
	case []any:
		c := make([]any, len(v))
		for i, e := range v {
			c[i] = masked(e, mask)
		}
		return c
	default:
		return v
	}
}

// checkOperationError returns the index of the operation in the error.
func checkOperationError(t *testing.T, err error, count int) int {
	t.Helper()
	var e *tree.OperationError
	if !errors.As(err, &e) || e.Index < 0 || e.Index >= count || e.Reason == "" {
		t.Fatalf("got %#v, want an *OperationError about one of %d operations", err, count)
	}
	if strings.Contains(e.Error(), "secret") {
		t.Errorf("the error shows a value: %v", err)
	}
	if strings.HasPrefix(e.Reason, "the value is not the one given") && !e.Test {
		t.Errorf("got %#v, want Test", e)
	}
	return e.Index
}
