package document

import (
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// denseText makes a text of many parts: of n keys, tables and elements, or as many
// as there is room for. A %x in a part is its number.
func denseText(n, keysOfPart int, before, part, after string) func() string {
	return func() string {
		var b strings.Builder
		b.WriteString(before)
		for i := range n / keysOfPart {
			p := strings.Replace(part, "%x", strconv.FormatInt(int64(i), 16), 1)
			if b.Len()+len(p)+len(after) > MaxBytes {
				break
			}
			b.WriteString(p)
		}
		b.WriteString(after)
		return b.String()
	}
}

// denseTexts returns the texts with the most of one kind that are read.
func denseTexts() map[string]func() string {
	dots := strings.Repeat(".a", tree.MaxDepth-2)
	return map[string]func() string{
		"keys":                    denseText(MaxKeys, 1, "", "%x=1\n", ""),
		"strings":                 denseText(MaxKeys, 1, "", "%x='1'\n", ""),
		"keys of one table":       denseText(MaxKeys-1, 1, "", "a.%x=1\n", ""),
		"tables":                  denseText(MaxTables, 1, "", "[%x]\n", ""),
		"tables with a key":       denseText(MaxTables, 1, "", "[%x]\na=1\n", ""),
		"dotted keys":             denseText(MaxTables, 1, "", "%x.a=1\n", ""),
		"long dotted keys":        denseText(MaxTables, tree.MaxDepth-2, "", "%x"+dots+"=1\n", ""),
		"entries":                 denseText(MaxTables, 1, "", "[[a]]\nb=1\n", ""),
		"inline tables":           denseText(MaxTables, 1, "", "%x={a=1}\n", ""),
		"one inline table":        denseText(MaxKeys-2, 1, "a={", "%x=1,", "z=1}"),
		"array of inline tables":  denseText(MaxTables, 1, "a=[", "{a=1},", "]"),
		"array of empty tables":   denseText(MaxTables, 1, "a=[", "{},", "]"),
		"array":                   denseText(MaxKeys-1, 1, "a=[", "1,", "]"),
		"array of arrays":         denseText(MaxKeys-1, 1, "a=[", "[],", "]"),
		"arrays":                  denseText(MaxKeys, 2, "", "%x=[1]\n", ""),
		"lines without a key":     denseText(MaxBytes, 1, "", "#\n", ""),
		"a string of many lines":  denseText(MaxBytes, 1, "a='''", "\n", "'''"),
		"a string of many quotes": denseText(MaxBytes, 1, "a=\"", `\"`, "\""),
	}
}

// BenchmarkParseDense reads the texts that take the most memory for their length.
// It reports the memory that is still in use afterwards, and on Linux how much
// the process grew at most.
func BenchmarkParseDense(b *testing.B) {
	for name, makeText := range denseTexts() {
		text := []byte(makeText())
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse(text); err != nil {
					b.Fatal(err)
				}
			}
			b.StopTimer()
			live, peak := memoryOf(b, text)
			b.ReportMetric(float64(live)/1e6, "live-MB")
			b.ReportMetric(float64(peak)/1e6, "peak-MB")
		})
	}
}

// memoryOf returns the memory that a document takes, and by how much the resident
// memory of the process grew at most while it was read, 0 if the system does not
// tell.
func memoryOf(t testing.TB, text []byte) (live, peak int) {
	t.Helper()
	heap := func() int {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc)
	}
	before := heap()
	var d *Document
	peak = treetest.ResidentGrowth(func() {
		var err error
		if d, err = Parse(text); err != nil {
			t.Fatal(err)
		}
	})
	live = heap() - before
	runtime.KeepAlive(d)
	return live, peak
}

// The garbage collector lets a heap grow to twice the memory in use, so half of
// 150 MB may be in use.
func TestParse_memoryOfDenseTexts(t *testing.T) {
	const most = 75e6
	texts := denseTexts()
	for _, name := range treetest.Cases([]string{"tables with a key", "long dotted keys"}, []string{"long dotted keys"}) {
		if live, _ := memoryOf(t, []byte(texts[name]())); live > most {
			t.Errorf("%s: got %d bytes in use, want at most %d", name, live, int(most))
		}
	}
}

func TestParse_tooManyKeys(t *testing.T) {
	var dotted, headers, lists strings.Builder
	for i := range MaxTables / 100 {
		fmt.Fprintf(&dotted, "%d%s=1\n", i, strings.Repeat(".a", 100))
		fmt.Fprintf(&headers, "[%d%s]\n", i, strings.Repeat(".a", 99))
		fmt.Fprintf(&lists, "[[%d%s]]\n", i, strings.Repeat(".a", 99))
	}
	next := fmt.Sprintf("line %d, column 2", 1+MaxTables/100)
	for n, c := range []struct{ text, more, end, want, reason string }{
		{"a=[" + strings.Repeat("1,", MaxKeys-1), "1,1", "]", fmt.Sprintf("line 1, column %d", 4+2*MaxKeys), reasonTooMany},
		{"a=[" + strings.Repeat("{},", MaxTables), "\n{}", "]", "line 2, column 1", reasonTables},
		{headers.String(), "[b]", "\n", next, reasonTables},
		{dotted.String(), " b.c=1", "\n", next, reasonTables},
		{lists.String(), "[b]", "\n", next, reasonTables},
	} {
		if n%treetest.Cases(1, 2) != 0 {
			continue // an array, a table, and an entry are left
		}
		_, err := Parse([]byte(c.text + c.end))
		if err != nil {
			t.Errorf("%.20q: got %v with the most keys, want no error", c.text, err)
			continue
		}
		_, err = Parse([]byte(c.text + c.more + c.end))
		if err == nil || err.Error() != c.want+": "+c.reason {
			t.Errorf("%.20q: got %v, want %s: %s", c.text, err, c.want, c.reason)
		}
	}
}

// TestParse_refusedEarly reads texts of the greatest length that have far too many of
// one kind in one expression, which the parser would read as a whole.
func TestParse_refusedEarly(t *testing.T) {
	for _, c := range []struct{ before, part, want string }{
		{"", "a.", "line 1, column 120002: " + reasonTooDeep},
		{"a=[", "1,", "line 1, column 120005: " + reasonTooMany},
		{"a=[", "'',", "line 1, column 180006: " + reasonTooMany},
		{"a=[", "[],", "line 1, column 180006: " + reasonTooMany},
		{"a=[", "{a={}},", "line 1, column 42004: " + reasonTables},
		{"a={", "a=1,", "line 1, column 240007: " + reasonTooMany},
		{"b='''\"'''\nc=\"\"\"\\\"\"\"\"\nd='\"'#'\na=[", "1,", "line 4, column 120005: " + reasonTooMany},
	} {
		text := []byte(c.before + strings.Repeat(c.part, (MaxBytes-len(c.before))/len(c.part)))
		var err error
		bytes := treetest.AllocatedBytes(func() { _, err = Parse(text) })
		if err == nil || err.Error() != c.want {
			t.Errorf("%.20q: got %v, want %s", text, err, c.want)
		}
		if most := uint64(2 * MaxBytes); bytes > most {
			t.Errorf("%.20q: refusing it allocates %d bytes, want at most %d: it copies the text", text, bytes, most)
		}
	}
}

func TestEdit_tooManyKeys(t *testing.T) {
	d := mustParse(t, "a=["+strings.Repeat("1,", MaxKeys-1)+"]")
	if _, _, err := d.Edit(patched(t, d, `{"new":{"key":true}}`), nil); !errors.Is(err, ErrTooMany) {
		t.Errorf("got %v, want %v", err, ErrTooMany)
	}
}
