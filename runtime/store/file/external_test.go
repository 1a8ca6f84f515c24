package file

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
	"realmconf/runtime/store/storetest"
)

// Changes of the files by other programs.

func TestLoad_handEditIsAGeneration(t *testing.T) {
	r := newRealm(t)
	s := r.open()
	commit(t, s, "one")
	before := load(t, s)
	r.put("config.toml", "by hand")
	err := s.CompareAndSwap(t.Context(), before.Version, storetest.Commit(before, "two"))
	if !fault.Is(err, fault.GenerationConflict) {
		t.Fatalf("CompareAndSwap over a hand edit: got error %v, want generation_conflict", err)
	}
	wantState(t, s, "by hand", 2)
	wantRecord(t, s, 2, store.External, 1, "by hand")
	commit(t, s, "three")
	wantState(t, r.open(), "three", 3)
	wantRecord(t, s, 3, store.Patch, 2, "three")
	r.tidy()
}

func TestLoad_handMadeConfigIsTheFirstGeneration(t *testing.T) {
	t.Parallel() // it waits
	r := newRealm(t)
	r.put("config.toml", "by hand")
	s := r.open()
	wantState(t, s, "by hand", 1)
	wantRecord(t, s, 1, store.External, 0, "by hand")
}

func TestLoad_removedConfigIsAnEmptyGeneration(t *testing.T) {
	r := newRealm(t)
	c := newTestClock()
	s := open(r.options(), disk.OS{}, c, "boot")
	commit(t, s, "one")
	if err := os.Remove(r.path("config.toml")); err != nil {
		t.Fatal(err)
	}
	if got := load(t, s); string(got.Text) != "one" || !got.Pending {
		t.Errorf("Load = %q (pending %v) right after the file vanished, want the old text, pending", got.Text, got.Pending)
	}
	c.pass(longRestTime)
	wantState(t, s, "", 2)
	commit(t, s, "three")
	wantState(t, r.open(), "three", 3)
}

func TestLoad_peerCommitKeepsItsNumber(t *testing.T) {
	r := newRealm(t)
	s := r.open()
	commit(t, s, "one")
	r.peerCommit("by the peer", "2")
	wantState(t, s, "by the peer", 2)
	wantRecord(t, s, 2, store.Peer, 1, "by the peer")
	if got, want := r.get(stateName), "{\n  \"generation\": 2\n}"; got != want {
		t.Errorf("the peer's state became %q, want %q", got, want)
	}
	commit(t, s, "three")
	wantState(t, s, "three", 3)
	wantRecord(t, s, 3, store.Patch, 2, "three")
}

func TestList_peerCommitsThatWereNotRead(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	r.peerCommit("two", "2")
	r.peerCommit("three", "3")
	s := r.open()
	wantState(t, s, "three", 3)
	wantRecord(t, s, 3, store.Peer, 1, "three")
	wantRecord(t, s, 1, store.Patch, 0, "one")
}

func TestLoad_handEditAfterAPeerCommit(t *testing.T) {
	t.Parallel() // it waits
	for _, seen := range []bool{true, false} {
		r := newRealm(t)
		s := r.open()
		commit(t, s, "one")
		r.peerCommit("two", "2")
		if seen {
			wantState(t, s, "two", 2)
		}
		r.later(stateName, "config.toml", "by hand")
		wantState(t, s, "by hand", 3)
		wantRecord(t, s, 3, store.External, map[bool]uint64{true: 2, false: 1}[seen], "by hand")
	}
}

// later writes a file until its time stamp is after that of another file: time
// stamps are coarse.
func (r realm) later(than, name, text string) {
	r.t.Helper()
	for {
		r.put(name, text)
		old, err := os.Stat(r.path(than))
		if err != nil {
			r.t.Fatal(err)
		}
		changed, err := os.Stat(r.path(name))
		if err != nil {
			r.t.Fatal(err)
		}
		a, errA := disk.OS{}.ChangeTime(old)
		b, errB := disk.OS{}.ChangeTime(changed)
		if errA != nil || errB != nil {
			r.t.Fatal(errA, errB)
		}
		if b > a {
			return
		}
	}
}

