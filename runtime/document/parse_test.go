package document

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

func TestParse_exactValues(t *testing.T) {
	for _, c := range []struct {
		text string
		want tree.Object
	}{
		{"", tree.Object{}},
		{"\ufeffa = 1", tree.Object{"a": int64(1)}},
		{"a = 9223372036854775807\nb = 9223372036854775808\nc = 0xffff_ffff_ffff_ffff\nd = 0\n", tree.Object{
			"a": int64(math.MaxInt64), "b": uint64(1 << 63), "c": uint64(math.MaxUint64), "d": int64(0)}},
		{"a = [18446744073709551615,{b=18446744073709551614}]", tree.Object{"a": []any{uint64(math.MaxUint64), tree.Object{"b": uint64(math.MaxUint64 - 1)}}}},
		{"a = 0.1\nb = 1e3\nc = -0.0", tree.Object{"a": 0.1, "b": 1000.0, "c": math.Copysign(0, -1)}},
		{"a = [inf, -nan]\nb = 1979-05-27 07:32:00Z\nc = 07:32:00", tree.Object{"a": []any{"inf", "-nan"}, "b": "1979-05-27 07:32:00Z", "c": "07:32:00"}},
		{"[[x]]\na=1\n[x.y]\nb=2\n[[x]]\n", tree.Object{"x": []any{tree.Object{"a": int64(1), "y": tree.Object{"b": int64(2)}}, tree.Object{}}}},
		{"Key = 1\nkey = 2", tree.Object{"Key": int64(1), "key": int64(2)}},
		{"\"\" = 1\naa.\"\".b = [0, {'' = 2}]\n[\"\".\"\"]", nil},
		{"\"\" = 1\naa.\"\".b = [0, {'' = 2}]", tree.Object{"": int64(1), "aa": tree.Object{"": tree.Object{"b": []any{int64(0), tree.Object{"": int64(2)}}}}}},
		{"[[a]]\nx = []\n[[a]]\nx.y = 1\nx.z = 2\n", tree.Object{"a": []any{tree.Object{"x": []any{}}, tree.Object{"x": tree.Object{"y": int64(1), "z": int64(2)}}}}},
		{"[a.b]\nx = 1\n[a]\ny = 2\n", tree.Object{"a": tree.Object{"b": tree.Object{"x": int64(1)}, "y": int64(2)}}},
		{"a.x = 1\n[a.b]\ny = 2\n", tree.Object{"a": tree.Object{"b": tree.Object{"y": int64(2)}, "x": int64(1)}}},
	} {
		d, err := Parse([]byte(c.text))
		if c.want == nil {
			if err == nil {
				t.Errorf("Parse(%q): got %v, want an error", c.text, d.Tree())
			}
			continue
		}
		if err != nil {
			t.Errorf("Parse(%q): %v", c.text, err)
			continue
		}
		if diff := cmp.Diff(c.want, d.Tree()); diff != "" {
			t.Errorf("Parse(%q) (-want +got):\n%s", c.text, diff)
		}
		if string(d.Text()) != c.text {
			t.Errorf("Text: got %q, want %q", d.Text(), c.text)
		}
	}
}

