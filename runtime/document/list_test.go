package document

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// splitValue splits the value of the key x.
func splitValue(t testing.TB, text string) *list {
	t.Helper()
	d := mustParse(t, "x = "+text+"\n")
	return d.layout.split(&d.layout.root.member("x").entry.value)
}

var splitTexts = []string{
	"[]", "[ ]", "[\n]", "[ # a\n]", "[1]", "[ 1, 2 ]", "[1,2,]", "[1, # one\n 2]",
	"[\n  # above\n  1, # one\n\n  # set apart\n\n  2 # two\n  # end\n]",
	"[ # open\n  1 # before the comma\n  , 2, # two\n 3 ]",
	"['#', \"]\", '''\n#]''', [1, [2] # two\n ], { a = 1 }, # last\n]",
	"[\r\n  1, # one\r\n  2,\r\n]",
	"{}", "{ }", "{ a = 1, b.c = [ 1 ] }", "{a=1,b=2}", "{\n  a = 1, # one\n  # above\n  b = 2\n}",
}

func TestList_roundTrip(t *testing.T) {
	for _, text := range splitTexts {
		if got := splitValue(t, text).String(); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	}
}

func TestList_splitParts(t *testing.T) {
	l := splitValue(t, "[ # open\n    # above\n    'one' # mid\n    , # behind\n    2\n    # end\n]")
	got := []string{l.open}
	for it := l.first; it != nil; it = it.next {
		got = append(got, it.before, it.text, it.mid, it.behind)
	}
	got = append(got, l.closing)
	want := []string{"[ # open\n", "    # above\n    ", "'one'", " # mid\n    ", " # behind\n", "    ", "2", "", "\n", "    # end\n]"}
	if strings.Join(got, "|") != strings.Join(want, "|") || l.trailing {
		t.Errorf("got %q, trailing comma %t, want %q", got, l.trailing, want)
	}
}

// A list stays TOML with every element removed and added in any order, and the
// comments on lines of their own stay.
func TestList_anyEdits(t *testing.T) {
	var arrays []string
	for _, text := range splitTexts {
		if strings.HasPrefix(text, "[") {
			arrays = append(arrays, text)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom(arrays).Draw(t, "text")
		d, err := Parse([]byte("x = " + text + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		l := d.layout.split(&d.layout.root.member("x").entry.value)
		length := 0
		for it := l.first; it != nil; it = it.next {
			length++
		}
		for range rapid.IntRange(1, 6).Draw(t, "edits") {
			at := rapid.IntRange(0, length).Draw(t, "at")
			it := l.first
			for i := 0; i < at-1 && it != nil; i++ {
				it = it.next
			}
			if at == 0 {
				it = nil
			}
			if it != nil && rapid.Bool().Draw(t, "remove") {
				l.remove(it)
				length--
				continue
			}
			l.insert(it, "7", "\n")
			length++
		}
		edited, err := Parse([]byte("x = " + l.String() + "\n"))
		if err != nil {
			t.Fatalf("%q became %q: %v", text, l.String(), err)
		}
		if got := len(edited.Tree()["x"].([]any)); got != length {
			t.Fatalf("%q became %q with %d elements, want %d", text, l.String(), got, length)
		}
		for _, comment := range []string{"# above", "# set apart", "# end"} {
			if strings.Contains(text, comment+"\n") && !strings.Contains(l.String(), comment) {
				t.Fatalf("%q became %q and lost %q", text, l.String(), comment)
			}
		}
	})
}
