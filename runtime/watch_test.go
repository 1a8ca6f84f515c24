package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
	"realmconf/schema"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

// events watches from a version and returns what it is told, written as
// "previous-current: paths (operations)".
func events(t *testing.T, rt *runtime.Runtime, from store.Version, told func(*runtime.Event)) (look func() string) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	var mu sync.Mutex
	var got []string
	go func() {
		ended <- rt.Watch(ctx, from, func(e *runtime.Event) {
			var paths, operations []string
			for _, c := range e.Changes {
				paths = append(paths, c.Path.String())
			}
			for _, c := range e.Commits {
				operations = append(operations, string(c.Operation))
			}
			mu.Lock()
			got = append(got, fmt.Sprintf("%d-%d: %s (%s) opaque %t whole %t", e.Previous.Generation, e.Version.Generation,
				strings.Join(paths, " "), strings.Join(operations, " "), e.Opaque, e.Complete))
			mu.Unlock()
			if told != nil {
				told(e)
			}
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Watch returned %v after its context ended, want nil", err)
		}
	})
	return func() string {
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		defer func() { got = nil }()
		return strings.Join(got, "\n")
	}
}

func patchModel(t *testing.T, rt *runtime.Runtime, model string, origin any) *runtime.Outcome {
	t.Helper()
	out, err := rt.Patch(t.Context(), tree.Object{"agent": tree.Object{"model": model}}, runtime.Write{Origin: origin})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func wantEvents(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func TestWatchTellsOfEveryChangeWhoeverMakesIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := storeHolding(t, commented)
		rt := runtimeOver(t, s)
		look := events(t, rt, get(t, rt).Version, nil)
		wantEvents(t, "at the beginning", look(), "")
		patchModel(t, rt, "b", nil)
		wantEvents(t, "our own", look(), "1-2: /agent/model (patch) opaque false whole true")
		patchModel(t, rt, "b", nil)
		wantEvents(t, "a write that changes nothing", look(), "")
		appendText(t, s, strings.Replace(commented, "8_080", "9_000", 1))
		wantEvents(t, "another program's", look(), "2-3: /agent/model /rest/port (external) opaque false whole true")
		appendText(t, s, "oops")
		wantEvents(t, "a text that is not TOML", look(), "3-4:  (external) opaque true whole true")
		appendText(t, s, commented)
		wantEvents(t, "and its repair", look(), "4-5:  (external) opaque true whole true")
	})
}

// TestWatchBeginsWhereItIsTold: a change between the look and the watch is not
// lost.
func TestWatchBeginsWhereItIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := newRuntime(t)
		from, err := rt.Version(t.Context())
		if err != nil || from != store.Empty() {
			t.Fatalf("got %v, %v, want the version of nothing", from, err)
		}
		patchModel(t, rt, "b", nil)
		wantEvents(t, "from nothing", events(t, rt, from, nil)(), "0-1: /agent (patch) opaque false whole true")
		first := get(t, rt).Version
		patchModel(t, rt, "c", nil)
		patchModel(t, rt, "d", nil)
		wantEvents(t, "from a generation", events(t, rt, first, nil)(), "1-3: /agent/model (patch patch) opaque false whole true")
		lost := store.Version{Generation: 1, Digest: store.DigestOf([]byte("another text"))}
		wantEvents(t, "from one that nobody knows", events(t, rt, lost, nil)(), "1-3:  (patch patch) opaque true whole false")
	})
}

// TestChangesGatherWhileTheyAreTold: they are told once, together, and without
// a lock: who is told may read and write.
func TestChangesGatherWhileTheyAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := newRuntime(t)
		first := true
		look := events(t, rt, store.Empty(), func(e *runtime.Event) {
			if got := get(t, rt).Version; got != e.Version {
				t.Errorf("told of %v, can read %v", e.Version.Generation, got.Generation)
			}
			if first {
				first = false
				for i := range 50 {
					patchModel(t, rt, fmt.Sprint("m", i), nil)
				}
			}
		})
		patchModel(t, rt, "b", nil)
		want := "0-1: /agent (patch) opaque false whole true\n1-51: /agent/model (patch" + strings.Repeat(" patch", 49) + ") opaque false whole true"
		wantEvents(t, "events", look(), want)
	})
}

