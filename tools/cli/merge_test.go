package cli

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestMerge(t *testing.T) {
	const base = "a = 1\nb = 2\nc = 3\nd = 4\n"
	for _, test := range []struct {
		name, mine, theirs, want string
		clashes                  int
	}{
		{"different lines", "a = 9\nb = 2\nc = 3\nd = 4\n", "a = 1\nb = 2\nc = 3\nd = 8\ne = 5\n", "a = 9\nb = 2\nc = 3\nd = 8\ne = 5\n", 0},
		{"the same on both sides", "a = 9\nb = 2\nc = 3\nd = 4\n", "a = 9\nb = 2\nc = 3\nd = 4\n", "a = 9\nb = 2\nc = 3\nd = 4\n", 0},
		{"removed and kept", "a = 1\nc = 3\nd = 4\n", "a = 1\nb = 2\nc = 3\n", "a = 1\nc = 3\n", 0},
		{
			"one line, two values", "a = 1\nb = 7\nc = 3\nd = 4\n", "a = 1\nb = 8\nc = 3\nd = 4\n",
			"a = 1\n<<<<<<< yours\nb = 7\n=======\nb = 8\n>>>>>>> generation 2\nc = 3\nd = 4\n", 1,
		},
		{"without a final line end", "x", "y", "<<<<<<< yours\nx\n=======\ny\n>>>>>>> generation 2\n", 1},
		{"added at the same place", base + "e = 1\n", base + "e = 2\n", base + "<<<<<<< yours\ne = 1\n=======\ne = 2\n>>>>>>> generation 2\n", 1},
		{"both added the same", base + "e = 1\n", base + "e = 1\n", base + "e = 1\n", 0},
		{"one emptied it", "", base, "", 0},
		{"changed and removed", "a = 1\nb = 7\nc = 3\nd = 4\n", "a = 1\nc = 3\nd = 4\n",
			"a = 1\n<<<<<<< yours\nb = 7\n=======\n>>>>>>> generation 2\nc = 3\nd = 4\n", 1},
		{"two conflicts", "a = 7\nb = 2\nc = 3\nd = 7\n", "a = 8\nb = 2\nc = 3\nd = 8\n",
			"<<<<<<< yours\na = 7\n=======\na = 8\n>>>>>>> generation 2\nb = 2\nc = 3\n<<<<<<< yours\nd = 7\n=======\nd = 8\n>>>>>>> generation 2\n", 2},
	} {
		got, clashes := merge([]byte(base), []byte(test.mine), []byte(test.theirs), "generation 2")
		if string(got) != test.want || clashes != test.clashes {
			t.Errorf("%s: %d clashes, want %d\n got %q\nwant %q", test.name, clashes, test.clashes, got, test.want)
		}
	}
}

// If one side is unchanged, the result is the other side. A line that one side
// added is in the result.
func TestMerge_losesNothing(t *testing.T) {
	text := rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "d", ""}), 0, 12), func(lines []string) string {
		return strings.Join(lines, "\n")
	})
	rapid.Check(t, func(t *rapid.T) {
		base, mine, theirs := text.Draw(t, "base"), text.Draw(t, "mine"), text.Draw(t, "theirs")
		if got, clashes := merge([]byte(base), []byte(base), []byte(theirs), "x"); string(got) != theirs || clashes != 0 {
			t.Fatalf("only theirs changed: got %q, %d clashes, want %q", got, clashes, theirs)
		}
		if got, clashes := merge([]byte(base), []byte(mine), []byte(base), "x"); string(got) != mine || clashes != 0 {
			t.Fatalf("only mine changed: got %q, %d clashes, want %q", got, clashes, mine)
		}
		added := "e = 1\n" + mine
		if got, _ := merge([]byte(base), []byte(added), []byte(theirs), "x"); !strings.Contains(string(got), "e = 1\n") {
			t.Fatalf("an added line is missing: %q", got)
		}
	})
}

// Above the limit the lines between the common beginning and end are one region.
func TestMerge_longTexts(t *testing.T) {
	lines := func(prefix string) string {
		var b strings.Builder
		for i := range 2100 {
			fmt.Fprintf(&b, "%s%d\n", prefix, i)
		}
		return b.String()
	}
	base := "first\n" + lines("a") + "last\n"
	mine := "first\n" + lines("b") + "last\n"
	if got, clashes := merge([]byte(base), []byte(mine), []byte(base+"more\n"), "x"); string(got) != mine+"more\n" || clashes != 0 {
		t.Errorf("got %d bytes and %d clashes, want mine and the line that theirs added", len(got), clashes)
	}
}
