package document

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

func BenchmarkParse(b *testing.B) {
	texts := map[string][]byte{"realm": exampleRealm(b)}
	for _, size := range benchSizes {
		texts[fmt.Sprint(size)] = textOf(size)
	}
	for name, text := range texts {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := Parse(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkEdit changes one key. The time for each byte must not grow with the
// size of the text.
func BenchmarkEdit(b *testing.B) {
	for _, size := range benchSizes {
		d := mustParse(b, string(textOf(size)))
		want := treetest.CloneObject(d.Tree())
		set(want, tree.Pointer{"realm", "r0", "backend", "b", "provider"}, "other")
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			b.SetBytes(int64(len(d.Text())))
			for b.Loop() {
				if _, _, err := d.Edit(want, byID); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkEditRealm changes one number of the example realm again and again.
func BenchmarkEditRealm(b *testing.B) {
	d := mustParse(b, string(exampleRealm(b)))
	b.ReportAllocs()
	n := int64(0)
	for b.Loop() {
		n++
		want := tree.Merge(d.Tree(), tree.Object{"agent": tree.Object{"max_tokens_per_turn": n}}).(tree.Object)
		next, _, err := d.Edit(want, byID)
		if err != nil {
			b.Fatal(err)
		}
		d = next
	}
}

// exampleRealm returns the configuration of the example realm.
func exampleRealm(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile("../../testdata/realm/config.toml")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// The parts of a layout are allocated together, and an edit allocates nothing for
// the values that stay.
func TestParse_allocations(t *testing.T) {
	d := mustParse(t, string(exampleRealm(t)))
	if n := testing.AllocsPerRun(10, func() { mustParse(t, string(d.Text())) }); n > 250 {
		t.Errorf("Parse: got %v allocations, want at most 250", n)
	}
	want := patched(t, d, `{"agent":{"max_tokens_per_turn":7}}`)
	n := testing.AllocsPerRun(10, func() {
		if _, _, err := d.Edit(want, byID); err != nil {
			t.Fatal(err)
		}
	})
	if n > 150 {
		t.Errorf("Edit: got %v allocations, want at most 150", n)
	}
}

// A text of many short lines is read with few allocations for each line: comments need
// none, and values that are spelled alike are decoded once.
func TestParse_allocationsForLines(t *testing.T) {
	const lines = 1000
	var b strings.Builder
	for i := range lines {
		fmt.Fprintf(&b, "# timeout of tool %d\ntool_%d = { secs = %d, nanos = 0 } # seconds\n", i, i, 1+i%60)
	}
	text := []byte(b.String())
	if n := testing.AllocsPerRun(3, func() { mustParse(t, string(text)) }); n > 3*lines {
		t.Errorf("Parse: got %v allocations for %d lines, want at most 3 for each", n, lines)
	}
}

// benchSizes are in bytes; the last one is just below the limit.
var benchSizes = []int{2_500, 100 << 10, MaxBytes - 200}

// textOf returns a text of about that many bytes, and not more, like a large realm. A
// text of MaxBytes has fewer tables than the limit.
func textOf(size int) []byte {
	var b strings.Builder
	for i := 0; ; i++ {
		next := fmt.Sprintf(`[realm.r%[1]d.backend.b] # mine
provider = "openai"
backend_kind = "openai_api"
base_url = "http://127.0.0.1:8080/of/team/%[1]d"
# Requests wait in a queue while the server is busy.
timeout_secs = %[2]d
queue = { length = 100, timeout_secs = %[2]d }
models = [ "small-%[1]d", "large-%[1]d" ]
is_local = true
temperature = 0.7
description = 'the server of team %[1]d, for tests and for everything that must not leave the house'

`, i, 30+i%60)
		if b.Len()+len(next) > size {
			return []byte(b.String())
		}
		b.WriteString(next)
	}
}

// BenchmarkGrowArray fills a commented array. The time must be in proportion to
// the number of added elements.
func BenchmarkGrowArray(b *testing.B) {
	d := mustParse(b, "a = [\n  \"x\", # one\n  \"y\", # two\n]\n")
	for _, n := range []int{10_000, 60_000} {
		list := make([]any, n)
		for i := range list {
			list[i] = fmt.Sprint(i)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if _, _, err := d.Edit(tree.Object{"a": list}, byID); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkEmptyArray removes elements with comments above them, which stay.
func BenchmarkEmptyArray(b *testing.B) {
	d := mustParse(b, "a = [\n"+strings.Repeat("  # "+strings.Repeat("c", 95)+"\n  1,\n", 9_500)+"]\n")
	for b.Loop() {
		if _, _, err := d.Edit(tree.Object{"a": []any{}}, byID); err != nil {
			b.Fatal(err)
		}
	}
}
