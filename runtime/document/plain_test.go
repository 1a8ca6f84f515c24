package document

import (
	"testing"

	"pgregory.net/rapid"
)

// plainValueOf returns the value of a scalar if it is plain, and checks that the decoder
// reads the same. It returns nil for what is no scalar.
func plainValueOf(t interface {
	Helper()
	Fatalf(format string, args ...any)
}, raw string) any {
	t.Helper()
	l, err := scan([]byte("a = " + raw))
	if err != nil {
		return nil
	}
	d := &decoder{layout: l}
	got := d.plainValue(l.spelled[0])
	if got == nil {
		return nil
	}
	decoded, err := decodeTOML(d.array([]int32{0}))
	if err != nil || len(decoded) != 1 || d.value(0, decoded[0]) != got {
		t.Fatalf("%s: got %#v, want %#v, %v", raw, got, decoded, err)
	}
	return got
}

func TestPlainValue(t *testing.T) {
	for raw, want := range map[string]any{
		"true": true, "false": false, "0": int64(0), "-0": int64(0), "-17": int64(-17), "12345678901234567": int64(12345678901234567),
		"1_0": int64(10), "1_2_3": int64(123), "0.5": 0.5, "-1.50": -1.5, "-0.0": 0.0, "10.25": 10.25,
		`"a 'b' ~"`: "a 'b' ~", `'a "b" ~'`: `a "b" ~`, `""`: "", "''": "",

		"123456789012345678": nil, "+1": nil, "0x1F": nil, "1e3": nil, "1.5e3": nil, "+1.5": nil, "1_0.5": nil, "1.5_0": nil,
		"inf": nil, "-nan": nil, "1979-05-27": nil, "07:32:00": nil,
		`"\\"`: nil, "'\\'": nil, `"\u00e9"`: nil, `"é"`: nil, "'\t'": nil, `"""a"""`: nil, "'''a'''": nil, `""""""`: nil,
	} {
		if got := plainValueOf(t, raw); got != want {
			t.Errorf("%s: got %#v, want %#v", raw, got, want)
		}
	}
}

func TestPlainValue_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plainValueOf(t, rapid.OneOf(
			rapid.StringMatching(`[-+]?[0-9_]{1,19}`),
			rapid.StringMatching(`[-+]?[0-9_]{1,19}\.[0-9_]{1,19}([eE][-+]?[0-9]{1,3})?`),
			rapid.StringMatching(`"[ -~\\\téx'\x7f]{0,9}"|'[ -~téx"\x7f]{0,9}'|"""[a-z\n\\"]{0,5}"""|'''[a-z\n']{0,5}'''`),
		).Draw(t, "scalar"))
	})
}

// The decoder has nothing to do for a usual text: a command that reads one need not even
// load the decoder's code.
func TestPlainValue_exampleRealm(t *testing.T) {
	l, err := scan(exampleRealm(t))
	if err != nil {
		t.Fatal(err)
	}
	d := &decoder{layout: l}
	for _, v := range l.spelled {
		if v.inner == nil && d.plainValue(v) == nil {
			t.Errorf("%s is not plain", l.text[v.start():v.end()])
		}
	}
}
