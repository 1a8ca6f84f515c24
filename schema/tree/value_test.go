package tree_test

import (
	"fmt"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

func TestEqual_numbers(t *testing.T) {
	const (
		two53 = 1 << 53
		two63 = 1 << 63
	)
	for _, tt := range []struct {
		a, b any
		want bool
	}{
		{int64(2), 2.0, true},
		{int64(2), 2.5, false},
		{int64(0), math.Copysign(0, -1), true},
		{int64(two53), float64(two53), true},
		{int64(two53 + 1), float64(two53), false},
		{int64(math.MaxInt64), float64(two63), false}, // float64(MaxInt64) is 2^63
		{int64(math.MinInt64), float64(-two63), true},
		{int64(math.MinInt64), -1.5 * two63, false},
		{uint64(two63), float64(two63), true},
		{uint64(two63 + 1), float64(two63), false},
		{uint64(math.MaxUint64), float64(2 * two63), false}, // float64(MaxUint64) is 2^64
		{uint64(two63), int64(math.MinInt64), false},
		{uint64(two63), uint64(two63), true},
		{int64(1), math.Inf(1), false},
		{uint64(two63), math.Inf(1), false},
		{int64(0), math.NaN(), false},
		{math.NaN(), math.NaN(), true},
		{math.Inf(1), math.Inf(1), true},
		{math.Inf(1), math.Inf(-1), false},
	} {
		if got := tree.Equal(tt.a, tt.b); got != tt.want {
			t.Errorf("Equal(%T(%v), %T(%v)): got %t, want %t", tt.a, tt.a, tt.b, tt.b, got, tt.want)
		}
		if got := tree.Equal(tt.b, tt.a); got != tt.want {
			t.Errorf("Equal(%T(%v), %T(%v)): got %t, want %t", tt.b, tt.b, tt.a, tt.a, got, tt.want)
		}
	}
}

func TestEqual_structure(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{`null`, `null`, true},
		{`null`, `false`, false},
		{`null`, `{}`, false},
		{`""`, `[]`, false},
		{`true`, `true`, true},
		{`true`, `1`, false},
		{`"1"`, `1`, false},
		{`1`, `"1"`, false},
		{`[]`, `[]`, true},
		{`[]`, `{}`, false},
		{`{}`, `[]`, false},
		{`[1,2]`, `[2,1]`, false},
		{`[1]`, `[1,null]`, false},
		{`{"a":1,"b":[2]}`, `{"b":[2.0],"a":1e0}`, true},
		{`{"a":null}`, `{}`, false},
		{`{"a":null}`, `{"b":null}`, false},
	} {
		if got := tree.Equal(parse(t, tt.a), parse(t, tt.b)); got != tt.want {
			t.Errorf("Equal(%s, %s): got %t, want %t", tt.a, tt.b, got, tt.want)
		}
	}
}

// TestEqual_agreesWithBig compares numbers by math/big, which represents every
// number of a tree exactly.
func TestEqual_agreesWithBig(t *testing.T) {
	exact := func(v any) *big.Float {
		f := new(big.Float).SetPrec(2000)
		switch v := v.(type) {
		case int64:
			f.SetInt64(v)
		case uint64:
			f.SetUint64(v)
		case float64:
			f.SetFloat64(v)
		}
		return f
	}
	number := rapid.OneOf(
		rapid.Int64().AsAny(),
		rapid.Uint64Min(1<<63).AsAny(),
		rapid.Float64().AsAny(),
		rapid.Map(rapid.Int64(), func(i int64) any { return float64(i) }),
	)
	rapid.Check(t, func(t *rapid.T) {
		a := number.Draw(t, "a")
		b := number.Draw(t, "b")
		if i, ok := a.(int64); ok && rapid.Bool().Draw(t, "near") {
			b = float64(i)
		}
		if got, want := tree.Equal(a, b), exact(a).Cmp(exact(b)) == 0; got != want {
			t.Errorf("Equal(%T(%v), %T(%v)): got %t, want %t", a, a, b, b, got, want)
		}
	})
}

func TestClone_isIndependent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		original := values(3).Draw(t, "value")
		before := text(original)
		clone := treetest.Clone(original)
		if got := text(clone); got != before {
			t.Fatalf("got %s, want %s", got, before)
		}
		scribble(clone)
		if got := text(original); got != before {
			t.Errorf("writing into the clone changed the original to %s, want %s", got, before)
		}
	})
}

// scribble changes everything in a value that can be changed.
func scribble(v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			scribble(e)
			v[k] = "overwritten"
		}
		v["further"] = true
	case []any:
		for i, e := range v {
			scribble(e)
			v[i] = "overwritten"
		}
	}
}

func TestClone_canBeChanged(t *testing.T) {
	o := treetest.CloneObject(nil)
	o["a"] = int64(1)
	if got, want := text(o), `{"a":1}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestTypeName_JSONSchema(t *testing.T) {
	got := ""
	for _, v := range []any{nil, true, int64(1), uint64(1 << 63), 1.0, "", []any{}, tree.Object{}, t} {
		got += fmt.Sprint(tree.TypeName(v), " ")
	}
	if want := "null boolean integer integer number string array object unknown "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
