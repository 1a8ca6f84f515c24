//go:build unix

package file

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree/treetest"
)

// failAt is a file system on which one access fails with an errno. An access is
// identified by its operation and file and not by its position, because some run
// at the same time.
type failAt struct {
	mu      sync.Mutex     // protects the fields below: some accesses run at the same time
	at      string         // the access, as in all; empty if no access fails
	applied bool           // it takes effect in spite of the error
	sticky  bool           // the changes after it fail too, removals excepted
	errno   error          // the error of the access
	reads   bool           // accesses that only read count and fail too
	armed   bool           // it has begun
	all     []string       // every access that counted, in order
	times   map[string]int // how often each was made
	hit     string         // which access it was
	swapped bool           // whether the commit point was passed, or may have been
}

// random matches the parts of names that differ in every run.
var random = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

func (f *failAt) say(op, name string) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.armed || !changing(op) && !f.reads {
		return true, nil
	}
	access := op + " " + random.ReplaceAllString(name, "…")
	if f.times == nil {
		f.times = make(map[string]int)
	}
	f.times[access]++
	access = fmt.Sprintf("%s, time %d", access, f.times[access])
	f.all = append(f.all, access)
	point := op == "exchange" && name == "config.toml"
	switch {
	case access == f.at:
		f.hit = access
		f.swapped = f.swapped || f.applied && point
		return f.applied, &fs.PathError{Op: op, Path: name, Err: f.errno}
	case f.sticky && f.hit != "" && changing(op) && op != "remove":
		return false, &fs.PathError{Op: op, Path: name, Err: f.errno}
	}
	f.swapped = f.swapped || point
	return true, nil
}

// passed ends the failures.
func (f *failAt) passed() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at, f.sticky, f.armed = "", false, false
}

// A scenario is the realm that a commit or a read finds.
var scenarios = map[string]struct {
	prepare func(r realm)
	before  string   // the text that is, or will be, current before the commit
	read    bool     // only a read
	persons []string // texts that must not be lost
}{
	"commit": {prepare: func(realm) {}, before: "old"},
	"commit over a dead lock": {
		prepare: func(r realm) { r.leave(r.deadStamp("boot"), 0) },
		before:  "old",
	},
	"commit after a peer's": {
		prepare: func(r realm) { r.peerCommit("by the peer", "2") },
		before:  "by the peer",
	},
	"commit after a torn one":  {prepare: tear, before: "torn"},
	"read after a torn commit": {prepare: tear, before: "torn", read: true},
	"read after a hand edit": {
		prepare: func(r realm) { r.put("config.toml", "by hand") },
		before:  "by hand",
		read:    true,
		persons: []string{"by hand"},
	},
	"commit with a person's text displaced": {
		prepare: func(r realm) {
			tear(r)
			records, err := parseRecords(2, []byte(r.get(filepath.Join(historyName, "2.json"))))
			if err != nil {
				r.t.Fatal(err)
			}
			r.put(".realmconf-team-"+records[0].CommitID+".config", "by hand")
		},
		before:  "torn", // the person's text is kept, and not put back
		persons: []string{"by hand"},
	},
}

// tear leaves the realm like a commit that crashed between its exchanges.
func tear(r realm) {
	old := r.get(stateName)
	commit(r.t, r.open(), "torn")
	r.replace(stateName, old)
}

// Every access of lock, reconcile, commit and swap fails once, in every way. Every
// answer must agree with the files: for the store that saw the fault and goes on,
// and for a process that comes later.
func TestStore_everyAccessFails(t *testing.T) {
	ways := []*failAt{
		{errno: syscall.ENOSPC, sticky: true},
		{errno: syscall.EIO, reads: true},
		{errno: syscall.EIO, applied: true},
	}
	for name := range scenarios {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for first, way := range ways { // each way begins elsewhere
				calm := &failAt{reads: way.reads}
				failOnce(t, name, calm, false)
				if len(calm.all) < 8 {
					t.Errorf("there were %d accesses, want at least 8", len(calm.all))
				}
				for i, at := range calm.all {
					if (i+11*first)%(thinning()|1) != 0 { // odd, so that both kinds of restart are tested
						continue
					}
					for _, restart := range []bool{false, true} {
						if way.reads && restart == (i%2 == 0) {
							continue // one of the two is enough if no file was changed
						}
						f := &failAt{at: at, errno: way.errno, sticky: way.sticky, applied: way.applied, reads: way.reads}
						if !failOnce(t, name, f, restart) {
							t.Errorf("%s never came", at)
						}
					}
				}
			}
		})
	}
}

