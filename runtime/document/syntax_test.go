package document

import (
	"fmt"
	"strings"
	"testing"

	"realmconf/schema/tree"
)

// The place of a mistake on the last line does not depend on how the line ends, or
// on what precedes it.
func TestParse_mistakeOnLastLine(t *testing.T) {
	for _, c := range []struct {
		line   string
		column int
		want   string
	}{
		{"a", 2, "an equals sign is missing after the key"},
		{"a.", 3, ""},
		{"a =", 4, ""},
		{"a = ", 5, ""},
		{"ü", 1, "a key cannot start with this character: quote the key"},
		{"a = tru", 5, ""},
		{"a = 1 2", 7, "only a comment may follow here: start a new line, or quote the string"},
		{"a = 1x", 6, "a string must be quoted"},
		{"a = +", 6, ""},
		{"a = 1.", 7, "a decimal point needs digits on both sides"},
		{"a = 1e", 7, "an exponent needs digits"},
		{"a = 0x", 5, ""},
		{"a = \"x", 7, ""},
		{"a = 'ü", 7, ""},
		{"a = \"\\q\"", 6, ""},
		{"a = \"\\", 6, ""},
		{"a = \"\"\"x", 9, "this string has no end: add the three closing quotes"},
		{"a = '''ü", 9, "this string has no end: add the three closing quotes"},
		{"a = [1", 7, "this array has no end: add \"]\""},
		{"a = [1,", 8, "this array has no end: add \"]\""},
		{"a = [1 2]", 8, ""},
		{"a = [1 # c", 11, "this array has no end: add \"]\""},
		{"a = {", 6, "this inline table has no end: add \"}\""},
		{"a = {b = 1", 11, "this inline table has no end: add \"}\""},
		{"a = {b", 7, "an equals sign is missing after the key"},
		{"[a", 3, "this table header is not closed: add \"]\""},
		{"[a.", 4, ""},
		{"[[a", 4, "this table header is not closed: add \"]]\""},
		{"[a] x", 5, "only a comment may follow here: start a new line, or quote the string"},
		{"a = 1 # \x01", 9, "control characters must be written as escapes"},
		{"a = 99999999999999999999999", 5, reasonInteger},
		{"a = 1e999", 5, "this number is out of range"},
		{"a = 1985-06-18T17:04:07+12:60", 5, reasonNoDate},
		{"x.y = 1", 1, reasonNotTable},
		{"[x]", 2, reasonDuplicate},
	} {
		for _, before := range []string{"", "# ü\n", "x = 'ü'\n\n", "x = 1\r\n# c\r\n", "\ufeff", "\ufeffx = 1\n"} {
			needsX := strings.ContainsRune(c.line, 'x') && (c.want == reasonNotTable || c.want == reasonDuplicate)
			if needsX && !strings.Contains(before, "x = ") {
				continue
			}
			for _, end := range []string{"", "\n", "\r\n"} {
				text := before + c.line + end
				_, err := Parse([]byte(text))
				place := fmt.Sprintf("line %d, column %d: %s", 1+strings.Count(before, "\n"), c.column, c.want)
				if err == nil || !strings.HasPrefix(err.Error(), place) {
					t.Errorf("%q: got %v, want %s", text, err, place)
				}
			}
		}
	}
}

// A text with thousands of levels is an error with a place. The levels are not all
// gone into: the memory on the way is in proportion to the text.
func TestParse_thousandsOfLevels(t *testing.T) {
	const levels = 10_000
	repeat := func(s string) string { return strings.Repeat(s, levels) }
	dots := strings.TrimSuffix(repeat("a."), ".")
	for _, c := range []struct{ text, want string }{
		{"a = " + repeat("[") + repeat("]"), fmt.Sprintf("line 1, column %d: %s", 5+tree.MaxDepth, reasonTooDeep)},
		{"a = " + repeat("[") + "[" + repeat("]") + "]", fmt.Sprintf("line 1, column %d: %s", 5+levels, reasonTooDeep)},
		{"x = 1\na = " + repeat("{a=") + "1" + repeat("}"), fmt.Sprintf("line 2, column %d: %s", 5+3*tree.MaxDepth, reasonTooDeep)},
		{"x = 1\na = " + repeat("{a=") + "{a=1}" + repeat("}"), fmt.Sprintf("line 2, column %d: %s", 5+3*levels, reasonTooDeep)},
		{"a = " + repeat("[{a="), fmt.Sprintf("line 1, column %d: %s", 5+4*levels/2, reasonTooDeep)},
		{"a = " + repeat("["), ""},
		{"x = 1\n" + dots + " = 1", fmt.Sprintf("line 2, column %d: %s", 2*levels+3, reasonTooDeep)},
		{"x = 1\nb = {" + dots + " = 1}", fmt.Sprintf("line 2, column %d: %s", 2*levels+8, reasonTooDeep)},
		{"x = 1\n[" + dots + "]\n", "line 2, column 2: " + reasonTooDeep},
		{"x = 1\n[[" + dots + "]]\n", "line 2, column 3: " + reasonTooDeep},
		{strings.Join(headers(levels), "\n"), fmt.Sprintf("line %d, column 2: %s", 1+tree.MaxDepth, reasonTooDeep)},
	} {
		_, err := Parse([]byte(c.text))
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%.30q: got %v, want %s", c.text, err, c.want)
		}
	}
}

// headers returns table headers, each a level below the one before, as many as fit
// into a text.
func headers(levels int) []string {
	var all []string
	key := "a"
	for n := 0; n+len(key)+3 < MaxBytes && len(all) < levels; key += ".a" {
		all = append(all, "["+key+"]")
		n += len(key) + 3
	}
	return all
}
