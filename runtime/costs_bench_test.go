package runtime_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"realmconf/runtime"
	"realmconf/runtime/store"
	"realmconf/runtime/store/file"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/meerkat"
)

// place is a realm on disk.
type place struct{ dir string }

func newPlace(b *testing.B) place { return place{b.TempDir()} }

// open is a runtime there, as another process would have it.
func (p place) open(b *testing.B) *runtime.Runtime {
	b.Helper()
	s := file.Open(file.Options{Document: filepath.Join(p.dir, "config.toml"), Dir: p.dir, History: -1})
	rt := runtime.New(func(context.Context) (store.Store, error) { return s, nil }, meerkat.New())
	b.Cleanup(rt.Close)
	return rt
}

// grown is a valid configuration of about so many bytes.
func grown(size int) []byte {
	var text bytes.Buffer
	text.WriteString("[agent]\nmax_tokens_per_turn = 1\n\n[tools.tool_timeouts]\n")
	for i := 0; text.Len() < size; i++ {
		fmt.Fprintf(&text, "# how long tool %d may take\ntool_%d = { secs = %d, nanos = 0 } # not longer\n", i, i, 1+i%60)
	}
	return text.Bytes()
}

// costs measures what the same acts cost in several places, in turn, and
// reports each with the name of its place, and how many times as much the last
// place costs as the first one.
type costs struct {
	names []string
	total map[string][]time.Duration // by the act, one for each place
}

func (c *costs) add(act string, place int, took time.Duration) {
	if c.total == nil {
		c.total = make(map[string][]time.Duration)
	}
	if c.total[act] == nil {
		c.total[act] = make([]time.Duration, len(c.names))
	}
	c.total[act][place] += took
}

func (c *costs) report(b *testing.B) {
	b.ReportMetric(0, "ns/op")
	for act, took := range c.total {
		for i, name := range c.names {
			b.ReportMetric(float64(took[i].Nanoseconds())/1e3/float64(b.N), act+"-"+name+"-µs")
		}
		b.ReportMetric(float64(took[len(took)-1])/float64(took[0]), act+"-x")
	}
}

// timed does what must not fail, and says how long it took.
func timed(b *testing.B, do func() error) time.Duration {
	begin := time.Now()
	if err := do(); err != nil {
		b.Fatal(err)
	}
	return time.Since(begin)
}

// compare reads what is unchanged (get), reads as a process that has just
// started (first), and changes one key (patch), in each of the places.
func compare(b *testing.B, names []string, places []place) {
	c := costs{names: names}
	runtimes := make([]*runtime.Runtime, len(places))
	for i, p := range places {
		runtimes[i] = p.open(b)
		if _, err := runtimes[i].Patch(b.Context(), agentPatch(2), runtime.Write{}); err != nil { // what was written by hand gets its generation
			b.Fatal(err)
		}
	}
	n := int64(2)
	for b.Loop() {
		for i, rt := range runtimes {
			n++
			c.add("patch", i, timed(b, func() error { _, err := rt.Patch(b.Context(), agentPatch(n), runtime.Write{}); return err }))
			c.add("first", i, timed(b, func() error {
				s, err := places[i].open(b).Get(b.Context())
				if err == nil {
					s.ShownJSON()
				}
				return err
			}))
			<-time.After(40 * time.Millisecond) // until the files are old enough to be known by their stamps
			if _, err := rt.Get(b.Context()); err != nil {
				b.Fatal(err)
			}
			c.add("get", i, timed(b, func() error { _, err := rt.Get(b.Context()); return err }))
		}
	}
	c.report(b)
}

// BenchmarkConfigSize shows what a longer configuration costs: in proportion at
// the most, and nothing where it has not changed. From 1 KB to 1 MB the factor
// "-x" of patch and first must stay below 1000, and that of get about 1.
func BenchmarkConfigSize(b *testing.B) {
	var names []string
	var places []place
	for _, size := range []int{1 << 10, 10 << 10, 100 << 10, 1<<20 - 1<<10} {
		p := newPlace(b)
		if err := os.WriteFile(filepath.Join(p.dir, "config.toml"), grown(size), 0o600); err != nil {
			b.Fatal(err)
		}
		names, places = append(names, fmt.Sprintf("%dKB", (size+512)>>10)), append(places, p)
	}
	compare(b, names, places)
}

// BenchmarkHistoryLength shows that commits of the past cost nothing: the factor
// "-x" from none to 10,000 files of the history must be about 1.
func BenchmarkHistoryLength(b *testing.B) {
	names := []string{"0", "1000", "10000"}
	var places []place
	for _, length := range []int{0, 1000, 10000} {
		p := newPlace(b)
		p.remember(b, length)
		places = append(places, p)
	}
	compare(b, names, places)
}

// remember makes a history of so many commits: they are made 64 at a time, and
// each gets a file of its own afterwards, as if it had been made alone.
func (p place) remember(b *testing.B, length int) {
	b.Helper()
	s := file.Open(file.Options{Document: filepath.Join(p.dir, "config.toml"), Dir: p.dir, History: -1})
	text := grown(2 << 10)
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

// BenchmarkRealmDirectory shows what a platform's own files in the realm's
// directory cost: nothing, the factor "-x" from none to 10,000 must be about 1.
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
