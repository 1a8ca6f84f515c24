//go:build linux || darwin

package file

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
	"realmconf/schema/tree/treetest"
)

// stopPeer starts a commit of a peer, stops it once it has read the files, and lets
// its lock become stale. The peer goes on when the returned function is called,
// which waits for its end.
func (r realm) stopPeer(text string) (resume func()) {
	r.t.Helper()
	stopped, goOn, ended := make(chan error, 1), make(chan bool), make(chan error, 1)
	go func() {
		ended <- (peer{r}).change(func(string) (string, error) {
			at := time.Now().Add(-31 * time.Second)
			stopped <- os.Chtimes(r.path(LockName), at, at)
			<-goOn
			return text, nil
		})
	}()
	if err := <-stopped; err != nil {
		r.t.Fatal(err)
	}
	return func() {
		r.t.Helper()
		close(goOn)
		if err := <-ended; err != nil {
			r.t.Fatal(err)
		}
	}
}

// openLater opens the store with a clock by which every text has been the same for
// long.
func (r realm) openLater() *Store {
	c := newTestClock()
	s := open(r.options(), disk.OS{}, c, "boot")
	if _, err := s.Load(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	c.pass(longRestTime)
	return s
}

// wantList compares the generations of the history, newest first. "5s" is a
// superseded one.
func wantList(t *testing.T, s store.Store, want string) {
	t.Helper()
	list, err := s.List(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range list {
		n := fmt.Sprint(r.Generation)
		if r.Superseded {
			n += "s"
		}
		got = append(got, n)
	}
	if got := strings.Join(got, " "); got != want {
		t.Errorf("the history lists %s, want %s", got, want)
	}
	for i := range list { // page by page it is the same
		before := uint64(0)
		if i > 0 {
			before = list[i-1].Generation
		}
		page, err := s.List(t.Context(), before, 1)
		if err != nil || len(page) != 1 || page[0].Version != list[i].Version || page[0].Superseded != list[i].Superseded {
			t.Errorf("the page below %d has %v, %v; want generation %d", before, page, err, list[i].Generation)
		}
	}
}

func wantNotice(t *testing.T, s store.Store, kind store.NoticeKind, text string) {
	t.Helper()
	notices := load(t, s).Notices
	if !slices.ContainsFunc(notices, func(n store.Notice) bool { return n.Kind == kind && strings.Contains(n.Message+n.Hint, text) }) {
		t.Errorf("the notices are %v, want one of kind %s with %q", notices, kind, text)
	}
}

// A peer that was stopped with the lock goes on after its lock was taken over, and
// overwrites commits that were acknowledged. They are listed and can be read, every
// read says so until a person removes the file, and later commits change nothing in
// that.
func TestStore_stalePeerOverwrites(t *testing.T) {
	r := newRealm(t)
	first := r.open()
	commit(t, first, "one")
	resume := r.stopPeer("by the peer")
	commit(t, first, "two")
	commit(t, r.open(), "three", "four") // by another process
	resume()

	s := r.openLater()
	if notices := load(t, s).Notices; len(notices) != 1 || notices[0].Kind != store.Superseded {
		t.Errorf("the read that finds it has the notices %v", notices)
	}
	wantState(t, s, "by the peer", 5)
	wantList(t, s, "5 4s 3s 2s 1")
	wantRecord(t, s, 5, store.External, 1, "by the peer")
	wantRecord(t, s, 4, store.Patch, 3, "four")
	wantRecord(t, s, 2, store.Patch, 1, "two")
	wantNotice(t, s, store.Superseded, "config_history/superseded-4.txt")
	if in := Inspect(r.options()); len(in.Superseded) != 1 || in.Superseded[0] != r.path(historyName+"/superseded-4.txt") {
		t.Errorf("Inspect names %q", in.Superseded)
	} else if slices.ContainsFunc(in.Peculiarities, func(p Peculiarity) bool { return p.Kind == ForeignInHistory }) {
		t.Error("Inspect counts the file as a foreign one")
	}

	if err := os.Remove(r.path(historyName + "/superseded-4.txt")); err != nil {
		t.Fatal(err)
	}
	commit(t, s, "six")
	commit(t, first, "seven")
	if notices := load(t, r.open()).Notices; len(notices) > 0 {
		t.Errorf("the file is removed, and the notices are %v", notices)
	}
	wantList(t, s, "7 6 5 4s 3s 2s 1")
	r.tidy()
}

// A stale peer's own number may be free, when the commits that it overwrites have
// higher ones.
func TestStore_stalePeerUnderAFreeNumber(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	resume := r.stopPeer("by the peer")
	for n := 2; n < 5; n++ { // numbers that crashed commits have claimed
		r.put(fmt.Sprintf("%s/%d.json", historyName, n), "")
	}
	commit(t, r.open(), "five")
	for n := 2; n < 5; n++ {
		if err := os.Remove(r.path(fmt.Sprintf("%s/%d.json", historyName, n))); err != nil {
			t.Fatal(err)
		}
	}
	resume()
	s := r.openLater()
	wantState(t, s, "by the peer", 2)
	commit(t, s, "six")
	wantList(t, s, "6 5s 2 1")
	wantRecord(t, s, 2, store.Peer, 1, "by the peer")
	wantRecord(t, s, 5, store.Patch, 1, "five")
	wantNotice(t, s, store.Superseded, "(5)")
}

// Several peers overwrite one after the other, and what they overwrite includes a
// commit that already supersedes another.
func TestStore_supersededTwice(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	resumeSecond := r.stopPeer("second peer")
	if err := os.Remove(r.path(LockName)); err != nil {
		t.Fatal(err)
	}
	resumeFirst := r.stopPeer("first peer")
	commit(t, r.open(), "two")
	resumeFirst()
	s := r.openLater()
	wantState(t, s, "first peer", 3)
	commit(t, s, "four")
	wantList(t, s, "4 3 2s 1")
	resumeSecond()
	s = r.openLater()
	wantState(t, s, "second peer", 5)
	wantList(t, s, "5 4s 3s 2s 1")
	wantNotice(t, s, store.Superseded, "superseded-2.txt, config_history/superseded-4.txt")
}

// The config and the state are restored from a copy. The generations since are no
// ancestors of the next one, and are listed once that is committed.
func TestStore_restoredCopy(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	config, saved := r.get("config.toml"), r.get(stateName)
	commit(t, r.open(), "two")
	r.put("config.toml", config)
	r.put(stateName, saved)
	s := r.open()
	wantState(t, s, "one", 1)
	commit(t, s, "three")
	wantList(t, s, "3 2s 1")
	wantNotice(t, s, store.Superseded, "(2)")
}

// Without a stale peer no generation is superseded: edits by hand, commits of peers
// and those of other processes all descend from what was there.
func TestStore_nothingIsSuperseded(t *testing.T) {
	r := newRealm(t)
	a, b := r.open(), r.open()
	commit(t, a, "one")
	commit(t, b, "two")
	r.peerCommit("three", "3")
	r.peerCommit("four", "4")
	wantState(t, a, "four", 4)
	commit(t, b, "five")
	r.put("config.toml", "six, by hand")
	wantState(t, r.openLater(), "six, by hand", 6)
	if err := os.Remove(r.path(stateName)); err != nil {
		t.Fatal(err)
	}
	wantState(t, r.open(), "six, by hand", 6)
	commit(t, a, "seven")
	wantList(t, b, "7 6 5 4 2 1")
	if notices := load(t, b).Notices; len(notices) > 0 {
		t.Errorf("the notices are %v", notices)
	}
}

// A process is killed at every step of a commit, and then a stale peer overwrites
// whatever it left. If the commit was acknowledged it is listed, and if it is listed
// it was current.
func TestStore_killedAndOverwritten(t *testing.T) {
	t.Parallel() // it waits
	listed, acknowledgedAll := 0, 0
	for n := 1; ; n += 1 + thinning()/4 {
		for _, after := range []string{"", "+"} {
			step := fmt.Sprint(n, after)
			r := newFastRealm(t)
			commit(t, r.open(), "1")
			cmd := r.doomed(step, 1)
			out, err := cmd.Output()
			died := killed(t, err, "")
			acked := len(out) > 0
			a := r.audit(new(ledger))
			wasCurrent := a.state.generation == 2
			os.Remove(r.path(LockName))
			r.replace("config.toml", "by the peer")
			r.replace(stateName, "{\n  \"generation\": 2\n}")
			s := r.openLater()
			load(t, s)
			_, err = s.Record(t.Context(), 2)
			isListed := err == nil && !slices.Contains([]string{"by the peer"}, string(mustRecord(t, s, 2).Text))
			switch {
			case acked && !isListed:
				t.Errorf("step %s: the commit was acknowledged, and is not listed", step)
			case isListed && !wasCurrent:
				t.Errorf("step %s: the commit was never current, and is listed", step)
			}
			if isListed {
				listed++
				wantNotice(t, s, store.Superseded, "(2)")
			}
			if acked {
				acknowledgedAll++
			}
			if !died {
				if acknowledgedAll == 0 || listed == 0 {
					t.Errorf("%d commits were acknowledged, %d listed: want some of both", acknowledgedAll, listed)
				}
				return
			}
		}
	}
}

func mustRecord(t *testing.T, s store.Store, generation uint64) store.Record {
	t.Helper()
	r, err := s.Record(t.Context(), generation)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Records that realmconf did not write may refer to each other in any way. Every one
// is listed once at most, and the numbers fall.
func TestList_recordsInCircles(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "1")
	versions := []store.Version{{}}
	for n := uint64(1); n <= 8; n++ {
		versions = append(versions, store.Version{Generation: n, Digest: store.DigestOf(fmt.Append(nil, n))})
	}
	for i := 0; i < 8*8; i += treetest.Stride(5) { // 5: each residue of 8
		for n := 1; n <= 8; n++ {
			b, err := encodeRecords([]store.Record{{
				Version: versions[n], Parent: versions[(n*i+i/8)%9], Supersedes: versions[(n+i)%9],
				Time: time.Now(), Operation: store.Patch, Text: fmt.Append(nil, n),
			}})
			if err != nil {
				t.Fatal(err)
			}
			r.put(filepath.Join(historyName, recordFile(uint64(n))), string(b))
		}
		current := versions[1+i%8]
		r.put("config.toml", fmt.Sprint(current.Generation))
		r.put(stateName, string(state{current.Generation, current.Digest}.encode()))
		list, err := r.open().List(t.Context(), 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		for j := 1; j < len(list); j++ {
			if list[j].Generation >= list[j-1].Generation {
				t.Errorf("case %d: %d comes after %d", i, list[j].Generation, list[j-1].Generation)
			}
		}
	}
}

// A commit on a record that names itself as its parent ends, although the note tells
// of another generation.
func TestCompareAndSwap_recordIsItsOwnParent(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "1")
	note := r.get(guardName)
	commit(t, r.open(), "2")
	second := store.Version{Generation: 2, Digest: store.DigestOf([]byte("2"))}
	b, err := encodeRecords([]store.Record{{Version: second, Parent: second, Time: time.Now(), Operation: store.Patch, Text: []byte("2")}})
	if err != nil {
		t.Fatal(err)
	}
	r.put(filepath.Join(historyName, recordFile(2)), string(b))
	r.put(guardName, note)
	s := r.open()
	commit(t, s, "3")
	if record, err := s.Record(t.Context(), 3); err != nil || record.Supersedes != (store.Version{}) {
		t.Errorf("got %v and %v, want a record that supersedes no other", record.Supersedes, err)
	}
}

// The files that tell of superseded generations have names of one form.
func TestParseSupersededFile(t *testing.T) {
	for name, want := range map[string]bool{
		"superseded-5.txt": true, "superseded-.txt": false, "superseded-05.txt": false, "superseded-5": false,
		"superseded-5.txt.txt": false, "superseded-9223372036854775808.txt": false, "superseded-x\n.txt": false,
	} {
		if _, got := parseSupersededFile(name); got != want {
			t.Errorf("parseSupersededFile(%q) = %v, want %v", name, got, want)
		}
	}
}
