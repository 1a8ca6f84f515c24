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
	"realmconf/schema/tree"
)

// events starts a watch from a version. The function that it returns gives the
// events since its last call, as "previous-current: paths (operations)". also is
// called with each event, and may be nil.
func events(t *testing.T, rt *runtime.Runtime, from store.Version, also func(*runtime.Event)) (look func() string) {
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
			line := fmt.Sprintf("%d-%d: %s (%s) opaque %t complete %t", e.Previous.Generation, e.Version.Generation,
				strings.Join(paths, " "), strings.Join(operations, " "), e.Opaque, e.Complete)
			if e.Refusal != nil {
				line += " refused " + string(fault.Of(e.Refusal).Kind)
			}
			if e.Resumed {
				line += " resumed"
			}
			got = append(got, line)
			mu.Unlock()
			if also != nil {
				also(e)
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
	out, err := rt.Patch(t.Context(), tree.Object{"agent": tree.Object{"model": model}}, runtime.Write{ClientID: origin})
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

func TestWatch_everyChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := storeHolding(t, commented)
		rt := runtimeOver(t, s)
		look := events(t, rt, get(t, rt).Version, nil)
		wantEvents(t, "at the start", look(), "")
		patchModel(t, rt, "b", nil)
		wantEvents(t, "a write of this process", look(), "1-2: /agent/model (patch) opaque false complete true")
		patchModel(t, rt, "b", nil)
		wantEvents(t, "a write that changes nothing", look(), "")
		appendText(t, s, strings.Replace(commented, "8_080", "9_000", 1))
		wantEvents(t, "a write of another program", look(), "2-3: /agent/model /rest/port (external) opaque false complete true")
		appendText(t, s, "oops")
		wantEvents(t, "a text that is not TOML", look(), "3-4:  (external) opaque true complete true refused corrupt_config")
		time.Sleep(time.Minute)
		wantEvents(t, "a minute later", look(), "")
		appendText(t, s, commented)
		wantEvents(t, "its repair", look(), "4-5:  (external) opaque true complete true")
	})
}

// A change between a read and the start of the watch is not lost.
func TestWatch_startVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := newRuntime(t)
		from, err := rt.Version(t.Context())
		if err != nil || from != store.Empty() {
			t.Fatalf("got %v, %v, want the empty version", from, err)
		}
		patchModel(t, rt, "b", nil)
		wantEvents(t, "from the empty configuration", events(t, rt, from, nil)(), "0-1: /agent/model (patch) opaque false complete true")
		first := get(t, rt).Version
		patchModel(t, rt, "c", nil)
		patchModel(t, rt, "d", nil)
		wantEvents(t, "from a generation", events(t, rt, first, nil)(), "1-3: /agent/model (patch patch) opaque false complete true")
		lost := store.Version{Generation: 1, Digest: store.DigestOf([]byte("another text"))}
		wantEvents(t, "from an unknown version", events(t, rt, lost, nil)(), "1-3:  (patch patch) opaque true complete false")
	})
}

// Changes that happen while changed runs become one event. changed may read and
// write, so no lock is held.
func TestWatch_changesDuringEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := newRuntime(t)
		first := true
		look := events(t, rt, store.Empty(), func(e *runtime.Event) {
			if got := get(t, rt).Version; got != e.Version {
				t.Errorf("event of %v, but %v is read", e.Version.Generation, got.Generation)
			}
			if first {
				first = false
				for i := range 50 {
					patchModel(t, rt, fmt.Sprint("m", i), nil)
				}
			}
		})
		patchModel(t, rt, "b", nil)
		want := "0-1: /agent/model (patch) opaque false complete true\n1-51: /agent/model (patch" + strings.Repeat(" patch", 49) + ") opaque false complete true"
		wantEvents(t, "events", look(), want)
	})
}

func TestEvent_own(t *testing.T) {
	mine, yours := new(int), new(int)
	for _, tt := range []struct {
		name    string
		origins []any
		want    bool
	}{
		{"one of mine", []any{mine}, true},
		{"several of mine", []any{mine, mine, mine}, true},
		{"one of yours between", []any{mine, yours, mine}, false},
		{"one without an origin", []any{mine, nil}, false},
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

// settling is a store in which another program's change is pending at the second
// load and has a record at the fourth. The third load fails.
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

// Watch calls changed once: the watch must find out the rest by looking again.
func (s *settling) Watch(ctx context.Context, changed func()) error {
	changed()
	<-ctx.Done()
	return nil
}

func TestWatch_looksAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := runtimeOver(t, &settling{Store: memory.New(), text: commented})
		look := events(t, rt, store.Empty(), nil)
		wantEvents(t, "while the change is pending", look(), "")
		time.Sleep(time.Second)
		wantEvents(t, "a second later", look(), "0-1: /agent/model /rest/port (external) opaque false complete true")
	})
}

