package runtime_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"realmconf/runtime"
	"realmconf/runtime/store"
	"realmconf/runtime/store/file"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree/treetest"
)

// place is a realm's directory.
type place struct{ dir string }

func newPlace(b *testing.B) place { return place{b.TempDir()} }

// open opens the realm, as another process would.
func (p place) open(b *testing.B) *runtime.Runtime {
	b.Helper()
	rt := p.runtime()
	b.Cleanup(rt.Close)
	return rt
}

// runtime returns a runtime of the realm, which the caller closes.
func (p place) runtime() *runtime.Runtime {
	s := file.Open(file.Options{Document: filepath.Join(p.dir, "config.toml"), Dir: p.dir, History: -1})
	return runtime.New(func(context.Context) (store.Store, error) { return s, nil }, meerkat.New())
}

// configOf returns a valid configuration of about size bytes. One of a megabyte has
// fewer tables than the limit.
func configOf(size int) []byte {
	var text bytes.Buffer
	text.WriteString("[agent]\nmax_tokens_per_turn = 1\n\n[tools.tool_timeouts]\n")
	for i := 0; text.Len() < size; i++ {
		fmt.Fprintf(&text, "# timeout of tool %d, which may take long on a busy machine\ntool_%d = { secs = %d, nanos = 0 } # seconds\n", i, i, 1+i%60)
	}
	return text.Bytes()
}

// costs measures the times of the same calls in several places, in turn. It
// reports the time of each call in each place, and as "-x" the time in the last
// place divided by that in the first one.
type costs struct {
	names []string                   // of the places
	total map[string][]time.Duration // by call, one for each place
}

func (c *costs) add(call string, place int, took time.Duration) {
	if c.total == nil {
		c.total = make(map[string][]time.Duration)
	}
	if c.total[call] == nil {
		c.total[call] = make([]time.Duration, len(c.names))
	}
	c.total[call][place] += took
}

func (c *costs) report(b *testing.B) {
	b.ReportMetric(0, "ns/op")
	for call, took := range c.total {
		for i, name := range c.names {
			b.ReportMetric(float64(took[i].Nanoseconds())/1e3/float64(b.N), call+"-"+name+"-µs")
		}
		b.ReportMetric(float64(took[len(took)-1])/float64(took[0]), call+"-x")
	}
}

// timed returns the time of a call, which must succeed.
func timed(b *testing.B, do func() error) time.Duration {
	begin := time.Now()
	if err := do(); err != nil {
		b.Fatal(err)
	}
	return time.Since(begin)
}

// patchesBefore is how many patches bring back the memory that was freed for the first
// read. In a process that runs, most patches get memory that was used before the last
// garbage collection, and one comes after some patches of 1 MB.
const patchesBefore = 5

// compare measures, in each place, a read of an unchanged configuration (get), the
// first read of a process (first), and the change of one key (patch).
func compare(b *testing.B, names []string, places []place) costs {
	c := costs{names: names}
	runtimes := make([]*runtime.Runtime, len(places))
	for i, p := range places {
		runtimes[i] = p.open(b)
		if _, err := runtimes[i].Patch(b.Context(), agentPatch(2), runtime.Write{}); err != nil { // records the text that was written by hand
			b.Fatal(err)
		}
	}
	n := int64(2)
	for b.Loop() {
		for i, rt := range runtimes {
			for range patchesBefore {
				n++
				if _, err := rt.Patch(b.Context(), agentPatch(n), runtime.Write{}); err != nil {
					b.Fatal(err)
				}
			}
			n++
			c.add("patch", i, timed(b, func() error { _, err := rt.Patch(b.Context(), agentPatch(n), runtime.Write{}); return err }))
			debug.FreeOSMemory() // a new process has no free memory that it has used before
			first := places[i].runtime()
			c.add("first", i, timed(b, func() error {
				s, err := first.Get(b.Context())
				if err == nil {
					s.ShownJSON()
				}
				return err
			}))
			first.Close()
			<-time.After(40 * time.Millisecond) // until the store trusts the files' time stamps
			if _, err := rt.Get(b.Context()); err != nil {
				b.Fatal(err)
			}
			c.add("get", i, timed(b, func() error { _, err := rt.Get(b.Context()); return err }))
		}
	}
	c.report(b)
	return c
}

