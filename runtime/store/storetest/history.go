package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

func testRecord(t *testing.T, open func() store.Store) {
	s := open()
	commit(t, s, "one")
	state := load(t, s)
	next := Commit(state, "two")
	to := uint64(0)
	next[0].Operation = store.Rollback
	next[0].Time = time.Date(2026, 11, 22, 12, 4, 5, 999e6, time.FixedZone("east", 7200))
	next[0].Actor = store.Actor{Name: "editor <x>", Version: "3.1.0", Surface: store.Tool, Era: "2026-07-28", PID: 4711, Host: "build-7"}
	next[0].Reason = "cheaper \"model\"\nsecond line"
	next[0].Approval = &store.Approval{By: store.ByPerson, Way: store.ReviewWay, Via: "editor", Fields: []string{"/shell/program", "/a~1b"}}
	next[0].RollbackTo = &to
	next[0].Mirrors = &store.Version{Generation: 7, Digest: store.DigestOf([]byte("elsewhere"))}
	if err := s.CompareAndSwap(t.Context(), state.Version, next); err != nil {
		t.Fatal(err)
	}
	got, err := open().Record(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	if got.Time.Location() != time.UTC {
		t.Errorf("record's time is in %v, want UTC", got.Time.Location())
	}
	wantEqual(t, "Record(2)", got, next[0])
}

func testNotFound(t *testing.T, open func() store.Store) {
	s := open()
	_, err := s.Record(t.Context(), 1)
	wantKind(t, "Record(1) of a fresh store", err, fault.NotFound)
	commit(t, s, "one")
	for _, g := range []uint64{0, 2, 1 << 63} {
		_, err := s.Record(t.Context(), g)
		wantKind(t, fmt.Sprintf("Record(%d) at generation 1", g), err, fault.NotFound)
	}
}

func testList(t *testing.T, open func() store.Store) {
	s := open()
	commit(t, s, "1", "2")
	commit(t, s, "3")
	commit(t, s, "4", "5")
	for _, tt := range []struct {
		before uint64
		limit  int
		want   []uint64
	}{
		{0, 10, []uint64{5, 4, 3, 2, 1}},
		{0, 2, []uint64{5, 4}},
		{5, 2, []uint64{4, 3}},
		{2, 2, []uint64{1}},
		{1, 2, nil},
		{99, 1, []uint64{5}},
		{0, 0, nil},
	} {
		var got []uint64
		for _, r := range list(t, open(), tt.before, tt.limit) {
			got = append(got, r.Generation)
		}
		wantEqual(t, fmt.Sprintf("List(%d, %d)", tt.before, tt.limit), got, tt.want)
	}
}

func testListHeads(t *testing.T, open func() store.Store) {
	s := open()
	commit(t, s, "1", "2", "3")
	want := list(t, open(), 3, 5)
	for i := range want {
		want[i].Text = nil
	}
	got, err := open().ListHeads(t.Context(), 3, 5)
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "ListHeads(3, 5)", got, want)
	if got, err := s.ListHeads(t.Context(), 0, 1); err != nil || len(got) != 1 || got[0].Generation != 3 {
		t.Errorf("ListHeads(0, 1) = %v, %v; want generation 3", got, err)
	}
}

// testRandomWalk makes calls at random, and compares their results with a simple
// model: a list of records.
func testRandomWalk(t *testing.T, open func() store.Store) {
	rnd := rand.New(rand.NewPCG(1, 2))
	s := open()
	var model []store.Record // oldest first
	old := load(t, s)
	for range 80 {
		switch rnd.IntN(6) {
		case 0, 1:
			old = load(t, s)
			texts := make([]string, 1+rnd.IntN(3))
			for i := range texts {
				texts[i] = fmt.Sprint(rnd.IntN(5))
			}
			model = append(model, commit(t, s, texts...)...)
		case 2:
			err := s.CompareAndSwap(t.Context(), old.Version, Commit(old, "stale"))
			if len(model) == 0 || old.Version == model[len(model)-1].Version {
				if err != nil {
					t.Fatal(err)
				}
				old = load(t, s)
				model = append(model, list(t, s, 0, 1)...)
				continue
			}
			wantKind(t, "a stale commit", err, fault.GenerationConflict)
		case 3:
			s = open()
		case 4:
			before, limit := uint64(rnd.IntN(len(model)+3)), rnd.IntN(6)
			end := len(model)
			if before != 0 {
				end = min(end, int(before-1))
			}
			want := slices.Clone(model[max(0, end-limit):end])
			slices.Reverse(want)
			wantEqual(t, fmt.Sprintf("List(%d, %d) of %d", before, limit, len(model)), list(t, s, before, limit), want)
		case 5:
			text, generation := "", uint64(len(model))
			if generation > 0 {
				text = string(model[generation-1].Text)
			}
			wantState(t, s, text, generation)
		}
	}
	if len(model) < 20 {
		t.Errorf("the walk made %d generations, want at least 20", len(model))
	}
}