func TestOwnIsOnlyWhatCameFromOneOrigin(t *testing.T) {
	mine, yours := new(int), new(int)
	for _, tt := range []struct {
		name    string
		origins []any
		want    bool
	}{
		{"one of mine", []any{mine}, true},
		{"several of mine", []any{mine, mine, mine}, true},
		{"one of yours between", []any{mine, yours, mine}, false},
		{"one of nobody", []any{mine, nil}, false},
		{"yours", []any{yours}, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			rt := newRuntime(t)
			for i, origin := range tt.origins {
				patchModel(t, rt, fmt.Sprint("m", i), origin)
			}
			own, other := false, false
			events(t, rt, store.Empty(), func(e *runtime.Event) { own, other = e.Own(mine), e.Own(nil) })()
			if own != tt.want || other {
				t.Errorf("%s: got %t, and %t for no origin, want %t and false", tt.name, own, other, tt.want)
			}
		})
	}
}

// settling is a store that sees a change by others at its second load, and
// has recorded it at the fourth; between the two it cannot be read once.
type settling struct {
	*memory.Store
	loads int
	text  string
}

func (s *settling) Load(ctx context.Context) (store.State, error) {
	s.loads++
	state, err := s.Store.Load(ctx)
	switch s.loads {
	case 2:
		state.Pending = true
	case 3:
		return store.State{}, fault.New(fault.Storage, "the disk is away").Because(errors.New("EIO"))
	case 4:
		next := store.Version{Generation: state.Next, Digest: store.DigestOf([]byte(s.text))}
		err = s.CompareAndSwap(ctx, state.Version, []store.Record{{Version: next, Parent: state.Version, Operation: store.External, Text: []byte(s.text)}})
		state, _ = s.Store.Load(ctx)
	}
	return state, err
}

// Watch calls once: everything else the watcher must find out by itself.
func (s *settling) Watch(ctx context.Context, changed func()) error {
	changed()
	<-ctx.Done()
	return nil
}

func TestWhatIsNotFinalIsLookedAtAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := runtimeOver(t, &settling{Store: memory.New(), text: commented})
		look := events(t, rt, store.Empty(), nil)
		wantEvents(t, "while it is written", look(), "")
		time.Sleep(time.Second)
		wantEvents(t, "a second later", look(), "0-1: /agent /rest (external) opaque false whole true")
	})
}

// TestAWaitingWriteCanBeTakenBack: it is answered at once, and never done.
func TestAWaitingWriteCanBeTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &held{Store: memory.New(), gate: make(chan struct{})}
		rt := runtimeOver(t, s)
		first := make(chan error, 1)
		go func() {
			_, err := rt.Patch(t.Context(), agentPatch(1), runtime.Write{})
			first <- err
		}()
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		second := make(chan error, 1)
		entered := false
		go func() {
			_, err := rt.Patch(ctx, agentPatch(2), runtime.Write{Queued: func() { entered = true }})
			second <- err
		}()
		synctest.Wait()
		if !entered {
			t.Error("the write behind another one has not entered")
		}
		cancel()
		synctest.Wait()
		select {
		case err := <-second:
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want %v", err, context.Canceled)
			}
		default:
			t.Error("the write that was taken back still waits")
		}
		close(s.gate)
		if err := <-first; err != nil {
			t.Error(err)
		}
		if got := turnTokens(get(t, rt)); got != int64(1) {
			t.Errorf("got %v, want the first write's 1", got)
		}
	})
}

// held is a store whose commits wait.
type held struct {
	*memory.Store
	gate chan struct{}
}

func (h *held) CompareAndSwap(ctx context.Context, from store.Version, next []store.Record) error {
	<-h.gate
	return h.Store.CompareAndSwap(ctx, from, next)
}

// fragile is a model that breaks on one key.
type fragile struct{ *schema.Model }

func (m fragile) Recheck(next, right tree.Object) (issues, warnings []schema.Issue) {
	if next["agent"] != nil {
		panic("no such luck")
	}
	return m.Model.Recheck(next, right)
}

// TestAPanicIsOneWritesError: the committer goes on.
func TestAPanicIsOneWritesError(t *testing.T) {
	rt := runtime.New(func(context.Context) (store.Store, error) { return memory.New(), nil }, fragile{meerkat.New()})
	t.Cleanup(rt.Close)
	if _, err := rt.Patch(t.Context(), agentPatch(1), runtime.Write{}); fault.Of(err).Kind != fault.Internal {
		t.Errorf("got %v, want an internal error", err)
	}
	if _, err := rt.Patch(t.Context(), tree.Object{"rest": tree.Object{"port": int64(1)}}, runtime.Write{}); err != nil {
		t.Errorf("the next write: %v", err)
	}
}
