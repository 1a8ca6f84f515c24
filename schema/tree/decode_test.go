package tree_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema/tree"
)

func TestDecode_exactValues(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want any
	}{
		{`null`, nil},
		{" \t\r\n true \n", true},
		{`false`, false},
		{`0`, int64(0)},
		{`-0`, int64(0)},
		{`-0.0`, math.Copysign(0, -1)},
		{`9007199254740993`, int64(1<<53 + 1)},
		{`9223372036854775807`, int64(math.MaxInt64)},
		{`-9223372036854775808`, int64(math.MinInt64)},
		{`9223372036854775808`, uint64(1 << 63)},
		{`18446744073709551615`, uint64(math.MaxUint64)},
		{`2.0`, 2.0},
		{`2e0`, 2.0},
		{`1E+2`, 100.0},
		{`-1.5e-3`, -0.0015},
		{`1e308`, 1e308},
		{`""`, ""},
		{`"\"\\\/\b\f\n\r\t\u0041\u00e9"`, "\"\\/\b\f\n\r\tAé"},
		{`"a\ud83d\uDE00b"`, "a😀b"},
		{`"\u0000"`, "\x00"},
		{"\"\u007f\u2028\ufffd\"", "\u007f\u2028\ufffd"},
		{`"\uffff\ud7ff\ue000"`, "\uffff\ud7ff\ue000"},
		{`[]`, []any{}},
		{`[ 1 , [ ] , { } ]`, []any{int64(1), []any{}, tree.Object{}}},
		{`{ "b" : 1 , "a" : { "" : null } }`, tree.Object{"b": int64(1), "a": tree.Object{"": nil}}},
	} {
		got, err := tree.Decode([]byte(tt.in))
		if err != nil {
			t.Errorf("%s: %v", tt.in, err)
			continue
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.in, diff)
		}
		if f, ok := tt.want.(float64); ok && math.Signbit(f) != math.Signbit(got.(float64)) {
			t.Errorf("%s: got %v, want %v", tt.in, got, f)
		}
	}
}

