package document

import (
	"fmt"
	"strings"
	"testing"

	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

func BenchmarkParse(b *testing.B) {
	for _, size := range benchSizes {
		text := textOf(size)
		b.Run(fmt.Sprint(size), func(b *testing.B) {
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

// benchSizes are in bytes; the last one is just below the limit.
var benchSizes = []int{2_500, 100 << 10, MaxBytes - 200}

// textOf returns a text of about that many bytes, and not more, like a large
// realm.
func textOf(size int) []byte {
	var b strings.Builder
	for i := 0; b.Len() < size-120; i++ {
		fmt.Fprintf(&b, "[realm.r%d.backend.b] # mine\nprovider = \"openai\"\nbackend_kind = \"openai_api\"\nbase_url = \"http://127.0.0.1\"\n\n", i)
	}
	return []byte(b.String())
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
