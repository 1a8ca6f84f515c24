package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

const commented = "# ours\n[agent]\nmodel = \"a\" # why\n\n[rest]\nport = 8_080\n"

func TestPatchKeepsEveryOtherByte(t *testing.T) {
	s := storeHolding(t, commented)
	rt := runtimeOver(t, s)
	out, err := rt.Patch(t.Context(), tree.Object{"agent": tree.Object{"model": "b"}}, runtime.Write{Expected: expect(1)})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(commented, `"a"`, `"b"`, 1)
	if diff := cmp.Diff(want, string(out.After.Text())); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	if got := string(tree.Append(nil, out.Changes)); got != `[{"new":"b","old":"a","op":"replace","path":"/agent/model"}]` {
		t.Errorf("changes: got %s", got)
	}
}

func TestSetOfWhatGetGaveChangesNothing(t *testing.T) {
	for name, text := range map[string]string{
		"fresh":     "",
		"commented": commented,
		"defaults":  "[rest]\nport = 8080\n\n[retry]\nmultiplier = 2.0\n[budget]\nmax_duration = 1500\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore()
			if text != "" {
				s = storeHolding(t, text)
			}
			rt := runtimeOver(t, s)
			before := get(t, rt)
			given, err := tree.DecodeObject(before.ShownJSON()) // through the wire
			if err != nil {
				t.Fatal(err)
			}
			out, err := rt.Set(t.Context(), given, runtime.Write{Expected: &before.Version.Generation})
			if err != nil {
				t.Fatal(err)
			}
			if out.Changed || out.After.Version != before.Version || string(out.After.Text()) != text || len(out.Changes) != 0 {
				t.Errorf("got changed %v, version %v, changes %v, text %q; want the same as before", out.Changed, out.After.Version, out.Changes, out.After.Text())
			}
		})
	}
}

func TestSetWritesOnlyWhatDiffersFromTheResolvedView(t *testing.T) {
	rt := runtimeOver(t, storeHolding(t, "[rest]\nport = 9000\n\n[retry]\nmax_retries = 3\n"))
	given := tree.CloneObject(get(t, rt).Resolved())
	given["agent"].(tree.Object)["model"] = "m"            // new, not the default: written
	given["agent"].(tree.Object)["max_turns"] = nil        // null: stays absent
	given["retry"].(tree.Object)["max_retries"] = int64(3) // stored default: stays
	given["shell"].(tree.Object)["program"] = "nu"         // default, not stored: not written
	delete(given, "rest")                                  // left out: back to the default
	given["compaction"].(tree.Object)["max_summary_tokens"] = int64(4096)
	out, err := rt.Set(t.Context(), given, runtime.Write{})
	if err != nil {
		t.Fatal(err)
	}
	want := tree.Object{"agent": tree.Object{"model": "m"}, "retry": tree.Object{"max_retries": int64(3)}}
	if diff := cmp.Diff(want, out.After.Stored()); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
}

func TestNullForAKeyThatHasToBeIsRefusedBySet(t *testing.T) {
	rt := newRuntime(t)
	given := tree.CloneObject(get(t, rt).Resolved())
	given["rest"].(tree.Object)["port"] = nil
	_, err := rt.Set(t.Context(), given, runtime.Write{})
	wantIssue(t, err, "type", "/rest/port")
}

func TestNullInAPatchReturnsAKeyToItsDefault(t *testing.T) {
	rt := runtimeOver(t, storeHolding(t, "[rest]\nport = 9000\nhost = \"::1\"\n"))
	out, err := rt.Patch(t.Context(), tree.Object{"rest": tree.Object{"port": nil}}, runtime.Write{})
	if err != nil {
		t.Fatal(err)
	}
	if got := string(out.After.Text()); got != "[rest]\nhost = \"::1\"\n" {
		t.Errorf("text: got %q", got)
	}
	if got := out.After.Resolved()["rest"].(tree.Object)["port"]; got != int64(8080) {
		t.Errorf("resolved port: got %v, want 8080", got)
	}
}