// unreadable is a store that cannot be read while err is set.
type unreadable struct {
	store.Store
	mu  sync.Mutex
	err error
}

func (s *unreadable) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

func (s *unreadable) Load(ctx context.Context) (store.State, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return store.State{}, s.err
	}
	return s.Store.Load(ctx)
}

// Watch reports a change each minute.
func (s *unreadable) Watch(ctx context.Context, changed func()) error {
	for ctx.Err() == nil {
		changed()
		select {
		case <-ctx.Done():
		case <-time.After(time.Minute):
		}
	}
	return nil
}

// A watch tells once that the store cannot be read for longer, and once that it can be
// again, whatever was changed meanwhile.
func TestWatch_unreadable(t *testing.T) {
	gone := fault.New(fault.Storage, "the realm's directory is gone: put it back")
	denied := fault.New(fault.Storage, "config.toml may not be read: give the right to read it")
	synctest.Test(t, func(t *testing.T) {
		s := &unreadable{Store: memory.New()}
		from := appendText(t, s, commented)
		look := events(t, runtimeOver(t, s), from, nil)
		wantEvents(t, "at the start", look(), "")
		s.fail(gone)
		time.Sleep(time.Minute + time.Second)
		wantEvents(t, "gone for a second", look(), "")
		time.Sleep(10 * time.Minute)
		wantEvents(t, "gone for long", look(), "1-1:  () opaque true complete false refused storage")
		s.fail(denied)
		time.Sleep(10 * time.Minute)
		wantEvents(t, "another reason", look(), "1-1:  () opaque true complete false refused storage")
		s.fail(nil)
		time.Sleep(time.Minute)
		wantEvents(t, "back", look(), "1-1:  () opaque false complete true resumed")
		s.fail(gone)
		time.Sleep(10 * time.Minute)
		wantEvents(t, "gone again", look(), "1-1:  () opaque true complete false refused storage")
		s.fail(nil)
		appendText(t, s, strings.Replace(commented, "8_080", "9_000", 1))
		time.Sleep(time.Minute)
		wantEvents(t, "back with another text", look(), "1-2: /rest/port (external) opaque false complete true resumed")
		time.Sleep(10 * time.Minute)
		wantEvents(t, "later", look(), "")
	})
}

// unnumbered is a store in which another program's text is under the number of the
// one before it, as pending, until it gets its own number at a load: at none if
// that is 0.
type unnumbered struct {
	*memory.Store
	loads, numberedAt int
}

func (s *unnumbered) Load(ctx context.Context) (store.State, error) {
	s.loads++
	state, err := s.Store.Load(ctx)
	text := []byte(strings.Replace(commented, "8_080", "9_000", 1))
	switch digest := store.DigestOf(text); {
	case err != nil || s.loads == 1 || state.Version.Digest == digest:
		return state, err
	case s.loads == s.numberedAt:
		next := store.Version{Generation: state.Next, Digest: digest}
		if err := s.CompareAndSwap(ctx, state.Version, []store.Record{{Version: next, Parent: state.Version, Operation: store.External, Text: text}}); err != nil {
			return store.State{}, err
		}
		return s.Store.Load(ctx)
	default:
		state.Text, state.Version.Digest, state.Pending = text, digest, true
		return state, nil
	}
}

// Two texts are not reported under one number while the second may yet get its own. A
// text that gets none, because the directory cannot be written, is reported once.
func TestWatch_textUnderTheNumberBefore(t *testing.T) {
	for _, tt := range []struct {
		numberedAt int
		want       string
	}{
		{4, "1-2: /rest/port (external) opaque false complete true"},
		{0, "1-1: /rest/port () opaque false complete false"},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := memory.New()
			from := appendText(t, s, commented)
			look := events(t, runtimeOver(t, &unnumbered{Store: s, numberedAt: tt.numberedAt}), from, nil)
			wantEvents(t, "at once", look(), "")
			time.Sleep(2 * time.Second)
			wantEvents(t, "two seconds later", look(), tt.want)
			time.Sleep(time.Minute)
			wantEvents(t, "a minute later", look(), "")
		})
	}
}
