package store_test

import (
	"testing"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

func TestSuccessor(t *testing.T) {
	for _, tt := range []struct{ g, want uint64 }{{0, 1}, {41, 42}, {1<<63 - 2, 1<<63 - 1}, {1<<63 - 1, 0}, {1 << 63, 0}, {1<<64 - 1, 0}} {
		if got := store.Successor(tt.g); got != tt.want {
			t.Errorf("Successor(%d) = %d, want %d", tt.g, got, tt.want)
		}
	}
}

func TestExhaustedFault_reasonIsFull(t *testing.T) {
	if f := store.ExhaustedFault(); f.Kind != fault.Storage || f.Data["reason"] != fault.Full {
		t.Errorf("got kind %s and data %v, want storage and reason full", f.Kind, f.Data)
	}
}

func TestCheckBatch_nothingFollowsTheHighestNumber(t *testing.T) {
	version := func(g uint64, text string) store.Version {
		return store.Version{Generation: g, Digest: store.DigestOf([]byte(text))}
	}
	from := version(1<<63-2, "a")
	last := store.Record{Version: version(1<<63-1, "b"), Parent: from, Text: []byte("b")}
	if err := store.CheckBatch(from, []store.Record{last}); err != nil {
		t.Errorf("the highest number: got %v, want no error", err)
	}
	for _, g := range []uint64{0, 1, 1 << 63} {
		over := store.Record{Version: version(g, "c"), Parent: last.Version, Text: []byte("c")}
		if err := store.CheckBatch(from, []store.Record{last, over}); !fault.Is(err, fault.Internal) {
			t.Errorf("%d after the highest number: got %v, want an internal fault", g, err)
		}
	}
}

func TestConflict_namesBothGenerations(t *testing.T) {
	f := store.Conflict(3, 5, "look again")
	if f.Kind != fault.GenerationConflict || f.Data["expected"] != uint64(3) || f.Data["current"] != uint64(5) {
		t.Errorf("got kind %s and data %v, want generation_conflict of 3 and 5", f.Kind, f.Data)
	}
	if want := "generation 3 expected, 5 is current: look again"; f.Message != want {
		t.Errorf("got %q, want %q", f.Message, want)
	}
}