func TestDecode_errorsNameThePlace(t *testing.T) {
	for _, tt := range []struct {
		in   string
		kind tree.DecodeKind
		want string
	}{
		{"", tree.Malformed, `byte 0: the text ends where a value is needed`},
		{"  ", tree.Malformed, `byte 2: the text ends where a value is needed`},
		{"\ufeff{}", tree.Malformed, `byte 0: a value is needed here`},
		{"\x00", tree.Malformed, `byte 0: a value is needed here`},
		{"nul", tree.Malformed, `byte 0: a value is needed here`},
		{"True", tree.Malformed, `byte 0: a value is needed here`},
		{"NaN", tree.Malformed, `byte 0: a value is needed here`},
		{"truefalse", tree.Malformed, `byte 4: there is more after the value`},
		{"{} {}", tree.Malformed, `byte 3: there is more after the value`},
		{"01", tree.Malformed, `byte 1: there is more after the value`},
		{"0x1", tree.Malformed, `byte 1: there is more after the value`},
		{"-", tree.Malformed, `byte 1: a digit is needed here`},
		{"+1", tree.Malformed, `byte 0: a value is needed here`},
		{".5", tree.Malformed, `byte 0: a value is needed here`},
		{"1.", tree.Malformed, `byte 2: a digit is needed here`},
		{"1.e1", tree.Malformed, `byte 2: a digit is needed here`},
		{"1e+", tree.Malformed, `byte 3: a digit is needed here`},
		{"[1,]", tree.Malformed, `byte 3 (/1): a value is needed here`},
		{"[1 2]", tree.Malformed, `byte 3: "," or "]" is needed here`},
		{"[1", tree.Malformed, `byte 2: "," or "]" is needed here`},
		{"[", tree.Malformed, `byte 1 (/0): the text ends where a value is needed`},
		{`{"a":[0,{"b":?}]}`, tree.Malformed, `byte 13 (/a/1/b): a value is needed here`},
		{`{"a":1,}`, tree.Malformed, `byte 7: a member name in double quotes is needed here`},
		{`{a:1}`, tree.Malformed, `byte 1: a member name in double quotes is needed here`},
		{`{"a" 1}`, tree.Malformed, `byte 5: ":" is needed here`},
		{`{"a":1 "b":2}`, tree.Malformed, `byte 7: "," or "}" is needed here`},
		{`{"a":1`, tree.Malformed, `byte 6: "," or "}" is needed here`},
		{`{"a":}`, tree.Malformed, `byte 5 (/a): a value is needed here`},
		{`{"a/b":?}`, tree.Malformed, `byte 7 (/a~1b): a value is needed here`},
		{`"abc`, tree.Malformed, `byte 4: the text ends inside a string`},
		{`"abc\`, tree.Malformed, `byte 5: the text ends inside a string`},
		{"\"a\nb\"", tree.Malformed, `byte 2: a control character inside a string must be escaped`},
		{`"a\x"`, tree.Malformed, `byte 2: this escape sequence does not exist`},
		{`"\u12g4"`, tree.Malformed, `byte 3: four hexadecimal digits are needed here`},
		{`"\u12`, tree.Malformed, `byte 3: four hexadecimal digits are needed here`},
		{`"a\ud800"`, tree.Malformed, `byte 2: half of a surrogate pair is missing`},
		{`"a\udc00"`, tree.Malformed, `byte 2: half of a surrogate pair is missing`},
		{`"\ud800\ud800"`, tree.Malformed, `byte 1: half of a surrogate pair is missing`},
		{`"\ud800\ue000"`, tree.Malformed, `byte 1: half of a surrogate pair is missing`},
		{`"\ud800\n"`, tree.Malformed, `byte 1: half of a surrogate pair is missing`},
		{`"\ud800\u00"`, tree.Malformed, `byte 1: half of a surrogate pair is missing`},
		{"\"a\xff\"", tree.Malformed, `byte 2: these bytes are not UTF-8`},
		{"\"\xc0\x80\"", tree.Malformed, `byte 1: these bytes are not UTF-8`},
		{"\"\xed\xa0\x80\"", tree.Malformed, `byte 1: these bytes are not UTF-8`},
		{"{\"\xff\":1}", tree.Malformed, `byte 2: these bytes are not UTF-8`},
		{"[\xff]", tree.Malformed, `byte 1 (/0): a value is needed here`},
		{`{"a":1,"b":{"c":1,"\u0063":2}}`, tree.Duplicate, `byte 18 (/b/c): member "c" is given twice: give it once`},
		{`[{},{"":1,"":1}]`, tree.Duplicate, `byte 10 (/1/): member "" is given twice: give it once`},
		{`18446744073709551616`, tree.Range, `byte 0: the integer does not fit in 64 bits`},
		{`{"a":[-9223372036854775809]}`, tree.Range, `byte 6 (/a/0): the integer does not fit in 64 bits`},
		{`[1e400]`, tree.Range, `byte 1 (/0): the number is too large`},
		{`-1e400`, tree.Range, `byte 0: the number is too large`},
		{strings.Repeat("[", tree.MaxDepth+1), tree.Malformed, `byte 128 (` + strings.Repeat("/0", tree.MaxDepth) + `): nested deeper than 128 levels`},
	} {
		v, err := tree.Decode([]byte(tt.in))
		checkDecodeError(t, tt.in, err, tt.kind, tt.want)
		if v != nil {
			t.Errorf("%q: got %v beside the error", tt.in, v)
		}
	}
}

func checkDecodeError(t *testing.T, in string, err error, kind tree.DecodeKind, want string) {
	t.Helper()
	var e *tree.DecodeError
	if !errors.As(err, &e) {
		t.Errorf("%q: got %v, want a DecodeError", in, err)
		return
	}
	if e.Kind != kind || e.Error() != want {
		t.Errorf("%q: got kind %d: %v, want kind %d: %s", in, e.Kind, e, kind, want)
	}
}

func TestDecode_maxDepth(t *testing.T) {
	for _, in := range []string{
		strings.Repeat("[", tree.MaxDepth) + strings.Repeat("]", tree.MaxDepth),
		strings.Repeat(`{"a":`, tree.MaxDepth-1) + "{}" + strings.Repeat("}", tree.MaxDepth-1),
		"[" + strings.Repeat(strings.Repeat("[", tree.MaxDepth-1)+strings.Repeat("]", tree.MaxDepth-1)+",", 3) + "1]",
	} {
		if _, err := tree.Decode([]byte(in)); err != nil {
			t.Errorf("%.20s…: %v", in, err)
		}
	}
}

func TestDecodeObject_otherValue(t *testing.T) {
	for in, want := range map[string]string{
		`null`:    `byte 0: an object is needed here, not null`,
		`true`:    `byte 0: an object is needed here, not a boolean`,
		` 1`:      `byte 1: an object is needed here, not an integer`,
		`1.0`:     `byte 0: an object is needed here, not a number`,
		`"{}"`:    `byte 0: an object is needed here, not a string`,
		"\n [{}]": `byte 2: an object is needed here, not an array`,
	} {
		_, err := tree.DecodeObject([]byte(in))
		checkDecodeError(t, in, err, tree.Shape, want)
		_, err = tree.Members([]byte(in))
		checkDecodeError(t, in, err, tree.Shape, want)
	}
	o, err := tree.DecodeObject([]byte(` {"a":1} `))
	if err != nil || text(o) != `{"a":1}` {
		t.Errorf("got %s, %v", text(o), err)
	}
}

// TestDecodeObjectKnown expects an object with a value in place of the known member,
// and the same object and error as from DecodeObject otherwise.
func TestDecodeObjectKnown(t *testing.T) {
	const raw = `{"a":[1]}`
	known := tree.Known{Name: "m", Raw: []byte(raw), Value: "known"}
	for _, tt := range []struct {
		data string
		want string // the object, if it is not that of DecodeObject
		raw  string // of the member
	}{
		{`{"m":` + raw + `}`, `{"m":"known"}`, raw},
		{`{"x":1,"m": ` + raw + ` ,"y":2}`, `{"m":"known","x":1,"y":2}`, raw},
		{`{"\u006d":` + raw + `}`, `{"m":"known"}`, raw},
		{`{"m":{"a":[2]}}`, "", `{"a":[2]}`},
		{`{"m":{"a": [1]}}`, "", `{"a": [1]}`},
		{`{"m":[` + raw + `]}`, "", `[` + raw + `]`},
		{`{"x":{"m":` + raw + `}}`, "", ""},
		{`{"x":1}`, "", ""},
		{`{"m":` + raw + `,"m":` + raw + `}`, "", ""},
		{`{"m":` + raw + `"x":1}`, "", ""},
		{`{"m":` + raw + `}}`, "", ""},
		{`{"m":` + raw, "", ""},
		{`[` + raw + `]`, "", ""},
	} {
		o, member, err := tree.DecodeObjectKnown([]byte(tt.data), known)
		same, wantErr := tree.DecodeObject([]byte(tt.data))
		if fmt.Sprint(err) != fmt.Sprint(wantErr) {
			t.Errorf("%s: got %v, want %v", tt.data, err, wantErr)
		}
		if err != nil {
			continue
		}
		want := tt.want
		if want == "" {
			want = string(tree.Append(nil, same))
		}
		if got := string(tree.Append(nil, o)); got != want || string(member) != tt.raw {
			t.Errorf("%s: got %s and %s, want %s and %s", tt.data, got, member, want, tt.raw)
		}
	}
	long := fmt.Sprintf(`{"m":%s,"x":[%s1]}`, raw, strings.Repeat("1,", tree.MaxKeys-5))
	if o, _, err := tree.DecodeObjectKnown([]byte(long), known); err != nil || o["m"] == "known" {
		t.Errorf("a long text: got %v and %v, want each of its values decoded and counted", o["m"], err)
	}
}
