//go:build linux || darwin

package file

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree/treetest"
)

// damages are the ways in which a state cannot be read as one.
var damages = map[string]func(place string) error{
	"empty":        writes(""),
	"cut off":      writes("{\n  \"generat"),
	"zero bytes":   writes(strings.Repeat("\x00", 90)),
	"text":         writes("hello"),
	"negative":     writes(`{"generation": -1}`),
	"a string":     writes(`{"generation": "5"}`),
	"a float":      writes(`{"generation": 5.5}`),
	"an object":    writes(`{}`),
	"null":         writes(`null`),
	"above 2^64":   writes(`{"generation": 18446744073709551616}`),
	"above 2^63-1": writes(`{"generation": 9223372036854775808}`),
	"2^63-1":       writes(`{"generation": 9223372036854775807}`),
	"above 2^52":   writes(`{"generation": 4503599627370497}`),
	"2^64-1":       writes(`{"generation": 18446744073709551615}`),
	"not UTF-8":    writes("{\"generation\": 5, \"a\": \"\xff\"}"),
	"two numbers":  writes(`{"generation": 5, "generation": 6}`),
	"very long":    writes(`{"generation": 5}` + strings.Repeat(" ", maxState)),
	"sparse":       func(place string) error { return errors.Join(writes("")(place), os.Truncate(place, 1<<32)) },
	"a directory":  func(place string) error { return os.Mkdir(place, 0o700) },
	"a full one":   func(place string) error { return os.MkdirAll(filepath.Join(place, "x", "y"), 0o700) },
	"a link to one": func(place string) error {
		return errors.Join(writes(`{"generation": 7}`)(place+".other"), os.Symlink(place+".other", place))
	},
	"a device":       func(place string) error { return os.Symlink("/dev/zero", place) },
	"a pipe":         func(place string) error { return syscall.Mkfifo(place, 0o600) },
	"a socket, gone": func(place string) error { return syscall.Mknod(place, syscall.S_IFSOCK|0o600, 0) },
}

func (r realm) damage(put func(string) error) {
	r.t.Helper()
	if err := errors.Join(os.RemoveAll(r.path(stateName)), put(r.path(stateName))); err != nil {
		r.t.Fatal(err)
	}
}

// A damaged state counts as missing: the number comes from the history, and the
// damaged file is kept there.
func TestLoad_damagedState(t *testing.T) {
	each := treetest.Cases(1, 3) * treetest.Stride(2)
	first := 0
	for name, put := range damages {
		first++
		for i, tt := range []struct {
			what    string
			prepare func(r realm)
			text    string
			want    uint64
			record  store.Operation
			parent  uint64
		}{
			{"the newest record's text", func(r realm) { commit(r.t, r.open(), "a = 1\n", "a = 2\n") }, "a = 2\n", 2, store.Patch, 1},
			{"another text", func(r realm) {
				commit(r.t, r.open(), "a = 1\n", "a = 2\n")
				r.put("config.toml", "a = 1\n")
			}, "a = 1\n", 2 + leap, store.Recovered, 2},
			{"no history", func(r realm) { r.put("config.toml", "a = 1\n") }, "a = 1\n", 1, store.Recovered, 0},
		} {
			if (i+first)%each != 0 {
				continue
			}
			t.Run(name+", "+tt.what, func(t *testing.T) {
				r := newFastRealm(t)
				tt.prepare(r)
				r.damage(put)
				if in := Inspect(r.options()); !in.StateDamaged {
					t.Errorf("Inspect reports no damage: %+v", in)
				}
				c := newTestClock()
				c.pass(longRestTime)
				s := open(r.options(), disk.OS{}, c, "boot")
				wantState(t, s, tt.text, tt.want)
				wantRecord(t, s, tt.want, tt.record, tt.parent, tt.text)
				if got := load(t, s); len(got.Notices) != 1 || got.Notices[0].Kind != store.Damaged {
					t.Errorf("got the notices %+v, want one of the damage", got.Notices)
				}
				kept, err := filepath.Glob(r.path(historyName + "/" + damagedPrefix + "*" + damagedExtension))
				if err != nil || len(kept) != 1 {
					t.Errorf("kept %v (%v), want the damaged file", kept, err)
				}
				if in := Inspect(r.options()); in.StateDamaged || in.StateErr != nil || len(in.Damaged) != 1 {
					t.Errorf("Inspect afterwards: damaged %v, fault %v, kept %v", in.StateDamaged, in.StateErr, in.Damaged)
				}
				commit(t, s, "a = 3\n")
				wantState(t, open(r.options(), disk.OS{}, c, "boot"), "a = 3\n", tt.want+1)
				r.tidy()
			})
		}
	}
}