// failOnce goes through a scenario on a file system with one fault, and reports
// whether the fault came up.
func failOnce(t *testing.T, scenario string, f *failAt, restart bool) bool {
	t.Helper()
	sc := scenarios[scenario]
	r := newFastRealm(t)
	commit(t, r.open(), "old")
	sc.prepare(r)
	var l ledger
	r.audit(&l)
	c := newTestClock()
	s := open(r.options(), faulty{say: f.say}, c, "boot")
	if sc.read { // the files are old enough
		if _, err := s.readView(t.Context(), store.NewHistoryBudget()); err != nil {
			t.Fatal(err)
		}
		c.pass(longRestTime)
		f.armed = true
	}
	state, err := s.Load(t.Context())
	f.armed = true
	if err == nil && !sc.read {
		err = s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "new"))
	}
	f.passed()
	what := fmt.Sprintf("%s (%v, applied %v, sticky %v, restart %v)", f.hit, f.errno, f.applied, f.sticky, restart)
	if f.hit == "" {
		if err != nil && !fault.Is(err, fault.GenerationConflict) {
			t.Errorf("got error %v without a fault", err)
		}
		return false
	}
	after := r.audit(&l)
	checkAnswer(t, what, err, after, f, sc.read)
	if err == nil && scenario == "commit" && strings.HasPrefix(f.hit, "sync") {
		t.Errorf("%s: acknowledged, and it may not be durable", what)
	}
	if restart {
		s = open(r.options(), disk.OS{}, c, "boot")
	}
	got := load(t, s)
	if got.Pending {
		t.Errorf("%s: pending when the fault had passed", what)
	}
	if text := string(got.Text); text != sc.before && text != "new" || text == "new" && !f.swapped {
		t.Errorf("%s: afterwards the text is %q, want %q, or what was committed", what, text, sc.before)
	}
	commit(t, s, "next")
	end := r.audit(&l)
	if !end.clean || end.text != "next" || end.state.generation <= got.Version.Generation {
		t.Errorf("%s: in the end %q at %d (clean %v)", what, end.text, end.state.generation, end.clean)
	}
	for _, text := range sc.persons {
		if !r.somewhere(text) {
			t.Errorf("%s: the text %q is nowhere to be found", what, text)
		}
	}
	r.tidy()
	return true
}

// checkAnswer compares an answer with the files right after it.
func checkAnswer(t *testing.T, what string, err error, after audit, f *failAt, read bool) {
	t.Helper()
	switch kind := fault.Of(err); {
	case err == nil && read:
	case err == nil:
		if after.text != "new" || !after.clean {
			t.Errorf("%s: acknowledged, and the text is %q (clean %v)", what, after.text, after.clean)
		}
	case kind.Kind == fault.Storage:
		if after.text == "new" || f.swapped {
			t.Errorf("%s: the answer says that nothing happened, and the text is %q (commit point passed: %v)", what, after.text, f.swapped)
		}
		if reason := fault.StorageReason(f.errno); kind.Data["reason"] != reason {
			t.Errorf("%s: reason %v, want %s", what, kind.Data["reason"], reason)
		}
	case kind.Kind == fault.GenerationConflict:
		if after.text == "new" {
			t.Errorf("%s: refused, and the text is there", what)
		}
	case kind.Kind == fault.OutcomeUnknown:
		if !f.swapped {
			t.Errorf("%s: the outcome is unknown before the commit point", what)
		}
	default:
		t.Errorf("%s: got error %v, want storage or outcome_unknown", what, err)
	}
}