// frozen is a file system whose clock never advances: all changes happen in one
// tick.
type frozen struct{ disk.OS }

func (frozen) ChangeTime(fs.FileInfo) (int64, error) { return 1, nil }

func TestLoad_editInTheSameTickAsAPeerCommit(t *testing.T) {
	r := newRealm(t)
	s := open(r.options(), frozen{}, newTestClock(), "boot")
	commit(t, s, "one")
	r.peerCommit("two", "2")
	wantState(t, s, "two", 2)
	r.put("config.toml", "by hand")
	wantState(t, s, "by hand", 3)
	wantRecord(t, s, 2, store.Peer, 1, "two")
	wantRecord(t, s, 3, store.External, 2, "by hand")
}

func TestLoad_touchedConfigIsNoGeneration(t *testing.T) {
	t.Parallel() // it waits
	r := newRealm(t)
	s := r.open()
	commit(t, s, "one")
	r.peerCommit("two", "2")
	wantState(t, s, "two", 2)
	r.later(stateName, "config.toml", "two")
	wantState(t, s, "two", 2)
}

// A crash can leave the record of a commit that was never current. A peer does
// not see it and uses the same number for another text.
func TestLoad_peerCommitWithTheNumberOfAnAbandonedRecord(t *testing.T) {
	r := newRealm(t)
	s := r.open()
	commit(t, s, "one")
	lost := storetest.Commit(load(t, s), "never")
	b, err := encodeRecords(lost)
	if err != nil {
		t.Fatal(err)
	}
	r.put(filepath.Join(historyName, "2.json"), string(b))
	r.peerCommit("by the peer", "2")
	s = r.open()
	wantState(t, s, "by the peer", 3)
	wantRecord(t, s, 3, store.External, 1, "by the peer")
	if _, err := s.Record(t.Context(), 2); !fault.Is(err, fault.NotFound) {
		t.Errorf("Record(2) of a commit that was never current: got error %v, want not_found", err)
	}
}

func TestLoad_lostStateIsFoundInTheHistory(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one", "two")
	commit(t, r.open(), "three")
	if err := os.Remove(r.path(stateName)); err != nil {
		t.Fatal(err)
	}
	s := r.open()
	wantState(t, s, "three", 3)
	wantRecord(t, s, 1, store.Patch, 0, "one")
}

func TestLoad_lostStateOfAnUnknownText(t *testing.T) {
	t.Parallel() // it waits
	r := newRealm(t)
	commit(t, r.open(), "one", "two")
	if err := os.Remove(r.path(stateName)); err != nil {
		t.Fatal(err)
	}
	r.put("config.toml", "one")
	s := r.open()
	wantState(t, s, "one", 2+leap)
	wantRecord(t, s, 2+leap, store.Recovered, 2, "one")
}

func TestLoad_restoredOldStateGetsANewNumber(t *testing.T) {
	t.Parallel() // it waits
	r := newRealm(t)
	s := r.open()
	commit(t, s, "one")
	old := r.get(stateName)
	commit(t, s, "two")
	r.replace(stateName, old)
	r.replace("config.toml", "one")
	wantState(t, s, "one", 3)
	wantState(t, r.open(), "one", 3)
}

func TestLoad_lostRecordIsRecovered(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	if err := os.RemoveAll(r.path(historyName)); err != nil {
		t.Fatal(err)
	}
	s := r.open()
	commit(t, s, "two")
	wantRecord(t, s, 1, store.Recovered, 0, "one")
	wantRecord(t, s, 2, store.Patch, 1, "two")
}

func TestLoad_tornCommitIsCompleted(t *testing.T) {
	r := newRealm(t)
	s := r.open()
	commit(t, s, "one")
	old := r.get(stateName)
	commit(t, s, "two", "three")
	r.replace(stateName, old) // as if the process had died between its exchanges
	wantState(t, r.open(), "three", 3)
	wantRecord(t, r.open(), 2, store.Patch, 1, "two")
	r.tidy()
}

func TestLoad_tornFirstCommitIsCompleted(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	if err := os.Remove(r.path(stateName)); err != nil {
		t.Fatal(err)
	}
	wantState(t, r.open(), "one", 1)
}

