package file

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree/treetest"
)

// farNumbers are numbers beyond those that a realm reaches.
var farNumbers = []uint64{farNumber + 1, store.MaxGeneration - leap, store.MaxGeneration - 2, store.MaxGeneration - 1, store.MaxGeneration}

// plantRecord puts a record of a number and a text into the history.
func (r realm) plantRecord(number uint64, text string) {
	r.t.Helper()
	b, err := encodeRecords(storetest.Commit(store.State{Version: store.Empty(), Next: number}, text))
	if err != nil {
		r.t.Fatal(err)
	}
	r.put(filepath.Join(historyName, recordFile(number)), string(b))
}

// besides are further damages of a realm of three generations.
var besides = map[string]func(r realm) error{
	"no more":             func(realm) error { return nil },
	"record 3 is missing": func(r realm) error { return os.Remove(r.path(historyName + "/3.json")) },
	"record 3 is junk":    func(r realm) error { return writes("junk")(r.path(historyName + "/3.json")) },
	"record 3 is empty":   func(r realm) error { return writes("")(r.path(historyName + "/3.json")) },
	"record 3 is a directory": func(r realm) error {
		return errors.Join(os.Remove(r.path(historyName+"/3.json")), os.Mkdir(r.path(historyName+"/3.json"), 0o700))
	},
	"junk in the place of 4.json":        func(r realm) error { return writes("junk")(r.path(historyName + "/4.json")) },
	"a directory in the place of 4.json": func(r realm) error { return os.Mkdir(r.path(historyName+"/4.json"), 0o700) },
	"the state is junk":                  func(r realm) error { return writes("junk")(r.path(stateName)) },
	"the state is missing":               func(r realm) error { return os.Remove(r.path(stateName)) },
	"the state is a peer's":              func(r realm) error { return writes(`{"generation":3}`)(r.path(stateName)) },
}

// A record whose number is far beyond all others takes no number from the realm,
// whatever else is damaged, and whether the text was edited or not.
func TestStore_farRecordLeavesNumbers(t *testing.T) {
	for _, far := range treetest.Cases(farNumbers, farNumbers[3:]) {
		for name, damage := range treetest.Few(besides, 2) {
			for _, edited := range []bool{false, true} {
				t.Run(fmt.Sprintf("%d, %s, edited %v", far, name, edited), func(t *testing.T) {
					r := newFastRealm(t)
					commit(t, r.open(), "a = 1\n")
					commit(t, r.open(), "a = 2\n")
					commit(t, r.open(), "a = 3\n")
					r.plantRecord(far, "a = 1\n")
					if err := damage(r); err != nil {
						t.Fatal(err)
					}
					want := "a = 3\n"
					if edited {
						want = "by hand\n"
						than := historyName + "/1.json"
						if r.exists(stateName) {
							than = stateName
						}
						r.later(than, "config.toml", want)
					}
					c := newTestClock()
					c.pass(longRestTime)
					s := open(r.options(), disk.OS{}, c, "boot")
					before := load(t, s)
					if string(before.Text) != want || before.Version.Generation > 4+2*leap {
						t.Errorf("Load = %q at %d, want %q near 3", before.Text, before.Version.Generation, want)
					}
					for i := range 3 {
						commit(t, s, fmt.Sprint("next ", i))
					}
					got := load(t, open(r.options(), disk.OS{}, c, "boot"))
					if string(got.Text) != "next 2" || got.Version.Generation < before.Version.Generation+3 || got.Version.Generation > before.Version.Generation+4 {
						t.Errorf("after three commits: %q at %d, was at %d", got.Text, got.Version.Generation, before.Version.Generation)
					}
					if in := Inspect(r.options()); !slices.Equal(in.History.Far, []string{r.path(historyName + "/" + recordFile(far))}) || in.History.Newest > 8+2*leap {
						t.Errorf("Inspect: far %v, newest %d", in.History.Far, in.History.Newest)
					}
				})
			}
		}
	}
}

// A state whose number is far beyond all records is damage, whatever digest it has.
func TestStore_farStateLeavesNumbers(t *testing.T) {
	digest := store.DigestOf([]byte("a = 3\n"))
	for _, far := range farNumbers {
		for name, content := range map[string]string{
			"with the text's digest": string(state{far, digest}.encode()),
			"without a digest":       fmt.Sprintf(`{"generation":%d}`, far),
			"with another digest":    string(state{far, store.DigestOf(nil)}.encode()),
		} {
			t.Run(fmt.Sprint(far, " ", name), func(t *testing.T) {
				r := newFastRealm(t)
				commit(t, r.open(), "a = 1\n", "a = 2\n", "a = 3\n")
				r.put(stateName, content)
				if in := Inspect(r.options()); !in.StateDamaged {
					t.Errorf("Inspect reports no damage: %+v", in)
				}
				s := r.open()
				wantState(t, s, "a = 3\n", 3)
				for i := range 3 {
					commit(t, s, fmt.Sprint("next ", i))
				}
				wantState(t, r.open(), "next 2", 6)
				r.tidy()
			})
		}
	}
}

