package tree_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"realmconf/schema/tree"
)

func TestAppend_compactAndSorted(t *testing.T) {
	for _, tt := range []struct {
		v    any
		want string
	}{
		{nil, `null`},
		{true, `true`},
		{false, `false`},
		{int64(math.MinInt64), `-9223372036854775808`},
		{uint64(math.MaxUint64), `18446744073709551615`},
		{7, `7`},
		{[]any(nil), `[]`},
		{tree.Object(nil), `{}`},
		{[]any{int64(1), nil, []any{}}, `[1,null,[]]`},
		{tree.Object{"b": int64(1), "a": int64(2), "": int64(3), "B": tree.Object{}}, `{"":3,"B":{},"a":2,"b":1}`},
		{json.RawMessage(` {"as": "it is"}`), ` {"as": "it is"}`},
		{json.RawMessage(nil), `null`},
		{tree.Object{"raw": json.RawMessage(`[2.0]`)}, `{"raw":[2.0]}`},
		{[]string{"a<b>&"}, `["a<b>&"]`},
		{struct {
			A int `json:"a"`
			B any `json:"b,omitempty"`
		}{A: 1}, `{"a":1}`},
	} {
		if got := string(tree.Append(nil, tt.v)); got != tt.want {
			t.Errorf("%#v: got %s, want %s", tt.v, got, tt.want)
		}
	}
	if got, want := string(tree.Append([]byte("before"), int64(1))), "before1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAppend_floatsStayFloats(t *testing.T) {
	for _, tt := range []struct {
		f    float64
		want string
	}{
		{0, `0.0`},
		{math.Copysign(0, -1), `-0.0`},
		{0.8, `0.8`},
		{2, `2.0`},
		{-100, `-100.0`},
		{1e20, `100000000000000000000.0`},
		{1e21, `1e21`},
		{1.5e300, `1.5e300`},
		{0.000001, `0.000001`},
		{0.0000001, `1e-7`},
		{-1.25e-10, `-1.25e-10`},
		{math.MaxFloat64, `1.7976931348623157e308`},
		{math.SmallestNonzeroFloat64, `5e-324`},
		{math.NaN(), `null`},
		{math.Inf(1), `null`},
		{math.Inf(-1), `null`},
	} {
		if got := string(tree.Append(nil, tt.f)); got != tt.want {
			t.Errorf("%v: got %s, want %s", tt.f, got, tt.want)
		}
	}
}

func TestAppend_necessaryEscapesOnly(t *testing.T) {
	for _, tt := range []struct{ s, want string }{
		{"", `""`},
		{`a"b\c/d`, `"a\"b\\c/d"`},
		{"\n\r\t", `"\n\r\t"`},
		{"\x00\x08\x1f\x7f", "\"\\u0000\\u0008\\u001f\x7f\""},
		{"é😀\u2028<&>", "\"é😀\u2028<&>\""},
		{"\ufffd", "\"\ufffd\""},
		{"a\xffb\xc3", `"a\ufffdb\ufffd"`},
	} {
		if got := string(tree.Append(nil, tt.s)); got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.s, got, tt.want)
		}
	}
}

// A character is written in the same way wherever it is in a text, and whatever comes
// beside it.
func TestAppendString_everyPlace(t *testing.T) {
	for c := rune(0); c < 0x200; c++ {
		alone := string(tree.AppendString(nil, string(c)))
		escaped := alone[1 : len(alone)-1]
		for at := range 17 {
			for _, beside := range []string{"a", "!", "\x7f", "#", "[", "]"} { // those next to what is escaped, too
				before, behind := strings.Repeat(beside, at), strings.Repeat(beside, 17-at)
				want := `"` + before + escaped + behind + `"`
				if got := string(tree.AppendString(nil, before+string(c)+behind)); got != want {
					t.Fatalf("%q behind %d characters: got %s, want %s", c, at, got, want)
				}
				if got := string(tree.AppendString(nil, []byte(before+string(c)+behind))); got != want {
					t.Fatalf("%q in bytes behind %d characters: got %s, want %s", c, at, got, want)
				}
			}
		}
	}
}

func TestAppend_panicsIfNotJSON(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Errorf("a channel was written as JSON")
		}
	}()
	tree.Append(nil, make(chan int))
}

func TestAppend_roundTrip(t *testing.T) {
	value := rapid.OneOf(values(3), rapid.Float64().AsAny(), rapid.String().AsAny(), rapid.Int64().AsAny())
	rapid.Check(t, func(t *rapid.T) {
		v := value.Draw(t, "value")
		first := text(v)
		got, err := tree.Decode([]byte(first))
		if err != nil || !tree.Equal(got, v) {
			t.Fatalf("Decode(%s): got %s, %v", first, text(got), err)
		}
		if again := text(got); again != first {
			t.Errorf("got %s, want the same bytes as %s", again, first)
		}
		if !json.Valid([]byte(first)) {
			t.Errorf("encoding/json does not read %s", first)
		}
	})
}
