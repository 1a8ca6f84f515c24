package memory_test

import (
	"testing"

	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
	"realmconf/runtime/store/storetest"
)

func TestContract(t *testing.T) {
	storetest.Test(t, func(*testing.T) func() store.Store {
		s := memory.New()
		return func() store.Store { return s }
	})
}

func TestFaults(t *testing.T) {
	storetest.TestFaults(t, func(*testing.T) storetest.Place {
		s := memory.New()
		return storetest.Place{
			Open:       func() store.Store { return s },
			LoseAnswer: s.LoseAnswer, InterruptWatch: s.Interrupt, Prune: s.Prune,
		}
	})
}

func TestStore_zeroValue(t *testing.T) {
	var s memory.Store
	if err := storetest.Increment(t.Context(), &s); err != nil {
		t.Fatal(err)
	}
	state, err := s.Load(t.Context())
	if err != nil || string(state.Text) != "1" || state.Version.Generation != 1 {
		t.Errorf("Load = %q at generation %d, %v; want \"1\" at 1", state.Text, state.Version.Generation, err)
	}
}
