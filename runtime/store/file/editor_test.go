//go:build linux || darwin

package file

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree/treetest"
)

// editor is a person who saves at exactly the moments that a test chooses. It
// exchanges its text with the file, so it knows which text it replaced: only that
// text may be gone.
type editor struct {
	realm
	saved    []string // the texts that it saved, in order
	replaced []string // the texts that the saves replaced
}

func (e *editor) save(text string) {
	e.t.Helper()
	tmp := e.path(".editor.tmp")
	if err := os.WriteFile(tmp, []byte(text), 0o644); err != nil {
		e.t.Fatal(err)
	}
	if err := (disk.OS{}).Exchange(tmp, e.path("config.toml")); err != nil {
		e.t.Fatal(err)
	}
	out, err := os.ReadFile(tmp)
	if err != nil {
		e.t.Fatal(err)
	}
	e.saved, e.replaced = append(e.saved, text), append(e.replaced, string(out))
	os.Remove(tmp)
}

// An editor saves once, or twice in a row, between any two steps of the commit: no
// saved text is destroyed, and no answer of the commit is false.
func TestCompareAndSwap_editorSavesBetweenItsSteps(t *testing.T) {
	t.Parallel() // it waits
	for _, saves := range []int{1, 2} {
		windows := 0
		for n := 1; saveInWindow(t, n, saves); n += treetest.Cases(1, 7) {
			windows = n
		}
		if windows < 40 {
			t.Errorf("a commit had %d windows, want at least 40", windows)
		}
	}
}

// saveInWindow commits while an editor saves before the n-th step, and before the
// next steps if it saves more than once. It reports whether the commit had so
// many steps.
func saveInWindow(t *testing.T, n, saves int) bool {
	t.Helper()
	r := newFastRealm(t)
	commit(t, r.open(), "old")
	e := &editor{realm: r}
	count, armed, where := 0, false, ""
	s := open(r.options(), faulty{say: serial(func(op, name string) (bool, error) {
		if armed {
			if count++; count >= n && count < n+saves {
				where += fmt.Sprintf(" %s %s", op, name)
				e.save(fmt.Sprintf("edit %d", count))
			}
		}
		return true, nil
	})}, newTestClock(), "boot")
	state := load(t, s)
	armed = true
	err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "new"))
	armed = false
	if len(e.saved) == 0 {
		return false
	}
	where = fmt.Sprintf("window %d before%s", n, where)
	if err != nil && !fault.Is(err, fault.GenerationConflict) {
		t.Errorf("%s: got error %v, want nil or generation_conflict", where, err)
	}
	got := load(t, open(r.options(), disk.OS{}, newTestClock(), "boot"))
	if got.Pending {
		t.Errorf("%s: the change is still pending", where)
	}
	if want := e.saved[len(e.saved)-1]; string(got.Text) != want {
		t.Errorf("%s: the text is %q, want the last save %q (commit: %v, replaced %q)", where, got.Text, want, err, e.replaced)
	}
	replaced := strings.Join(e.replaced, ",")
	for i, text := range e.saved {
		byPerson := i+1 < len(e.saved) && e.replaced[i+1] == text
		if !byPerson && !r.somewhere(text) {
			t.Errorf("%s: the save %q is nowhere to be found (commit: %v, replaced %s)", where, text, err, replaced)
		}
	}
	if err == nil && !r.somewhere("new") {
		t.Errorf("%s: the commit was acknowledged, and its text is nowhere", where)
	}
	if err != nil && strings.Contains(replaced, "new") {
		// The person saved over the commit's text, which was current for a
		// moment: the answer must not say that it never was, unless it was
		// undone.
		if _, err := s.Record(t.Context(), 2); err == nil && string(got.Text) == "new" {
			t.Errorf("%s: refused and current", where)
		}
	}
	var l ledger
	r.audit(&l)
	r.tidy()
	return true
}

// An editor may keep the file open that it read, and write into it after the
// commit has replaced it.
func TestCompareAndSwap_editThroughTheOldFile(t *testing.T) {
	r := newRealm(t)
	s := r.open()
	commit(t, s, "one")
	f, err := os.OpenFile(r.path("config.toml"), os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	commit(t, s, "two")
	if _, err := f.WriteString("late, by hand"); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"three", "four"} { // by the store that made the commit, and by another
		commit(t, r.open(), text)
	}
	wantState(t, s, "four", 4)
	if !r.somewhere("late, by hand") {
		t.Error("the edit through the old file is nowhere to be found")
	}
	a := r.audit(new(ledger))
	if len(a.kept) != 1 {
		t.Errorf("kept %q, want the late edit alone", a.kept)
	}
	r.tidy()
}