// A leftover of a state, and a state that a waiting commit looks at, are no source of
// far numbers either.
func TestCompareAndSwap_farLeftoverOfAState(t *testing.T) {
	for _, far := range farNumbers {
		r := newFastRealm(t)
		commit(t, r.open(), "a = 1\n")
		r.put(fmt.Sprintf(".realmconf-team-%s.%s", newID(), tempState), string(state{far, store.DigestOf(nil)}.encode()))
		s := r.open()
		commit(t, s, "a = 2\n")
		commit(t, s, "a = 3\n")
		wantState(t, r.open(), "a = 3\n", 3)
		r.tidy()

		r.put(stateName, fmt.Sprintf(`{"generation":%d}`, far))
		if err := s.checkCurrent(store.Version{Generation: 3}); err != nil {
			t.Errorf("a commit that waits beside a state of %d: %v", far, err)
		}
	}
}

// The highest numbers that are taken from files leave numbers for further commits.
// All of them are found again, also after the oldest records were removed.
func TestStore_numbersBeyondTheHighestFromAFile(t *testing.T) {
	for name, plant := range map[string]func(r realm){
		"a record": func(r realm) {
			r.plantRecord(farNumber, "a = 0\n")
			r.put("config.toml", "a = 0\n")
		},
		"the last of several records": func(r realm) {
			b, err := encodeRecords(storetest.Commit(store.State{Version: store.Empty(), Next: farNumber}, "a = -1\n", "a = 0\n"))
			if err != nil {
				r.t.Fatal(err)
			}
			r.put(filepath.Join(historyName, recordFile(farNumber)), string(b))
			r.put("config.toml", "a = 0\n")
		},
		"a state": func(r realm) {
			r.put("config.toml", "a = 0\n")
			r.put(stateName, string(state{maxStateNumber, store.DigestOf([]byte("a = 0\n"))}.encode()))
		},
		"a state, and an edit": func(r realm) {
			r.put("config.toml", "a = 0\n")
			r.put(stateName, string(state{maxStateNumber, store.DigestOf([]byte("a = 1\n"))}.encode()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newFastRealm(t)
			plant(r)
			o := r.options()
			o.History = 2
			c := newTestClock()
			c.pass(longRestTime)
			s := open(o, disk.OS{}, c, "boot")
			first := load(t, s).Version.Generation
			if first < maxStateNumber {
				t.Fatalf("the planted number was not taken: %d", first)
			}
			for i := range 12 {
				commit(t, s, fmt.Sprint("a = ", i+1))
			}
			again := open(o, disk.OS{}, c, "boot")
			wantState(t, again, "a = 12", first+12)
			if err := os.Remove(r.path(stateName)); err != nil {
				t.Fatal(err)
			}
			wantState(t, open(o, disk.OS{}, c, "boot"), "a = 12", first+12)
			if n := len(r.list(historyName)); n > 5 {
				t.Errorf("the history has %d files, want it pruned", n)
			}
		})
	}
}

func TestCatalog_split(t *testing.T) {
	const far, gap = farNumber, maxGap
	for _, tt := range []struct {
		c    catalog
		near int
	}{
		{nil, 0},
		{catalog{1, 2, far}, 3},
		{catalog{1, 2, far + 1}, 2},
		{catalog{far + 1}, 0},
		{catalog{far, far + 1, far + gap + 1}, 3},
		{catalog{far, far + gap + 1}, 1},
		{catalog{1, far - gap + 5, far + 5, far + gap + 6}, 3},
		{catalog{far, store.MaxGeneration - 1, store.MaxGeneration}, 1},
	} {
		near, beyond := tt.c.split()
		if !slices.Equal(near, tt.c[:tt.near]) || !slices.Equal(beyond, tt.c[tt.near:]) {
			t.Errorf("%d: got %d and %d, want the first %d", tt.c, near, beyond, tt.near)
		}
	}
}

// One file, or a few, take no number from the clients whose numbers have 53 bits, as
// those in JavaScript, whatever number the file has.
func TestStore_numbersOfClients(t *testing.T) {
	const highest = 1<<53 - 1
	for _, planted := range []uint64{1 << 52, 1<<52 + 1, 1<<53 - 1, 1 << 53, 1<<62 - 1, 1 << 62} {
		r := newFastRealm(t)
		commit(t, r.open(), "a = 1\n", "a = 2\n")
		for i := range uint64(3) {
			r.plantRecord(planted+i*maxGap, "a = 0\n")
		}
		commit(t, r.open(), "a = 3\n", "a = 4\n")
		if got := load(t, r.open()).Version.Generation; got > highest-leap {
			t.Errorf("beside a record %d a commit got generation %d", planted, got)
		}
		if in := Inspect(r.options()); len(in.History.Jumps)+len(in.History.Far) == 0 {
			t.Errorf("Inspect names no file of those with %d", planted)
		}
	}
}
