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
	"realmconf/runtime/store/memory"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

func benchRuntime(b *testing.B) *runtime.Runtime {
	b.Helper()
	dir := b.TempDir()
	s := file.Open(file.Options{Document: filepath.Join(dir, "config.toml"), Dir: dir})
	rt := runtime.New(func(context.Context) (store.Store, error) { return s, nil }, meerkat.New())
	b.Cleanup(rt.Close)
	return rt
}

// BenchmarkPatches makes 64 durable patches one after the other, and then 64 at
// once, on the same disk. "x-single" is the throughput of the second divided by
// that of the first. The goal is 8.
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

// BenchmarkGet measures a read of an unchanged configuration.
func BenchmarkGet(b *testing.B) {
	rt := benchRuntime(b)
	if _, err := rt.Patch(b.Context(), agentPatch(1000), runtime.Write{}); err != nil {
		b.Fatal(err)
	}
	for end := time.Now().Add(50 * time.Millisecond); time.Now().Before(end); { // until the store trusts the files' time stamps
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

// BenchmarkWatch measures the time from a change to its event: from the end of
// another runtime's patch, and from a save by hand, which includes the settle
// time.
func BenchmarkWatch(b *testing.B) {
	dir := b.TempDir()
	document := filepath.Join(dir, "config.toml")
	open := func() *runtime.Runtime {
		s := file.Open(file.Options{Document: document, Dir: dir})
		rt := runtime.New(func(context.Context) (store.Store, error) { return s, nil }, meerkat.New())
		b.Cleanup(rt.Close)
		return rt
	}
	watching, writing := open(), open()
	if _, err := writing.Patch(b.Context(), agentPatch(1), runtime.Write{}); err != nil {
		b.Fatal(err)
	}
	from, err := watching.Version(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	events := make(chan store.Version, 64)
	ended := make(chan error, 1)
	go func() {
		ended <- watching.Watch(ctx, from, func(e *runtime.Event) { events <- e.Version })
	}()
	change := map[string]func(n int) error{
		"patch": func(n int) error {
			_, err := writing.Patch(b.Context(), agentPatch(int64(10+n)), runtime.Write{})
			return err
		},
		"edit": func(n int) error {
			return os.WriteFile(document, fmt.Appendf(nil, "[agent]\nmax_tokens_per_turn = %d\n", 10+n), 0o600)
		},
	}
	for _, how := range []string{"patch", "edit"} {
		b.Run(how, func(b *testing.B) {
			var total time.Duration
			n := 0
			for b.Loop() {
				n++
				if err := change[how](n); err != nil {
					b.Fatal(err)
				}
				begin := time.Now()
				<-events
				total += time.Since(begin)
			}
			b.ReportMetric(float64(total.Microseconds())/float64(b.N), "event-µs")
		})
	}
	stop()
	if err := <-ended; err != nil {
		b.Error(err)
	}
}

// BenchmarkCompute makes one write after the other in memory: what a write computes,
// without a disk.
func BenchmarkCompute(b *testing.B) {
	text, err := os.ReadFile("../testdata/realm/config.toml")
	if err != nil {
		b.Fatal(err)
	}
	for _, how := range []string{"patch", "set"} {
		b.Run(how, func(b *testing.B) {
			s := memory.New()
			rt := runtime.New(func(context.Context) (store.Store, error) { return s, nil }, meerkat.New())
			b.Cleanup(rt.Close)
			if _, err := rt.Replace(b.Context(), text, runtime.Write{}); err != nil {
				b.Fatal(err)
			}
			snapshot, err := rt.Get(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			request := tree.Append(nil, snapshot.Shown())
			tokens := int64(1000)
			b.ReportAllocs()
			for b.Loop() {
				tokens++
				if how == "patch" {
					_, err = rt.Patch(b.Context(), agentPatch(tokens), runtime.Write{})
				} else {
					b.StopTimer()
					config, decodeErr := tree.DecodeObject(request) // equal, but another one
					if decodeErr != nil {
						b.Fatal(decodeErr)
					}
					config["agent"].(tree.Object)["max_tokens_per_turn"] = tokens
					b.StartTimer()
					_, err = rt.Set(b.Context(), config, runtime.Write{})
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
