package document

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// scraps are texts that a person's mistake may leave in a file.
var scraps = []string{"", "\n", "\r\n", " ", "#", "# x\n", "[a]\n", "[[b]]\n", "[a.b]\n", "a.b = 1\n", "\"", "'", ",", "[", "]", "{", "}", "=", "1",
	"'''", "\"\"\"", "\t", "\\", "{ a = 1 }", "[1,\n2]", ".", "a", "b = [ # c\n]\n"}

// scramble exchanges lines and replaces a few bytes with scraps.
func scramble(t *rapid.T, text string) string {
	for range rapid.IntRange(1, 4).Draw(t, "mistakes") {
		if rapid.IntRange(0, 3).Draw(t, "mistake") == 0 {
			lines := strings.SplitAfter(text, "\n")
			i := rapid.IntRange(0, len(lines)-1).Draw(t, "line")
			j := rapid.IntRange(0, len(lines)-1).Draw(t, "line")
			lines[i], lines[j] = lines[j], lines[i]
			text = strings.Join(lines, "")
			continue
		}
		from := rapid.IntRange(0, len(text)).Draw(t, "from")
		to := min(len(text), from+rapid.IntRange(0, 5).Draw(t, "length"))
		text = text[:from] + rapid.SampledFrom(scraps).Draw(t, "scrap") + text[to:]
	}
	return text
}

func TestEdit_scrambledText(t *testing.T) {
	texts := fixtures(t)
	rapid.Check(t, func(t *rapid.T) {
		text := drawText(t)
		if rapid.IntRange(0, 3).Draw(t, "fixture") == 0 {
			text = rapid.SampledFrom(texts).Draw(t, "text")
		}
		text = scramble(t, text)
		d, err := Parse([]byte(text))
		if err != nil {
			if _, ok := err.(*SyntaxError); !ok {
				t.Fatalf("got %T, want *SyntaxError", err)
			}
			return
		}
		want, ok := drawWanted(t, d.Tree(), 3).(map[string]any)
		if !ok {
			return
		}
		next, reformatted, err := d.Edit(want, byID)
		if err != nil || slices.ContainsFunc(reformatted, func(p tree.Pointer) bool { return !isMixedList(want, p) }) {
			t.Fatalf("Edit: %v, %v\n%s\nwant %v", reformatted, err, text, want)
		}
		if len(reformatted) > 0 {
			return
		}
		if line, ok := isSubsequence(staying(d, want), string(next.Text())); !ok {
			t.Fatalf("lost %q\nof\n%s\nby wanting %v\ngot\n%s", line, text, want, next.Text())
		}
	})
}

// isMixedList reports whether the list at p has tables and other values. Sections
// that become one are reformatted, because a section is always a table.
func isMixedList(want tree.Object, p tree.Pointer) bool {
	v, _, _ := p.Get(want)
	list, _ := v.([]any)
	isTable := func(e any) bool { _, is := e.(map[string]any); return is }
	return slices.ContainsFunc(list, isTable) && slices.ContainsFunc(list, func(e any) bool { return !isTable(e) })
}

func TestEdit_concurrent(t *testing.T) {
	d := mustParse(t, fixtures(t)[0])
	keys := []string{"/agent/model", "/retry/multiplier", "/comms/mode", "/rest/port", "/hooks/entries/1/event", "/shell/security_patterns/2"}
	texts := make([]string, len(keys))
	var wait sync.WaitGroup
	for i, key := range keys {
		wait.Go(func() {
			p, err := tree.ParsePointer(key)
			if err != nil {
				t.Error(err)
				return
			}
			want := treetest.CloneObject(d.Tree())
			set(want, p, "new")
			next, _, err := d.Edit(want, byID)
			if err != nil {
				t.Errorf("%s: %v", key, err)
				return
			}
			texts[i] = string(next.Text())
		})
	}
	wait.Wait()
	slices.Sort(texts)
	if got := len(slices.Compact(texts)); got != len(keys) {
		t.Errorf("got %d different texts, want %d", got, len(keys))
	}
}
