package document

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

func TestEdit_tooLong(t *testing.T) {
	d := mustParse(t, "a = [\n  1, # one\n]\n")
	long := make([]any, MaxBytes)
	for i := range long {
		long[i] = ""
	}
	for _, c := range []struct {
		name   string
		want   any
		allocs float64
	}{
		{"a string", strings.Repeat("x", MaxBytes+1), 20},
		{"a list", long, 2*MaxBytes + 20}, // the pointers to its elements, which are checked first
		{"a key", map[string]any{strings.Repeat("k", MaxBytes): int64(1)}, 20},
	} {
		want := tree.Object{"a": c.want}
		n := testing.AllocsPerRun(1, func() {
			if _, _, err := d.Edit(want, byID); err != ErrTooLong {
				t.Errorf("%s: got %v, want %v", c.name, err, ErrTooLong)
			}
		})
		if n > c.allocs {
			t.Errorf("%s: got %v allocations, want at most %v", c.name, n, c.allocs)
		}
	}
}

// No text is shorter than the lower bound.
func TestMinBytes(t *testing.T) {
	for _, text := range []string{"", "a=1", "a=[]", "a={}", "a=''", "\"\"=1", "a.b.c=1", "[a.b]", "[[a]]\n[[a]]", "a=1979-05-27", "a=[1,2]", "a={b=1,c=''}", "a=[{},{}]", "a=[[],[]]"} {
		if d := mustParse(t, text); minBytes(d.Tree()) > len(text) {
			t.Errorf("%q: got %d, want at most %d", text, minBytes(d.Tree()), len(text))
		}
	}
}

// The work for a list must not grow with the square of its length. The allocated
// memory shows that on any machine.
func TestEdit_memoryInProportion(t *testing.T) {
	grown := func(n int) int64 {
		d := mustParse(t, "a = [\n  \"x\", # one\n  \"y\", # two\n]\n")
		list := make([]any, n)
		for i := range list {
			list[i] = fmt.Sprint(i)
		}
		return bytesOf(t, d, tree.Object{"a": list}, nil)
	}
	emptied := func(n int) int64 {
		d := mustParse(t, "a = [\n"+strings.Repeat("  # comment\n  1,\n", n)+"]\n")
		return bytesOf(t, d, tree.Object{"a": []any{}}, nil)
	}
	// reversed changes all entries, too: each is found by its identity, or by
	// the member that did not change.
	reversed := func(entry string, model Model) func(int) int64 {
		return func(n int) int64 {
			var text strings.Builder
			for i := range n {
				fmt.Fprintf(&text, entry, i)
			}
			whole := text.String()
			if !strings.HasPrefix(entry, "[[") {
				whole = "a = [\n" + whole + "]\n"
			}
			d := mustParse(t, whole)
			want := treetest.CloneObject(d.Tree())
			list := want["a"].([]any)
			slices.Reverse(list)
			for _, e := range list {
				if o, isObject := e.(map[string]any); isObject {
					o["v"] = "changed"
				}
			}
			return bytesOf(t, d, want, model)
		}
	}
	for name, do := range treetest.Few(map[string]func(int) int64{
		"grown": grown, "emptied": emptied,
		"strings reversed":             reversed("  '%d', # c\n", nil),
		"inline tables reversed":       reversed("  { id = '%d', v = 1 }, # c\n", byID),
		"tables reversed":              reversed("[[a]]\nid = '%d'\nv = 1\n", byID),
		"tables reversed, no identity": reversed("[[a]]\nid = '%d'\nv = 1\n", nil),
	}, 3) {
		if few, many := do(500), do(4000); many > 16*few {
			t.Errorf("%s: got %d bytes for 500 elements and %d for 4000, want about 8 times as many", name, few, many)
		}
	}
}

// A patch of a text of 1 MB parses it whole, with all that it allocates.
func TestEdit_memoryOfALargeText(t *testing.T) {
	var text strings.Builder
	text.WriteString("[agent]\nmax_tokens_per_turn = 1\n[tools.tool_timeouts]\n")
	const tools = 10_000
	for i := range tools {
		fmt.Fprintf(&text, "# timeout of tool %d\ntool_%d = { secs = %d, nanos = 0 } # seconds\n", i, i, 1+i%60)
	}
	d := mustParse(t, text.String())
	want := treetest.CloneObject(d.Tree())
	want["tools"] = d.Tree()["tools"]
	want["agent"] = tree.Object{"max_tokens_per_turn": int64(2)}
	const most = 800 // for one tool: three keys, two values, a table, and their text twice
	if got := bytesOf(t, d, want, nil); got > most*tools {
		t.Errorf("got %d bytes for each of %d keys, want at most %d", got/tools, tools, most)
	}
	allocations := testing.AllocsPerRun(5, func() {
		if _, _, err := d.Edit(want, nil); err != nil {
			t.Fatal(err)
		}
	})
	if allocations > tools/3 {
		t.Errorf("got %.0f allocations for %d keys, want at most one for three", allocations, tools)
	}
}

// bytesOf returns the memory that one edit allocates.
func bytesOf(t *testing.T, d *Document, want tree.Object, model Model) int64 {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, _, err := d.Edit(want, model); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}