func TestParse_syntaxErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a = 1\nb = \n", "line 2, column 5: a value cannot start with this character: quote strings"},
		{"a = secret\n", "line 1, column 5: a value cannot start with this character: quote strings"},
		{"ü = 1", "line 1, column 1: a key cannot start with this character: quote the key"},
		{"\"ü\" = 1x", "line 1, column 8: a string must be quoted"},
		{"a = \"x\nb = 1", "line 1, column 7: this string runs over the end of its line: close it, or use three quotes for a text of several lines"},
		{"a = \"x", "line 1, column 7: this string has no end: add the closing quote"},
		{"a = [1, 2", "line 1, column 10: this array has no end: add \"]\""},
		{"a = 1\na = 2", "line 2, column 1: " + reasonDuplicate},
		{"a.b = 1\na = 2", "line 2, column 1: " + reasonDuplicate},
		{"a.b = 1\n[a]", "line 2, column 2: " + reasonReopened},
		{"[a]\n[a]", "line 2, column 2: " + reasonReopened},
		{"[a.b]\n[a]\nb.c = 1", "line 3, column 1: " + reasonReopened},
		{"a = { b = 1 }\n[a.c]", "line 2, column 2: " + reasonNotTable},
		{"a = { b = 1 }\na.c = 1", "line 2, column 1: " + reasonNotTable},
		{"a = { b = 1, b.c = 2 }", "line 1, column 14: " + reasonNotTable},
		{"a = [{ b = 1 }]\n[[a]]", "line 2, column 3: " + reasonNotTable},
		{"[[a]]\n[a]", "line 2, column 2: " + reasonReopened},
		{"[a]\n[[a]]", "line 2, column 3: " + reasonNotTable},
		{"a = 18446744073709551616", "line 1, column 5: " + reasonInteger},
		{"a = -9223372036854775809", "line 1, column 5: " + reasonInteger},
		{"[x]\na = 1979-02-30", "line 2, column 5: this date or time does not exist: correct it, or quote it if it is a string"},
		{"\ufeffa = \"\\q\"", "line 1, column 6: this escape sequence does not exist in TOML: double the backslash, or use single quotes"},
		{"a = 1\nb = \"\xff\"", "line 2, column 6: the text is not UTF-8: save it as UTF-8"},
		{strings.Repeat("#", MaxBytes+1), "line 1, column 1: " + reasonTooLong},
		{"a = " + strings.Repeat("[", 200) + strings.Repeat("]", 200), fmt.Sprintf("line 1, column %d: %s", 5+tree.MaxDepth, reasonTooDeep)},
		{"a" + strings.Repeat(".a", 200) + " = 1", fmt.Sprintf("line 1, column %d: %s", 405, reasonTooDeep)},
		{"[a" + strings.Repeat(".a", 200) + "]", "line 1, column 2: " + reasonTooDeep},
	} {
		_, err := Parse([]byte(c.text))
		var se *SyntaxError
		if !errors.As(err, &se) {
			t.Errorf("Parse(%.40q): got %v, want a *SyntaxError", c.text, err)
			continue
		}
		if se.Error() != c.want {
			t.Errorf("Parse(%.40q): got %q, want %q", c.text, se, c.want)
		}
	}
}

func TestParse_syntaxErrorsDoNotQuote(t *testing.T) {
	text := "token = \"zzyzx\"\n[zzyzx]\nzzyzx = 'zzyzx' # zzyzx\n[[zzyzx.y]]\nzzyzx = 1979-05-27\n"
	broken := 0
	for i := range text {
		for _, with := range []string{"", "\"", "=", "zzyzx", "\\", "\x00", "[", "1.2.3", "1979-99-99"} {
			_, err := Parse([]byte(text[:i] + with + text[min(i+1, len(text)):]))
			if err == nil {
				continue
			}
			broken++
			if strings.Contains(err.Error(), "zyz") {
				t.Fatalf("got %q, which quotes the text", err)
			}
		}
	}
	if broken < 100 {
		t.Errorf("got %d broken texts, want more", broken)
	}
}

// Each of these texts would end the process, or take hours, if a step recursed
// without a limit, or took quadratic time.
func TestParse_hostileTexts(t *testing.T) {
	for name, text := range treetest.Few(map[string]string{
		"brackets":      "a = " + strings.Repeat("[", MaxBytes-10),
		"braces":        "a = " + strings.Repeat("{a=", MaxBytes/3-10),
		"dots":          strings.Repeat("a.", MaxBytes/2-10) + "a = 1",
		"header":        "[" + strings.Repeat("a.", MaxBytes/2-10) + "a]",
		"entries":       strings.Repeat("[[a]]\n", MaxBytes/6),
		"elements":      "a = [" + strings.Repeat("1,", MaxBytes/2-10) + "]",
		"comments":      strings.Repeat("#\n", MaxBytes/2-10),
		"nested tables": strings.Repeat("[[a]]\n[a.b.c]\nd.e=1\n", MaxBytes/20-10),
	}, 3) {
		d, err := Parse([]byte(text))
		if err != nil {
			continue
		}
		want := tree.Merge(d.Tree(), tree.Object{"a": []any{}, "b": int64(1)}).(map[string]any)
		if _, _, err := d.Edit(want, byID); err != nil {
			t.Errorf("%s: Edit: %v", name, err)
		}
	}
}