func TestAMistakeThatWasThereIsAWarningANewOneIsRefused(t *testing.T) {
	rt := runtimeOver(t, storeHolding(t, "[agent]\nmodle = \"a\"\n"))
	before := get(t, rt)
	if len(before.Warnings()) != 1 || before.Warnings()[0].Line != 2 {
		t.Errorf("warnings of the read: got %+v, want one on line 2", before.Warnings())
	}
	out, err := rt.Patch(t.Context(), tree.Object{"agent": tree.Object{"model": "b"}}, runtime.Write{})
	if err != nil {
		t.Fatalf("an unrelated repair is blocked: %v", err)
	}
	if len(out.Warnings) != 1 || out.Warnings[0].Path != "/agent/modle" || out.Warnings[0].Line != 2 {
		t.Errorf("warnings: got %+v, want the old mistake on line 2", out.Warnings)
	}
	_, err = rt.Patch(t.Context(), tree.Object{"agent": tree.Object{"mdel": "c"}}, runtime.Write{})
	wantIssue(t, err, "unknown_key", "/agent/mdel")
	if got := get(t, rt).Version; got != out.After.Version {
		t.Errorf("after the refusal: got version %v, want %v", got, out.After.Version)
	}
}

func TestTextThatIsNotTOMLIsReportedAndCanBeReplacedByName(t *testing.T) {
	s := storeHolding(t, "[agent]\nmodel = \"good\"\n")
	appendText(t, s, "[agent]\nmodel = \"sk-secret\" oops\n")
	rt := runtimeOver(t, s)
	_, err := rt.Get(t.Context())
	f := fault.Of(err)
	if f.Kind != fault.CorruptConfig || f.Data["line"] != 2 || f.Data["generation"] != uint64(2) || f.Data["last_good_generation"] != uint64(1) {
		t.Fatalf("got %v with %v", err, f.Data)
	}
	if strings.Contains(fmt.Sprint(err, f.Data), "sk-secret") {
		t.Errorf("the error shows the file's text: %v", err)
	}
	if _, err := rt.Patch(t.Context(), agentPatch(1), runtime.Write{Expected: expect(2)}); !fault.Is(err, fault.CorruptConfig) {
		t.Errorf("patch: got %v, want corrupt_config", err)
	}
	whole := tree.Object{"agent": tree.Object{"model": "new"}}
	if _, err := rt.Set(t.Context(), whole, runtime.Write{}); !fault.Is(err, fault.CorruptConfig) {
		t.Errorf("set without a generation: got %v, want corrupt_config", err)
	}
	out, err := rt.Set(t.Context(), whole, runtime.Write{Expected: expect(2)})
	if err != nil || out.After.Version.Generation != 3 {
		t.Fatalf("set naming the generation: got %v, %v", out, err)
	}
}

func TestWritersThatWaitShareACommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		counting := &countingStore{Store: newStore(), gate: make(chan struct{})}
		rt := runtimeOver(t, counting)
		type answer struct {
			generation uint64
			err        error
		}
		answers := make(chan answer, 40)
		patch := func(tokens int64, expected *uint64) {
			out, err := rt.Patch(t.Context(), agentPatch(tokens), runtime.Write{Expected: expected})
			if err != nil {
				answers <- answer{err: err}
				return
			}
			answers <- answer{generation: out.After.Version.Generation}
		}
		go patch(1, nil)
		synctest.Wait() // the first commit stands at the gate
		for n := range 39 {
			go patch(int64(n+2), nil)
		}
		synctest.Wait()
		close(counting.gate)
		seen := map[uint64]bool{}
		for range 40 {
			a := <-answers
			if a.err != nil {
				t.Fatal(a.err)
			}
			seen[a.generation] = true
		}
		if len(seen) != 40 || !seen[1] || !seen[40] {
			t.Errorf("generations: got %v, want each of 1 to 40 once", seen)
		}
		if got := counting.swaps.Load(); got != 2 {
			t.Errorf("40 writers took %d commits, want 2", got)
		}
	})
}

func TestACommitHasRoomForFourMebibytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		counting := &countingStore{Store: newStore(), gate: make(chan struct{})}
		rt := runtimeOver(t, counting)
		answers := make(chan error, 11)
		patch := func(prompt string) {
			_, err := rt.Patch(t.Context(), tree.Object{"agent": tree.Object{"system_prompt": prompt}}, runtime.Write{})
			answers <- err
		}
		go patch("first")
		synctest.Wait() // stands at the gate, and the others gather behind it
		for n := range 10 {
			go patch(fmt.Sprint(n) + strings.Repeat("x", 900_000))
		}
		synctest.Wait()
		close(counting.gate)
		for range 11 {
			if err := <-answers; err != nil {
				t.Error(err)
			}
		}
		// 900 KB each: five of them are the first to be above 4 MiB.
		if got := counting.swaps.Load(); got != 3 {
			t.Errorf("took %d commits, want 3", got)
		}
	})
}

func TestARefusedMemberDoesNotDisturbItsBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		counting := &countingStore{Store: newStore(), gate: make(chan struct{})}
		rt := runtimeOver(t, counting)
		go rt.Patch(t.Context(), agentPatch(1), runtime.Write{})
		synctest.Wait()
		good, bad := make(chan error, 1), make(chan error, 1)
		go func() {
			_, err := rt.Patch(t.Context(), agentPatch(2), runtime.Write{Expected: expect(1)})
			good <- err
		}()
		synctest.Wait()
		go func() { // the member before it makes generation 2
			_, err := rt.Patch(t.Context(), agentPatch(3), runtime.Write{Expected: expect(1)})
			bad <- err
		}()
		synctest.Wait()
		close(counting.gate)
		if err := <-good; err != nil {
			t.Errorf("the good member: %v", err)
		}
		wantConflict(t, <-bad, 1, 2)
	})
}

// A refusal may rest on what an earlier member of the batch would have made: if
// the batch then fails, that never was, and nobody may be told of it.
func TestABatchWithARefusedMemberThatThenFailsAnswersNobodyFalsely(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := fault.New(fault.Storage, "no space is left")
		counting := &countingStore{Store: newStore(), gate: make(chan struct{})}
		rt := runtimeOver(t, counting)
		go rt.Patch(t.Context(), agentPatch(1), runtime.Write{})
		synctest.Wait()
		answers := make(chan error, 2)
		for tokens := range int64(2) { // the second is refused because of the first
			go func() {
				_, err := rt.Patch(t.Context(), agentPatch(10+tokens), runtime.Write{Expected: expect(1)})
				answers <- err
			}()
			synctest.Wait()
		}
		counting.fail = func(swap int64) error {
			if swap == 2 {
				return full
			}
			return nil
		}
		close(counting.gate)
		for range 2 {
			if err := <-answers; !fault.Is(err, fault.Storage) {
				t.Errorf("got %v, want the storage fault", err)
			}
		}
		if got := turnTokens(get(t, rt)); got != int64(1) {
			t.Errorf("afterwards: got %v, want 1", got)
		}
	})
}