// Each error of the system that a person can do something about reaches the answer with
// its own text, at each step of a commit before the commit point, and changes nothing.
func TestCompareAndSwap_errorsSayWhatToDo(t *testing.T) {
	for errno, text := range map[syscall.Errno]string{
		syscall.ENOSPC: "no space is left on the disk or in the quota",
		syscall.EDQUOT: "no space is left on the disk or in the quota",
		syscall.EROFS:  "mount it writable",
		syscall.EBUSY:  "mount the directory that it is in instead of the file",
		syscall.ELOOP:  "symbolic links of the path lead back to themselves",
		syscall.EFBIG:  "ulimit -f",
		syscall.EACCES: "permission denied",
		syscall.EPERM:  "chattr -i",
	} {
		for _, step := range []string{"create .config", "create .state", "sync .config", "exchange config.toml"} {
			r := newFastRealm(t)
			commit(t, r.open(), "one")
			op, name, _ := strings.Cut(step, " ")
			hit := false
			s := open(r.options(), faulty{say: serial(func(at, file string) (bool, error) {
				if hit = hit || at == op && strings.HasSuffix(file, name); at == op && strings.HasSuffix(file, name) {
					return false, &fs.PathError{Op: at, Path: file, Err: errno}
				}
				return true, nil
			})}, newTestClock(), "boot")
			state := load(t, s)
			err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "two"))
			if !hit {
				t.Errorf("%s does not happen in a commit", step)
			}
			if f := fault.Of(err); err == nil || f.Kind != fault.Storage || !strings.Contains(f.Message, text) || f.Data["reason"] != fault.StorageReason(errno) {
				t.Errorf("%v at %s: got %v, want storage with %q", errno, step, err, text)
			}
			wantState(t, r.open(), "one", 1)
		}
	}
}

func TestLoad_failureWhileAChangeIsRecorded(t *testing.T) {
	t.Parallel() // it waits
	recordOnce := func(at string) *failAt {
		r := newRealm(t)
		commit(t, r.open(), "one")
		r.put("config.toml", "by hand")
		f := &failAt{at: at, errno: syscall.ENOSPC, armed: true}
		got := load(t, open(r.options(), faulty{say: f.say}, newTestClock(), "boot"))
		switch {
		case got.Pending && (string(got.Text) != "one" || got.Version.Generation != 1):
			t.Errorf("%s: pending with %q at %d, want the recorded text", f.hit, got.Text, got.Version.Generation)
		case !got.Pending && string(got.Text) != "by hand":
			t.Errorf("%s: Load = %q, want the change or the recorded text as pending", f.hit, got.Text)
		}
		if got := load(t, r.open()); string(got.Text) != "by hand" || got.Pending {
			t.Errorf("%s: afterwards Load = %q (pending %v), want the change", f.hit, got.Text, got.Pending)
		}
		return f
	}
	failed, each := 0, treetest.Stride(3)
	for i, at := range recordOnce("").all { // an attempt that failed because the change was too young need not be repeated
		if i%each == 0 && recordOnce(at).hit != "" {
			failed += each
		}
	}
	if failed < 8 {
		t.Errorf("recording a change had %d accesses that could fail, want at least 8", failed)
	}
}

func TestCompareAndSwap_changeBeforeTheCommitPoint(t *testing.T) {
	r := newRealm(t)
	commit(t, r.open(), "one")
	saved := false
	s := open(r.options(), faulty{say: serial(func(op, name string) (bool, error) {
		if op == "create" && strings.HasSuffix(name, ".state") && !saved {
			saved = true
			r.put("config.toml", "by hand")
		}
		return true, nil
	})}, newTestClock(), "boot")
	state := load(t, s)
	err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "two"))
	if !fault.Is(err, fault.GenerationConflict) {
		t.Errorf("got error %v, want generation_conflict", err)
	}
	wantState(t, s, "by hand", 2)
	r.tidy()
	if r.exists(filepath.Join(historyName, "3.json")) {
		t.Error("the record of the commit that was given up is still there")
	}
}

func TestStore_withoutHardLinks(t *testing.T) {
	r := newRealm(t)
	noLinks := faulty{say: serial(func(op, name string) (bool, error) {
		if op == "link" {
			return false, &os.LinkError{Op: op, New: name, Err: syscall.EPERM}
		}
		return true, nil
	})}
	s := open(r.options(), noLinks, newTestClock(), "boot")
	commit(t, s, "one")
	commit(t, s, "two")
	wantState(t, r.open(), "two", 2)
	r.tidy()
}