// BenchmarkConfigSize measures configurations of 1 KB to 1 MB. The "-x" of patch
// and first must be below 1000, in proportion to the size; that of get about 1.
func BenchmarkConfigSize(b *testing.B) {
	var names []string
	var places []place
	for _, size := range []int{1 << 10, 10 << 10, 100 << 10, 1<<20 - 1<<10} {
		p := newPlace(b)
		if err := os.WriteFile(filepath.Join(p.dir, "config.toml"), configOf(size), 0o600); err != nil {
			b.Fatal(err)
		}
		names, places = append(names, fmt.Sprintf("%dKB", (size+512)>>10)), append(places, p)
	}
	c := compare(b, names, places)
	for call, most := range map[string]float64{"first": 60, "patch": 20} { // rows of testdata/benchtable
		milliseconds := c.total[call][len(places)-1].Seconds() * 1e3 / float64(b.N)
		b.ReportMetric(milliseconds, call+"-of-1MB-measured-ms")
		b.ReportMetric(milliseconds, call+"-of-1MB-ratio")
		b.ReportMetric(most, call+"-of-1MB-at-most")
	}
}

// BenchmarkHistoryLength measures histories of 0 to 10,000 files. The "-x" of all
// calls must be about 1.
func BenchmarkHistoryLength(b *testing.B) {
	names := []string{"0", "1000", "10000"}
	var places []place
	for _, length := range []int{0, 1000, 10000} {
		p := newPlace(b)
		p.fillHistory(b, length)
		places = append(places, p)
	}
	compare(b, names, places)
}

// fillHistory makes a history of length commits. It commits 64 records at a time,
// which is faster, and then gives each record a file of its own, as if it had
// been committed alone.
func (p place) fillHistory(b *testing.B, length int) {
	b.Helper()
	s := file.Open(file.Options{Document: filepath.Join(p.dir, "config.toml"), Dir: p.dir, History: -1})
	text := configOf(2 << 10)
	for made := 0; made < length; made += 64 {
		state, err := s.Load(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		var texts []string
		for i := range min(64, length-made) {
			texts = append(texts, fmt.Sprintf("%s# %d\n", text, made+i))
		}
		if err := s.CompareAndSwap(b.Context(), state.Version, storetest.Commit(state, texts...)); err != nil {
			b.Fatal(err)
		}
	}
	history := filepath.Join(p.dir, "config_history")
	files, err := filepath.Glob(filepath.Join(history, "*.json"))
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range files {
		batch, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		first, err := strconv.Atoi(strings.TrimSuffix(filepath.Base(name), ".json"))
		if err != nil {
			b.Fatal(err)
		}
		for record := range bytes.Lines(batch) {
			if err := os.WriteFile(filepath.Join(history, fmt.Sprintf("%d.json", first)), record, 0o600); err != nil {
				b.Fatal(err)
			}
			first++
		}
	}
}

// BenchmarkRealmDirectory measures realms with 0 and 10,000 of Meerkat's files in
// their directory. The "-x" of all calls must be about 1.
func BenchmarkRealmDirectory(b *testing.B) {
	names := []string{"0", "10000"}
	var places []place
	for _, files := range []int{0, 10000} {
		p := newPlace(b)
		for i := range files {
			if err := os.WriteFile(filepath.Join(p.dir, fmt.Sprintf("session-%d.jsonl", i)), nil, 0o600); err != nil {
				b.Fatal(err)
			}
		}
		places = append(places, p)
	}
	compare(b, names, places)
}

// BenchmarkGrowth makes calls whose cost depends on the number of other realms: those
// that inherit from the realm, of which the limits allow a thousand, and those from
// which it inherits, sixteen at most.
func BenchmarkGrowth(b *testing.B) {
	b.Run("effects on realms that inherit", func(b *testing.B) {
		treetest.MeasureGrowth(b, []int{10, 100, 1_000}, func(n int) func() {
			others := make(map[string]string, n)
			for i := range n {
				others[fmt.Sprintf("app%d", i)] = fmt.Sprintf("[realm.app%d]\nparent = 'team'\n[agent]\nmax_turns = %d\n", i, i+1)
			}
			f := newFamily(b, "[realm.team]\n", others)
			return func() { effectsOf(b, f, `{"rest":{"host":"h"}}`) }
		})
	})
	b.Run("composing a chain", func(b *testing.B) {
		treetest.MeasureGrowth(b, []int{2, 4, 8, 16}, func(n int) func() {
			others := make(map[string]string, n)
			for i := 1; i < n; i++ {
				parent := ""
				if i < n-1 {
					parent = fmt.Sprintf("parent = 'p%d'\n", i+1)
				}
				others[fmt.Sprint("p", i)] = fmt.Sprintf("[realm.p%d]\n%s%s", i, parent, configOf(10<<10))
			}
			f := newFamily(b, fmt.Sprintf("[realm.team]\nparent = 'p1'\n%s", configOf(10<<10)), others)
			return func() {
				e := effective(b, runtimeOver(b, f))
				if len(e.Chain) != n {
					b.Fatalf("got a chain of %d realms, want %d", len(e.Chain), n)
				}
				e.Shown()
			}
		})
	})
}
