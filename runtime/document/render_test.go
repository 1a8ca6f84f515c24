package document

import (
	"math"
	"testing"

	"realmconf/schema/tree"
)

func TestRenderFloat(t *testing.T) {
	for _, c := range []struct {
		f    float64
		want string
	}{
		{0, "0.0"},
		{math.Copysign(0, -1), "-0.0"},
		{2, "2.0"},
		{-0.25, "-0.25"},
		{0.1, "0.1"},
		{1e-4, "0.0001"},
		{1e-5, "1e-05"},
		{1e15, "1000000000000000.0"},
		{1e16, "1e+16"},
		{1.5e300, "1.5e+300"},
		{math.MaxFloat64, "1.7976931348623157e+308"},
		{math.SmallestNonzeroFloat64, "5e-324"},
	} {
		got := renderFloat(c.f)
		if got != c.want {
			t.Errorf("%g: got %s, want %s", c.f, got, c.want)
		}
		if back := mustParse(t, "a = "+got+"\n").Tree()["a"]; !tree.Exactly(back, c.f) {
			t.Errorf("%s: read back %v, want %g", got, back, c.f)
		}
	}
}

func TestRenderKey(t *testing.T) {
	for name, want := range map[string]string{
		"a":         "a",
		"A-z_09":    "A-z_09",
		"":          `""`,
		"a.b":       `"a.b"`,
		"a b":       `"a b"`,
		"ü":         `"ü"`,
		`say "x"`:   `"say \"x\""`,
		"new\nline": `"new\nline"`,
	} {
		got := renderKey(name)
		if got != want {
			t.Errorf("%q: got %s, want %s", name, got, want)
		}
		if _, has := mustParse(t, got+" = 1\n").Tree()[name]; !has {
			t.Errorf("%q: %s is read as another key", name, got)
		}
	}
}

func TestRenderValue(t *testing.T) {
	list := []any{int64(1), tree.Object{"b": "x", "a": []any{true, "y"}}}
	for _, c := range []struct {
		name string
		v    any
		s    style
		want string
	}{
		{"list on lines", list, style{eol: "\n", indent: "  "}, "[\n      1,\n      { a = [true, \"y\"], b = \"x\" },\n  ]"},
		{"list on one line", list, style{eol: "\n", oneLine: true}, "[1, { a = [true, \"y\"], b = \"x\" }]"},
		{"list of one", []any{int64(1)}, style{eol: "\n"}, "[1]"},
		{"empty list", []any{}, style{eol: "\n"}, "[]"},
		{"empty object", tree.Object{}, style{eol: "\n"}, "{}"},
		{"carriage returns", []any{int64(1), int64(2)}, style{eol: "\r\n"}, "[\r\n    1,\r\n    2,\r\n]"},
		{"string of lines", "a\nb", style{eol: "\n"}, "\"\"\"\na\nb\"\"\""},
		{"string of lines on one line", "a\nb", style{eol: "\n", oneLine: true}, `"a\nb"`},
		{"largest integer", uint64(math.MaxUint64), style{eol: "\n"}, "18446744073709551615"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := renderValue(c.v, c.s)
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if back := mustParse(t, "a = "+got+"\n").Tree()["a"]; !tree.Equal(back, c.v) {
				t.Errorf("read back %v, want %v", back, c.v)
			}
		})
	}
}
