package tree_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"realmconf/schema/tree"
)

// values generates values nested at most depth deep, from a small stock, so
// that two of them are often the same or share a part.
func values(depth int) *rapid.Generator[any] {
	scalars := []*rapid.Generator[any]{
		rapid.Just[any](nil),
		rapid.Bool().AsAny(),
		rapid.SampledFrom([]any{
			int64(0), int64(2), 2.0, 0.5, -0.25, 1e300, 1e-7, int64(1)<<53 + 1, float64(1 << 53),
			int64(math.MaxInt64), int64(math.MinInt64), uint64(1) << 63, uint64(math.MaxUint64), 9223372036854775808.0,
		}),
		rapid.SampledFrom([]any{"", "a", "b", "a/b", "~", "\"\\\n\x01", "é", "😀", "\u2028"}),
	}
	if depth == 0 {
		return rapid.OneOf(scalars...)
	}
	return rapid.OneOf(append(scalars,
		rapid.SliceOfN(rapid.Deferred(func() *rapid.Generator[any] { return values(depth - 1) }), 0, 4).AsAny(),
		objects(depth).AsAny())...)
}

// objects generates objects whose members are values of depth-1.
func objects(depth int) *rapid.Generator[tree.Object] {
	names := rapid.SampledFrom([]string{"", "a", "b", "c", "0", "10", "a/b", "~"})
	return rapid.MapOfN(names, rapid.Deferred(func() *rapid.Generator[any] { return values(depth - 1) }), 0, 4)
}

// withoutNulls returns the value without members that are null.
func withoutNulls(v any) any {
	o, ok := v.(map[string]any)
	if !ok {
		return v
	}
	kept := make(tree.Object)
	for k, e := range o {
		if e != nil {
			kept[k] = withoutNulls(e)
		}
	}
	return kept
}

// text returns the value as JSON, for messages and comparisons.
func text(v any) string { return string(tree.Append(nil, v)) }

// parse decodes a JSON text.
func parse(t testing.TB, json string) any {
	t.Helper()
	v, err := tree.Decode([]byte(json))
	if err != nil {
		t.Fatalf("Decode(%s): %v", json, err)
	}
	return v
}

// parseObject is parse for an object.
func parseObject(t testing.TB, json string) tree.Object {
	t.Helper()
	o, err := tree.DecodeObject([]byte(json))
	if err != nil {
		t.Fatalf("DecodeObject(%s): %v", json, err)
	}
	return o
}