func TestACancelledWriterChangesNothing(t *testing.T) {
	rt := newRuntime(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := rt.Patch(ctx, agentPatch(1), runtime.Write{}); fault.Of(err).Kind != fault.Cancelled {
		t.Errorf("got %v, want cancelled", err)
	}
	if got := get(t, rt).Version.Generation; got != 0 {
		t.Errorf("generation: got %d, want 0", got)
	}
}

func TestTheStoreIsOpenedByTheFirstRequestAndAgainAfterAFailure(t *testing.T) {
	opened := 0
	rt := runtime.New(func(context.Context) (store.Store, error) {
		if opened++; opened == 1 {
			return nil, fault.New(fault.Storage, "not yet")
		}
		return newStore(), nil
	}, meerkat.New())
	if opened != 0 {
		t.Fatal("New opened the store")
	}
	if _, err := rt.Get(t.Context()); !fault.Is(err, fault.Storage) {
		t.Fatalf("first: got %v, want storage", err)
	}
	get(t, rt)
	get(t, rt)
	if opened != 2 {
		t.Errorf("opened %d times, want 2", opened)
	}
}

func TestHistoryKeepsWhoAndWhy(t *testing.T) {
	s := newStore()
	rt := runtimeOver(t, s)
	actor := store.Actor{Name: "editor", Version: "3.1", Surface: store.Tool, Era: "2026-07-28", PID: 7}
	if _, err := rt.Patch(t.Context(), agentPatch(5), runtime.Write{Reason: "cheaper", Actor: actor}); err != nil {
		t.Fatal(err)
	}
	record, err := s.Record(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if record.Actor != actor || record.Reason != "cheaper" || record.Operation != store.Patch || record.Parent != store.Empty() || record.CommitID == "" || record.Time.IsZero() {
		t.Errorf("record: got %+v", record)
	}
}

func TestAConfigurationBeyondTheLimitIsRefused(t *testing.T) {
	rt := newRuntime(t)
	_, err := rt.Patch(t.Context(), tree.Object{"agent": tree.Object{"system_prompt": strings.Repeat("x", runtime.MaxText)}}, runtime.Write{})
	if !fault.Is(err, fault.TooLarge) {
		t.Fatalf("got %v, want too_large", err)
	}
}

// TestManyIssuesAreCut: an error that lists thousands of mistakes serves nobody.
func TestManyIssuesAreCut(t *testing.T) {
	for _, tt := range []struct {
		mistakes int
		text     string
	}{{100, "(and 99 more, in issues)"}, {101, "(and 100 more, the first 100 in issues)"}, {8000, "(and 7999 more, the first 100 in issues)"}} {
		patch := tree.Object{}
		for i := range tt.mistakes {
			patch[fmt.Sprintf("key%d", i)] = int64(1)
		}
		_, err := newRuntime(t).Patch(t.Context(), tree.Object{"agent": patch}, runtime.Write{})
		f := fault.Of(err)
		var want any
		if tt.mistakes > 100 {
			want = tt.mistakes
		}
		issues, _ := f.Data["issues"].([]schema.Issue)
		if f.Kind != fault.InvalidConfig || len(issues) != 100 || f.Data["issue_count"] != want || !strings.Contains(f.Message, tt.text) {
			t.Errorf("%d mistakes: got %d issues, issue_count %v, %q; want 100, %v, %q", tt.mistakes, len(issues), f.Data["issue_count"], f.Message, want, tt.text)
		}
	}
}

func TestNumbersEndAndAreNotUsedTwice(t *testing.T) {
	s := newStore()
	last := lastNumber{s}
	_, err := runtimeOver(t, last).Patch(t.Context(), agentPatch(1), runtime.Write{})
	if !fault.Is(err, fault.Storage) || !strings.Contains(err.Error(), "2^64-1") {
		t.Errorf("got %v, want a refusal", err)
	}
}

// lastNumber is a store whose numbers are used up.
type lastNumber struct{ store.Store }

func (l lastNumber) Load(ctx context.Context) (store.State, error) {
	state, err := l.Store.Load(ctx)
	state.Version.Generation, state.Next = 1<<64-1, 0
	return state, err
}

// countingStore counts its swaps, and holds each one at a gate.
type countingStore struct {
	store.Store
	gate  chan struct{} // closed when swaps may begin; nil for always
	swaps atomic.Int64
	sizes []int                  // of the commits that were tried
	fail  func(swap int64) error // nil for a store that does not
}

func (c *countingStore) CompareAndSwap(ctx context.Context, from store.Version, next []store.Record) error {
	if c.gate != nil {
		<-c.gate
	}
	c.sizes = append(c.sizes, len(next)) // by one goroutine, the committer's
	if n := c.swaps.Add(1); c.fail != nil {
		if err := c.fail(n); err != nil {
			return err
		}
	}
	return c.Store.CompareAndSwap(ctx, from, next)
}

func wantIssue(t *testing.T, err error, kind, path string) {
	t.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) || f.Kind != fault.InvalidConfig {
		t.Fatalf("got %v, want invalid_config", err)
	}
	issues := f.Data["issues"].([]schema.Issue)
	if len(issues) != 1 || string(issues[0].Kind) != kind || issues[0].Path != path {
		t.Errorf("issues: got %+v, want one %s at %s", issues, kind, path)
	}
}
