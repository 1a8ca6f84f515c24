package tree_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

func TestExactly_numbers(t *testing.T) {
	for _, tt := range []struct {
		a, b any
		want bool
	}{
		{int64(2), int64(2), true},
		{int64(2), 2.0, false},
		{0.0, math.Copysign(0, -1), false},
		{math.NaN(), math.NaN(), true},
		{[]any{int64(2)}, []any{2.0}, false},
		{tree.Object{"a": nil}, tree.Object{"b": nil}, false},
		{tree.Object{}, []any{}, false},
		{tree.Object{"a": []any{tree.Object{}}}, tree.Object{"a": []any{tree.Object{}}}, true},
	} {
		if got := tree.Exactly(tt.a, tt.b); got != tt.want {
			t.Errorf("Exactly(%v, %v): got %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestExactly_sameJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := values(3).Draw(t, "a"), values(3).Draw(t, "b")
		if got, want := tree.Exactly(a, b), text(a) == text(b); got != want {
			t.Fatalf("Exactly(%s, %s): got %v, want %v", text(a), text(b), got, want)
		}
		if !tree.Exactly(a, treetest.Clone(a)) {
			t.Fatalf("a copy of %s is not exactly that", text(a))
		}
		if tree.Exactly(a, b) && !tree.Equal(a, b) {
			t.Fatalf("%s and %s are exactly, and not, equal", text(a), text(b))
		}
	})
}

func TestOthers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prev, next := objects(3).Draw(t, "prev"), objects(3).Draw(t, "next")
		for name, v := range next {
			if old, has := prev[name]; has && tree.Exactly(v, old) {
				next[name] = old
			}
		}
		others := tree.Others(next, prev)
		for name, v := range next {
			old, had := prev[name]
			_, other := others[name]
			if same := had && text(old) == text(v); other == same || same != (had && tree.Same(v, old)) {
				t.Fatalf("%q: %s after %s: other %v, same %v", name, text(v), text(old), other, tree.Same(v, old))
			}
		}
		if len(others) > len(next) {
			t.Fatalf("%s has members that %s has not", text(others), text(next))
		}
	})
}

func TestSame_doesNotLookInside(t *testing.T) {
	o, list := tree.Object{"a": int64(1)}, []any{int64(1)}
	if !tree.Same(o, o) || !tree.Same(list, list) {
		t.Error("a value is not the same as itself")
	}
	if tree.Same(o, treetest.Clone(o)) || tree.Same(list, treetest.Clone(list)) || tree.Same(list, append(list, int64(2))) {
		t.Error("a copy is the same as the original")
	}
}
