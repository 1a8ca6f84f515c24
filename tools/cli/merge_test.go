package cli

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestMergeTakesBothSidesAndMarksWhereBothChanged(t *testing.T) {
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
		{"without an end", "x", "y", "<<<<<<< yours\nx\n=======\ny\n>>>>>>> generation 2\n", 1},
	} {
		got, clashes := merge([]byte(base), []byte(test.mine), []byte(test.theirs), "generation 2")
		if string(got) != test.want || clashes != test.clashes {
			t.Errorf("%s: %d clashes, want %d\n got %q\nwant %q", test.name, clashes, test.clashes, got, test.want)
		}
	}
}

// TestMergeLosesNothing: whoever did not change anything gets the other's text,
// and a line that one side added is in the result.
func TestMergeLosesNothing(t *testing.T) {
	text := rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "d", ""}), 0, 12), func(lines []string) string {
		return strings.Join(lines, "\n")
	})
	rapid.Check(t, func(t *rapid.T) {
		base, mine, theirs := text.Draw(t, "base"), text.Draw(t, "mine"), text.Draw(t, "theirs")
		if got, clashes := merge([]byte(base), []byte(base), []byte(theirs), "x"); string(got) != theirs || clashes != 0 {
			t.Fatalf("only they changed it: got %q, %d clashes, want %q", got, clashes, theirs)
		}
		if got, clashes := merge([]byte(base), []byte(mine), []byte(base), "x"); string(got) != mine || clashes != 0 {
			t.Fatalf("only I changed it: got %q, %d clashes, want %q", got, clashes, mine)
		}
		added := "e = 1\n" + mine
		if got, _ := merge([]byte(base), []byte(added), []byte(theirs), "x"); !strings.Contains(string(got), "e = 1\n") {
			t.Fatalf("what I added is gone: %q", got)
		}
	})
}
