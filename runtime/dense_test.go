package runtime_test

import (
	"context"
	"maps"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"

	"realmconf/runtime"
	"realmconf/runtime/store"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// denseMistakes returns long texts in which nearly everything is a mistake.
func denseMistakes() map[string]string {
	repeat := func(n int, line string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.ReplaceAll(line, "%x", strconv.FormatInt(int64(i), 36)))
		}
		return b.String()
	}
	return map[string]string{
		"unknown keys":         repeat(57_000, "k%x = 1\n"),
		"short keys":           repeat(59_000, "%x=1\n"),
		"secrets":              repeat(55_000, "%x='1'\n"), // the text of an unknown key counts as one
		"keys of a section":    "[tools]\n" + repeat(57_000, "k%x = 1\n"),
		"hooks of wrong types": "[hooks]\nentries=[" + repeat(9_500, `{id=1,point=2,priority="x",foo=1,bar=[]},`) + "]\n",
		"hooks in tables":      repeat(11_900, "[[hooks.entries]]\nid=1\npoint=2\npriority='x'\n"),
		"nested tables":        repeat(1_900, "k%x={a={b={c={d={e={f=1}}}}}}\n"),
	}
}

// denseRequests returns requests over four generations: a short text, the long one, and
// the long one with one and two small changes. Each one makes its reply, too.
func denseRequests() map[string]func(context.Context, *runtime.Runtime) error {
	written := func(o *runtime.Outcome, err error) error {
		if err == nil {
			tree.Append(nil, tree.Object{"config": o.After.ShownJSON(), "changes": o.ShownChanges()})
		}
		return err
	}
	diff := func(from uint64) func(context.Context, *runtime.Runtime) error {
		return func(ctx context.Context, rt *runtime.Runtime) error {
			c, err := rt.Compare(ctx, from, nil)
			if err == nil {
				tree.Append(nil, tree.Object{"changes": c.ShownChanges()})
			}
			return err
		}
	}
	rollback := func(to uint64) func(context.Context, *runtime.Runtime) error {
		return func(ctx context.Context, rt *runtime.Runtime) error {
			return written(rt.Rollback(ctx, to, runtime.Write{}))
		}
	}
	return map[string]func(context.Context, *runtime.Runtime) error{
		"history": func(ctx context.Context, rt *runtime.Runtime) error {
			_, _, err := rt.History(ctx, 0, 20)
			return err
		},
		"diff of a small change":  diff(2),
		"diff of all":             diff(1),
		"rollback by one change":  rollback(3),
		"rollback to nearly none": rollback(1),
		"revert": func(ctx context.Context, rt *runtime.Runtime) error {
			return written(rt.Revert(ctx, 3, nil, runtime.Write{}))
		},
		"revert of the last": func(ctx context.Context, rt *runtime.Runtime) error {
			return written(rt.Revert(ctx, 4, nil, runtime.Write{}))
		},
		"patch": func(ctx context.Context, rt *runtime.Runtime) error {
			return written(rt.Patch(ctx, tree.Object{"rest": tree.Object{"port": int64(9)}}, runtime.Write{}))
		},
	}
}

// denseRuntime returns a runtime over the generations of denseRequests, which has read
// nothing yet. The caller closes it, so that it is garbage before the next one is made.
func denseRuntime(tb testing.TB, text string) *runtime.Runtime {
	tb.Helper()
	s := newStore()
	for _, next := range []string{"[rest]\nport=1\n", text, text + "[rest]\nport=2\n", text + "[rest]\nport=2\n[agent]\nmodel='x'\n"} {
		appendText(tb, s, next)
	}
	return runtime.New(func(context.Context) (store.Store, error) { return s, nil }, meerkat.New())
}

// collectOften makes the garbage collector run as often as in the program with a large
// heap, until the test ends.
func collectOften(tb testing.TB) {
	before := debug.SetGCPercent(60)
	tb.Cleanup(func() { debug.SetGCPercent(before) })
}

// TestRuntime_denseMistakes holds the memory of requests over texts in which nearly
// everything is a mistake: 150 MB with the 20 MB of the program itself.
func TestRuntime_denseMistakes(t *testing.T) {
	collectOften(t)
	most := 130 << 20
	if treetest.RaceFactor > 1 { // the race detector has memory of its own for each word
		most *= 3
	}
	texts, requests := denseMistakes(), denseRequests()
	names := treetest.Cases([]string{"short keys", "secrets", "hooks of wrong types"}, []string{"short keys"})
	calls := treetest.Cases([]string{"revert", "rollback by one change", "diff of all", "history"}, []string{"revert"})
	for i, name := range names {
		for j, request := range calls {
			if (i+j)%2 > 0 {
				continue // each text and each request, but not each pair
			}
			rt := denseRuntime(t, texts[name])
			peak := treetest.ResidentGrowth(func() {
				if err := requests[request](t.Context(), rt); err != nil {
					t.Errorf("%s, %s: %v", name, request, err)
				}
			})
			rt.Close()
			if peak > most {
				t.Errorf("%s, %s: the process grew by %d MiB, want at most %d", name, request, peak>>20, most>>20)
			}
		}
	}
}

// BenchmarkDenseMistakes reports the time and the memory of the requests: with the start
// of the program, 2 s and 150 MB are wanted.
func BenchmarkDenseMistakes(b *testing.B) {
	collectOften(b)
	texts, requests := denseMistakes(), denseRequests()
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		for _, request := range slices.Sorted(maps.Keys(requests)) {
			b.Run(name+"/"+request, func(b *testing.B) {
				peak := 0
				for b.Loop() {
					b.StopTimer()
					rt := denseRuntime(b, texts[name])
					b.StartTimer()
					peak = max(peak, treetest.ResidentGrowth(func() {
						if err := requests[request](b.Context(), rt); err != nil {
							b.Fatal(err)
						}
					}))
					rt.Close()
				}
				b.ReportMetric(float64(peak)/1e6, "peak-MB")
			})
		}
	}
}