func TestLoad_numberOfAnAbandonedRecordIsSkipped(t *testing.T) {
	for name, content := range map[string]string{"torn": `{"generation":2,"par`, "empty": ""} {
		r := newRealm(t)
		s := r.open()
		commit(t, s, "one")
		r.put(filepath.Join(historyName, "2.json"), content)
		if got := load(t, r.open()); got.Version.Generation != 1 || got.Next != 3 {
			t.Errorf("%s: generation %d, next %d; want 1, 3", name, got.Version.Generation, got.Next)
		}
		commit(t, r.open(), "three")
		wantState(t, r.open(), "three", 3)
		wantRecord(t, r.open(), 3, store.Patch, 1, "three")
	}
}

func TestLoad_duringACommitOldText(t *testing.T) {
	r := newRealm(t)
	s := r.open()
	commit(t, s, "one")
	l, err := s.hold(t.Context()) // another process is between its exchanges
	if err != nil {
		t.Fatal(err)
	}
	defer l.Unlock()
	r.replace("config.toml", "two")
	reader := open(r.options(), disk.OS{}, newTestClock(), "boot")
	got := load(t, reader)
	if string(got.Text) != "one" || got.Version.Generation != 1 || !got.Pending {
		t.Errorf("Load = %q at %d, pending %v; want the old text \"one\" at 1, pending", got.Text, got.Version.Generation, got.Pending)
	}
}

func TestLoad_waitsForACommit(t *testing.T) {
	r := newRealm(t)
	s := r.open()
	commit(t, s, "one")
	l, err := s.hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	old := r.get(stateName)
	r.replace("config.toml", "two")
	c := newTestClock()
	waits := 0
	c.each = func() {
		if waits++; waits == 50 {
			r.replace(stateName, string(state{2, store.DigestOf([]byte("two"))}.encode()))
		}
	}
	wantState(t, open(r.options(), disk.OS{}, c, "boot"), "two", 2)
	if waits != 50 {
		t.Errorf("the read waited %d times, want 50 (the state was %q)", waits, old)
	}
	l.Unlock()
}

// The highest number that there is counts neither in a state nor in a record, although
// the two agree and have the text: nothing could follow.
func TestCompareAndSwap_lastNumber(t *testing.T) {
	t.Parallel() // it waits
	r := newRealm(t)
	r.plantRecord(store.MaxGeneration, "peer's")
	r.put("config.toml", "peer's")
	r.put(stateName, `{"generation":9223372036854775807}`)
	s := r.open()
	state := load(t, s)
	later := state
	later.Version.Generation, later.Next = state.Version.Generation+5, state.Version.Generation+6
	err := s.CompareAndSwap(t.Context(), later.Version, storetest.Commit(later, "x"))
	if !fault.Is(err, fault.GenerationConflict) {
		t.Errorf("got error %v, want generation_conflict", err)
	}
	commit(t, s, "one", "two")
	wantState(t, r.open(), "two", state.Version.Generation+2)
}

// A file whose name is a number above the highest one is no record, and blocks
// nothing.
func TestCompareAndSwap_fileAboveTheLastNumber(t *testing.T) {
	for _, name := range []string{"9223372036854775808.json", "18446744073709551615.json", "18446744073709551616.json"} {
		for _, content := range []string{"", "{}", "{\"generation\":18446744073709551615}\n"} {
			r := newFastRealm(t)
			r.put(filepath.Join(historyName, name), content)
			commit(t, r.open(), "one", "two")
			wantState(t, r.open(), "two", 2)
		}
	}
}

func TestWatch_handEdit(t *testing.T) {
	t.Parallel() // it waits
	r := newRealm(t)
	s := r.open()
	commit(t, s, "one")
	calls := make(chan struct{}, 16)
	done := make(chan error, 1)
	ctx := t.Context()
	go func() { done <- s.Watch(ctx, func() { calls <- struct{}{} }) }()
	<-calls
	r.put("config.toml", "by hand, longer")
	select {
	case <-calls:
	case err := <-done:
		t.Fatalf("Watch ended: %v", err)
	case <-time.After(20 * time.Second):
		t.Fatal("no call after a hand edit")
	}
	wantState(t, s, "by hand, longer", 2)
}
