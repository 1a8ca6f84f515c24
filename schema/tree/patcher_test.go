package tree_test

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// TestPatcher_property compares a patcher that carries out many operations with
// patchers that carry out one each, on a copy of their own. The input, the values
// of the operations, and what Keep was called with must not change.
func TestPatcher_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		input := tree.Object{"a": values(2).Draw(t, "a"), "b": []any{values(1).Draw(t, "b0"), tree.Object{"a": []any{}}}}
		before := text(input)
		patcher, want := tree.NewPatcher(input), treetest.CloneObject(input)
		type kept struct {
			value any
			text  string
		}
		var keeps []kept
		for range rapid.IntRange(1, 20).Draw(t, "operations") {
			old := rapid.SampledFrom(append(places(want, nil), tree.Pointer{"a"}))
			new := rapid.Custom(func(t *rapid.T) tree.Pointer {
				return old.Draw(t, "parent").Child(rapid.SampledFrom([]string{"a", "b", "0", "-"}).Draw(t, "token"))
			})
			op := tree.Operation{
				Op:   rapid.SampledFrom([]string{"add", "add", "remove", "replace", "move", "copy", "copy"}).Draw(t, "op"),
				Path: rapid.OneOf(old, new).Draw(t, "path"),
			}
			switch op.Op {
			case "add", "replace":
				op.Value = values(2).Draw(t, "value")
			case "move", "copy":
				op.From = old.Draw(t, "from")
			}
			value := text(op.Value)
			if v, _, ok := op.Path.Get(patcher.Object()); ok && rapid.Bool().Draw(t, "keep") {
				patcher.Keep(v)
				keeps = append(keeps, kept{v, text(v)})
			}
			next, wantErr := tree.Apply(context.Background(), treetest.CloneObject(want), []tree.Operation{op})
			err := patcher.Apply(op)
			if (err == nil) != (wantErr == nil) {
				t.Fatalf("%v: got error %v, want %v", op, err, wantErr)
			}
			if text(op.Value) != value {
				t.Fatalf("%v changed its value to %s, was %s", op, text(op.Value), value)
			}
			if err != nil {
				patcher = tree.NewPatcher(want)
				continue
			}
			if want = next; text(patcher.Object()) != text(want) {
				t.Fatalf("%v: got %s, want %s", op, text(patcher.Object()), text(want))
			}
		}
		for _, k := range keeps {
			if text(k.value) != k.text {
				t.Fatalf("a kept value became %s, was %s", text(k.value), k.text)
			}
		}
		if text(input) != before {
			t.Fatalf("the input became %s, was %s", text(input), before)
		}
	})
}

// TestApply_growth applies operations to a map and a list of a size that no request
// has. A thousand operations must not copy it a thousand times.
func TestApply_growth(t *testing.T) {
	const n = 30_000
	o, list := make(tree.Object), make([]any, n)
	for i := range n {
		o[fmt.Sprint("k", i)] = int64(i)
		list[i] = fmt.Sprint("entry ", i)
	}
	config := tree.Object{"map": o, "list": list, "deep": tree.Object{"er": tree.Object{}}}
	for name, operation := range map[string]func(i int) tree.Operation{
		"add": func(i int) tree.Operation {
			return tree.Operation{Op: "add", Path: tree.Pointer{"map", fmt.Sprint("new", i)}}
		},
		"remove": func(i int) tree.Operation {
			return tree.Operation{Op: "remove", Path: tree.Pointer{"map", fmt.Sprint("k", i)}}
		},
		"replace": func(i int) tree.Operation { return tree.Operation{Op: "replace", Path: tree.Pointer{"list"}.Index(i)} },
		"insert":  func(i int) tree.Operation { return tree.Operation{Op: "add", Path: tree.Pointer{"list", "0"}} },
		"copy": func(i int) tree.Operation {
			return tree.Operation{Op: "copy", From: tree.Pointer{"map", "k1"}, Path: tree.Pointer{"map", fmt.Sprint("new", i)}}
		},
		"move": func(i int) tree.Operation {
			return tree.Operation{Op: "move", From: tree.Pointer{"map", fmt.Sprint("k", i)}, Path: tree.Pointer{"deep", "er", fmt.Sprint("k", i)}}
		},
		"move the whole": func(i int) tree.Operation {
			if i%2 == 0 {
				return tree.Operation{Op: "move", From: tree.Pointer{"map"}, Path: tree.Pointer{"deep", "er", "map"}}
			}
			return tree.Operation{Op: "move", From: tree.Pointer{"deep", "er", "map"}, Path: tree.Pointer{"map"}}
		},
	} {
		allocated := func(count int) uint64 {
			operations := make([]tree.Operation, count)
			for i := range operations {
				operations[i] = operation(i)
			}
			return treetest.AllocatedBytes(func() {
				if _, err := tree.Apply(t.Context(), config, operations); err != nil {
					t.Fatal(err)
				}
			})
		}
		if few, many := allocated(2), allocated(tree.MaxOperations); many > 4*few+(1<<20) {
			t.Errorf("%s: %d operations allocate %d bytes, two allocate %d", name, tree.MaxOperations, many, few)
		}
	}
}

func TestApply_stopsWhenItsContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := tree.Apply(ctx, tree.Object{}, []tree.Operation{{Op: "add", Path: tree.Pointer{"a"}}}); err != context.Canceled || got != nil {
		t.Errorf("got %v, %v, want %v", got, err, context.Canceled)
	}
}