// A crash between the exchange and the check of the displaced file leaves a
// person's text in a temporary file. It is kept in the history, and reads say so:
// a temporary file proves nothing, so nothing is put back from it.
func TestSwap_crashBeforeTheCheck(t *testing.T) {
	for name, after := range map[string]func(realm){
		"at once":                func(realm) {},
		"saved once more":        func(r realm) { r.replace("config.toml", "later, by hand") },
		"by then removed":        func(r realm) { os.Remove(r.path("config.toml")) },
		"edited in place":        func(r realm) { r.put("config.toml", "newly edited") },
		"a peer wrote the state": func(r realm) { r.peerCommit("by the peer", "2") },
	} {
		t.Run(name, func(t *testing.T) {
			r := newFastRealm(t)
			commit(t, r.open(), "old")
			crash := errors.New("crashed")
			var dead bool
			s := open(r.options(), faulty{say: serial(func(op, file string) (bool, error) {
				if op == "exchange" && file == "config.toml" {
					r.replace("config.toml", "by hand")
					dead = true
					return true, crash
				}
				if dead {
					return false, crash
				}
				return true, nil
			})}, newTestClock(), "boot")
			state := load(t, s)
			err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "new"))
			if !fault.Is(err, fault.OutcomeUnknown) {
				t.Errorf("got error %v, want outcome_unknown", err)
			}
			os.Remove(r.path(LockName)) // a peer would wait for it
			after(r)
			c := newTestClock()
			next := open(r.options(), disk.OS{}, c, "boot")
			load(t, next)
			c.pass(longRestTime)
			got := load(t, next)
			if got.Pending {
				t.Error("still pending")
			}
			if name == "at once" && string(got.Text) != "new" {
				t.Errorf("the text is %q, want the commit's", got.Text)
			}
			if len(got.Notices) != 1 || got.Notices[0].Kind != store.Displaced {
				t.Errorf("got the notices %+v, want one of the person's text", got.Notices)
			}
			commit(t, next, "next")
			if !r.somewhere("by hand") {
				t.Error("the person's text is nowhere to be found")
			}
			r.audit(new(ledger))
			r.tidy()
		})
	}
}

// Without an exchange, all other promises hold.
func TestSwap_withoutExchange(t *testing.T) {
	for _, links := range []bool{true, false} {
		r := newRealm(t)
		s := open(r.options(), faulty{say: serial(func(op, name string) (bool, error) {
			if op == "exchange" || op == "rename-new" || op == "link" && !links {
				return false, &os.LinkError{Op: op, New: name, Err: errors.ErrUnsupported}
			}
			return true, nil
		})}, newTestClock(), "boot")
		commit(t, s, "one")
		commit(t, s, "two")
		before := load(t, s)
		r.put("config.toml", "by hand")
		if err := s.CompareAndSwap(t.Context(), before.Version, storetest.Commit(before, "three")); !fault.Is(err, fault.GenerationConflict) {
			t.Errorf("links %v: got error %v, want generation_conflict", links, err)
		}
		wantState(t, s, "by hand", 3)
		r.leave(r.deadStamp("boot"), 0)
		commit(t, s, "four")
		wantState(t, r.open(), "four", 4)
		r.tidy()
		if a := r.audit(new(ledger)); len(a.kept) != 0 {
			t.Errorf("links %v: kept %q, want nothing", links, a.kept)
		}
	}
}

// Two programs save in the microseconds of one exchange: the first renames its text
// to the config, and the second writes into the file that displaced that. The second
// text is the newer one, and the file of the commit is not the commit's any more.
func TestCompareAndSwap_savedIntoTheFileThatDisplacedASave(t *testing.T) {
	r := newFastRealm(t)
	commit(t, r.open(), "old")
	exchanges := 0
	s := open(r.options(), faulty{say: serial(func(op, _ string) (bool, error) {
		if op == "exchange" {
			switch exchanges++; exchanges {
			case 1:
				r.replace("config.toml", "renamed")
			case 2:
				r.put("config.toml", "written in place")
			}
		}
		return true, nil
	})}, newTestClock(), "boot")
	state := load(t, s)
	if err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "new")); !fault.Is(err, fault.GenerationConflict) {
		t.Errorf("got %v, want generation_conflict", err)
	}
	if got := r.get("config.toml"); got != "written in place" {
		t.Errorf("config.toml is %q, want the newest save", got)
	}
	if !r.somewhere("renamed") {
		t.Error("the first save is nowhere to be found")
	}
}
