package runtime_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
)

// settlingStore is a store in which a person has saved a repair that has no
// generation before a moment.
type settlingStore struct {
	store.Store
	until time.Time
	ready func() // makes the repair the next generation
}

func (s *settlingStore) Load(ctx context.Context) (store.State, error) {
	if time.Now().After(s.until) && s.ready != nil {
		s.ready()
		s.ready = nil
	}
	state, err := s.Store.Load(ctx)
	state.Pending = s.ready != nil
	return state, err
}

// TestGet_settling checks that a read says that a repair is settling, and that a
// write waits for it; and that a write does not wait for ever.
func TestGet_settling(t *testing.T) {
	model := meerkat.New()
	synctest.Test(t, func(t *testing.T) {
		s := &settlingStore{Store: storeHolding(t, "[rest]\nport = 1\n"), until: time.Now().Add(time.Second)}
		appendText(t, s.Store, "[rest\n")
		s.ready = func() { appendText(t, s.Store, "[rest]\nport = 2\n") }
		rt := runtime.New(func(context.Context) (store.Store, error) { return s, nil }, model)
		defer rt.Close()
		_, err := rt.Get(t.Context())
		if f := fault.Of(err); f == nil || f.Kind != fault.CorruptConfig || f.Data["settling"] != true || !strings.Contains(f.Message, "settling: read again in a second") {
			t.Errorf("a read meanwhile: got %v", err)
		}
		outcome, err := rt.Patch(t.Context(), tree.Object{"agent": tree.Object{"model": "m"}}, runtime.Write{})
		if err != nil || outcome.Previous != 3 || !strings.Contains(string(outcome.After.Text()), "port = 2") {
			t.Fatalf("a write: got %v %v, want one on generation 3", outcome, err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		s := &settlingStore{Store: storeHolding(t, "[rest\n"), until: time.Now().Add(time.Hour), ready: func() {}}
		rt := runtime.New(func(context.Context) (store.Store, error) { return s, nil }, model)
		defer rt.Close()
		begun := time.Now()
		_, err := rt.Patch(t.Context(), agentPatch(1), runtime.Write{})
		if waited := time.Since(begun); !fault.Is(err, fault.CorruptConfig) || waited < time.Second || waited > 10*time.Second {
			t.Errorf("a repair that never settles: got %v after %v", err, waited)
		}
	})
}

// TestRollback_overBrokenText checks that the outcome says what it cannot list.
func TestRollback_overBrokenText(t *testing.T) {
	s := storeHolding(t, "[rest]\nport = 1\n")
	appendText(t, s, "[rest\nport = 2\n")
	rt := runtimeOver(t, s)
	for _, dry := range []bool{true, false} {
		outcome, err := rt.Rollback(t.Context(), 1, runtime.Write{DryRun: dry})
		if err != nil || !outcome.Changed || len(outcome.Warnings) != 1 {
			t.Fatalf("got %+v %v", outcome, err)
		}
		w := outcome.Warnings[0]
		const message = "the text of generation 2 is not TOML and was replaced: the changes are those to generation 1, the last text that is; what else was written into it is not listed"
		if w.Kind != "not_toml" || w.Message != message || !strings.Contains(w.Hint, "realmconf show 2 --raw") || !strings.Contains(w.Hint, "realmconf edit --from 2") {
			t.Errorf("got %+v", w)
		}
	}
}

// TestSnapshot_ShownText checks that comments stay and secrets do not.
func TestSnapshot_ShownText(t *testing.T) {
	const text = "# mine\n[realm.team.auth.a] # here\nprovider = \"openai\"\nauth_method = \"api_key\"\nsource = { kind = \"inline_secret\", secret = \"canary\" } # there\n"
	rt := runtimeOver(t, storeHolding(t, text))
	got, err := get(t, rt).ShownText()
	want := strings.Replace(text, "canary", "realmconf-secret:1:/realm/team/auth/a/source/secret", 1)
	if err != nil || string(got) != want {
		t.Errorf("got %v\n%s\nwant\n%s", err, got, want)
	}
}