// Where nothing may be written, a read serves the newest record, or the text under
// the newest number, and says what is wrong.
func TestLoad_damagedStateWhereNothingMayBeWritten(t *testing.T) {
	n := 0
	for name, put := range damages {
		for _, edited := range []bool{false, true} {
			if n++; n%treetest.Cases(1, 3) != 0 {
				continue
			}
			t.Run(fmt.Sprintf("%s, edited %v", name, edited), func(t *testing.T) {
				r := newFastRealm(t)
				commit(t, r.open(), "a = 1\n", "a = 2\n")
				want := "a = 2\n"
				if edited {
					want = "a = 9\n"
					r.put("config.toml", want)
				}
				r.damage(put)
				s := open(r.options(), faulty{say: serial(func(op, name string) (bool, error) {
					if changing(op) {
						return false, syscall.EROFS
					}
					return true, nil
				})}, newTestClock(), "boot")
				got := load(t, s)
				if string(got.Text) != want || got.Version.Generation != 2 || !got.Pending {
					t.Errorf("Load = %q at %d (pending %v), want %q at 2, pending", got.Text, got.Version.Generation, got.Pending, want)
				}
				if len(got.Notices) != 1 || got.Notices[0].Kind != store.Damaged {
					t.Errorf("got the notices %+v, want one of the damage", got.Notices)
				}
			})
		}
	}
}

// A write mends a damaged state as a read does.
func TestCompareAndSwap_damagedState(t *testing.T) {
	for name, put := range damages {
		t.Run(name, func(t *testing.T) {
			r := newFastRealm(t)
			s := r.open()
			commit(t, s, "a = 1\n")
			state := load(t, s)
			r.damage(put)
			if err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "a = 2\n")); err != nil {
				t.Fatal(err)
			}
			wantState(t, r.open(), "a = 2\n", 2)
			r.tidy()
		})
	}
}

// A crash at any step of the repair leaves a realm that the next read repairs.
func TestLoad_crashWhileTheStateIsRepaired(t *testing.T) {
	each := treetest.Cases(1, 6) * treetest.Stride(3)
	first := 0
	for name, put := range damages {
		first++
		for n := 1 + first%each; ; n += each {
			r := newFastRealm(t)
			commit(t, r.open(), "a = 1\n", "a = 2\n")
			r.put("config.toml", "a = 9\n")
			r.damage(put)
			var l ledger
			left, dead, armed := n, false, false
			c := newTestClock()
			s := open(r.options(), faulty{say: serial(func(op, _ string) (bool, error) {
				if armed && changing(op) {
					left--
				}
				if dead = dead || left < 0; dead {
					return false, errors.New("crashed")
				}
				return true, nil
			})}, c, "boot")
			if _, err := s.readView(t.Context(), store.NewHistoryBudget()); err != nil { // the text is old enough
				t.Fatal(err)
			}
			c.pass(longRestTime)
			armed = true
			_, _ = s.Load(t.Context())
			if !dead {
				break
			}
			os.Remove(r.path(LockName))
			after := open(r.options(), disk.OS{}, c, "boot")
			if _, err := after.readView(t.Context(), store.NewHistoryBudget()); err != nil {
				t.Fatal(err)
			}
			c.pass(longRestTime)
			got := load(t, after)
			if string(got.Text) != "a = 9\n" || got.Pending || got.Version.Generation < 2+leap {
				t.Errorf("%s, step %d: Load = %q at %d (pending %v)", name, n, got.Text, got.Version.Generation, got.Pending)
			}
			if len(got.Notices) != 1 || got.Notices[0].Kind != store.Damaged {
				t.Errorf("%s, step %d: got the notices %+v, want one of the damage", name, n, got.Notices)
			}
			commit(t, after, "a = 10\n")
			r.audit(&l)
			r.tidy()
		}
	}
}

// A peer gave numbers that no store of realmconf has seen, and the state is lost: the
// text gets a number that none of these was, so that an expectation of one of them does
// not hold for another text.
func TestLoad_lostNumbersOfAPeer(t *testing.T) {
	const unseen = 40_000
	for name, lose := range map[string]func(r realm) error{
		"removed": func(r realm) error { return os.Remove(r.path(stateName)) },
		"emptied": func(r realm) error { return os.Truncate(r.path(stateName), 0) },
		"replaced": func(r realm) error {
			r.replace(stateName, "{}")
			return nil
		},
	} {
		r := newFastRealm(t)
		commit(t, r.open(), "a = 1\n", "a = 2\n")
		r.peerCommit("a = 3\n", fmt.Sprint(unseen))
		if err := lose(r); err != nil {
			t.Fatal(err)
		}
		s := r.openLater()
		got := load(t, s)
		if string(got.Text) != "a = 3\n" || got.Pending || got.Version.Generation <= unseen {
			t.Errorf("%s: Load = %q at %d (pending %v), want the text above %d", name, got.Text, got.Version.Generation, got.Pending, unseen)
		}
		stale := store.State{Version: store.Version{Generation: unseen, Digest: got.Version.Digest}, Next: got.Next}
		if err := s.CompareAndSwap(t.Context(), stale.Version, storetest.Commit(stale, "a = 4\n")); !fault.Is(err, fault.GenerationConflict) {
			t.Errorf("%s: a write that expects %d: got %v, want generation_conflict", name, unseen, err)
		}
	}
}
