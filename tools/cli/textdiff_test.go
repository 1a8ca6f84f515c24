package cli

import (
	"strings"
	"testing"

	"realmconf/schema/tree"
)

const longText = "You are a careful assistant who answers in one paragraph and never"

func TestDiffLines_texts(t *testing.T) {
	for _, tt := range []struct {
		name          string
		before, after string
		want          string
	}{
		{"short", "a", "b", "-/p = \"a\"\n+/p = \"b\"\n"},
		{"one long", longText, "b", "-/p = \"" + longText + "\"\n+/p = \"b\"\n"},
		{"two long", longText + " guesses", longText + " boasts", "-/p = \"" + longText + " guesses\"\n+/p = \"" + longText + " boasts\"\n   (at character 68: \"guesse\" became \"boast\")\n"},
		{"several lines", "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n", "one\ntwo\nthree\nfour\n5\nsix\nseven\neight\n",
			" /p, line by line:\n @@ -2,7 +2,7 @@\n two\n three\n four\n-five\n+5\n six\n seven\n eight\n"},
		{"from one line to two", "one", "one\ntwo\n", " /p, line by line:\n @@ -1,1 +1,2 @@\n-one\n \\ No newline at end of file\n+one\n+two\n"},
		{"lines like the names of files", "--- a\n+++ b\n", "--- a\n+++ c\n", " /p, line by line:\n @@ -1,2 +1,2 @@\n --- a\n-+++ b\n++++ c\n"},
	} {
		change := tree.Object{"op": "replace", "path": "/p", "old": tt.before, "new": tt.after}
		var b strings.Builder
		for _, l := range diffLines([]any{change}) {
			b.WriteString(string(l.sign) + l.text + "\n")
		}
		if b.String() != tt.want {
			t.Errorf("%s:\n got %q\nwant %q", tt.name, b.String(), tt.want)
		}
	}
}

// On a narrow terminal the place of two long texts is visible, and nothing is cut.
func TestDiff_longTexts(t *testing.T) {
	sh := newShell(t, Terminal{Interactive: true, Width: 40})
	sh.run("set-key", "/agent/system_prompt", longText+" guesses")
	sh.run("set-key", "/agent/system_prompt", longText+" boasts")
	got := sh.out.String()
	joined := strings.Join(strings.Fields(got), " ")
	if !strings.Contains(joined, longText+` boasts"`) || !strings.Contains(joined, `(at character 68: "guesse" became "boast")`) || strings.Contains(got, "…") {
		t.Errorf("got %s", got)
	}
}
