package runtime

import (
	"testing"

	"realmconf/runtime/store"
)

// The oldest commits are forgotten, so that a process that makes many does not grow.
func TestAuthors_forgetsTheOldest(t *testing.T) {
	var a authors
	const more = 10
	for g := range uint64(maxAuthors + more) {
		a.add(store.Version{Generation: g}, author{clientID: g})
	}
	a.add(store.Version{Generation: maxAuthors}, author{clientID: "again"}) // a commit that is prepared again
	for g, want := range map[uint64]any{more - 1: nil, more: uint64(more), maxAuthors: "again", maxAuthors + more - 1: uint64(maxAuthors + more - 1)} {
		if got := a.get(store.Version{Generation: g}).clientID; got != want {
			t.Errorf("generation %d: got %v, want %v", g, got, want)
		}
	}
	if len(a.of) != maxAuthors || len(a.ordered) != maxAuthors {
		t.Errorf("%d and %d versions are remembered, want %d", len(a.of), len(a.ordered), maxAuthors)
	}
}
