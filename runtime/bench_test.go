package runtime_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"realmconf/runtime"
	"realmconf/runtime/store"
	"realmconf/runtime/store/file"
	"realmconf/schema/meerkat"
)

func benchRuntime(b *testing.B) *runtime.Runtime {
	b.Helper()
	dir := b.TempDir()
	s := file.Open(file.Options{Document: filepath.Join(dir, "config.toml"), Dir: dir})
	rt := runtime.New(func(context.Context) (store.Store, error) { return s, nil }, meerkat.New())
	b.Cleanup(rt.Close)
	return rt
}

// BenchmarkPatches makes 64 durable patches, one after the other and then all
// at once, on the same disk in turn. "x-single" is how many times as many of
// them are done in the same time when they are in flight together: at least 8
// is the goal.
func BenchmarkPatches(b *testing.B) {
	const writers = 64
	rt := benchRuntime(b)
	n := int64(0)
	patch := func(tokens int64) {
		if _, err := rt.Patch(b.Context(), agentPatch(tokens), runtime.Write{}); err != nil {
			b.Error(err)
		}
	}
	patch(1)
	var single, together time.Duration
	for b.Loop() {
		begin := time.Now()
		for range writers {
			n++
			patch(1000 + n)
		}
		middle := time.Now()
		var wg sync.WaitGroup
		for range writers {
			n++
			tokens := 1000 + n
			wg.Go(func() { patch(tokens) })
		}
		wg.Wait()
		single += middle.Sub(begin)
		together += time.Since(middle)
	}
	b.ReportMetric(float64(single)/float64(together), "x-single")
	b.ReportMetric(float64(single.Microseconds())/float64(b.N*writers), "single-µs")
	b.ReportMetric(float64(together.Microseconds())/float64(b.N*writers), "together-µs")
}

// BenchmarkGet is a read of a configuration that has not changed.
func BenchmarkGet(b *testing.B) {
	rt := benchRuntime(b)
	if _, err := rt.Patch(b.Context(), agentPatch(1000), runtime.Write{}); err != nil {
		b.Fatal(err)
	}
	for end := time.Now().Add(50 * time.Millisecond); time.Now().Before(end); { // until the files are old enough to be known by their stamps
		if _, err := rt.Get(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if _, err := rt.Get(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkNews is how long a change by somebody else is on its way to who
// watches: from the end of another runtime's patch, and from a save by hand, in
// which the settle time is included.
func BenchmarkNews(b *testing.B) {
	dir := b.TempDir()
	document := filepath.Join(dir, "config.toml")
	open := func() *runtime.Runtime {
		s := file.Open(file.Options{Document: document, Dir: dir})
		rt := runtime.New(func(context.Context) (store.Store, error) { return s, nil }, meerkat.New())
		b.Cleanup(rt.Close)
		return rt
	}
	ours, others := open(), open()
	if _, err := others.Patch(b.Context(), agentPatch(1), runtime.Write{}); err != nil {
		b.Fatal(err)
	}
	from, err := ours.Version(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	news := make(chan store.Version, 64)
	ended := make(chan error, 1)
	go func() {
		ended <- ours.Watch(ctx, from, func(e *runtime.Event) { news <- e.Version })
	}()
	change := map[string]func(n int) error{
		"patch": func(n int) error {
			_, err := others.Patch(b.Context(), agentPatch(int64(10+n)), runtime.Write{})
			return err
		},
		"edit": func(n int) error {
			return os.WriteFile(document, fmt.Appendf(nil, "[agent]\nmax_tokens_per_turn = %d\n", 10+n), 0o600)
		},
	}
	for _, how := range []string{"patch", "edit"} {
		b.Run(how, func(b *testing.B) {
			var on time.Duration
			n := 0
			for b.Loop() {
				n++
				if err := change[how](n); err != nil {
					b.Fatal(err)
				}
				begin := time.Now()
				<-news
				on += time.Since(begin)
			}
			b.ReportMetric(float64(on.Microseconds())/float64(b.N), "µs-on-the-way")
		})
	}
	stop()
	if err := <-ended; err != nil {
		b.Error(err)
	}
}
