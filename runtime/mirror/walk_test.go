package mirror

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"realmconf/runtime/document"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree"
)

// walker is a person or a client that edits one store. It counts in a member of its own,
// adds entries to a list, and sometimes sets a member that others set, too.
type walker struct {
	name    string
	at      store.Store
	text    string // that it edits, as an editor does: it may be an old one
	version store.Version
	next    uint64
	counted int64
	entries []string
}

// open reads the text.
func (w *walker) open() {
	state, err := w.at.Load(context.Background())
	if err == nil {
		w.text, w.version, w.next = string(state.Text), state.Version, state.Next
	}
}

// save writes a changed text, if nobody has been first.
func (w *walker) save(t *rapid.T, clash int64) bool {
	doc, err := document.Parse([]byte(w.text))
	if err != nil {
		t.Fatalf("%s reads a text that is not TOML: %v\n%s", w.name, err, w.text)
	}
	id := fmt.Sprintf("%s-%d", w.name, w.counted+1)
	list, _ := doc.Tree()["list"].([]any)
	next := tree.Merge(doc.Tree(), tree.Object{
		w.name: w.counted + 1,
		"list": append(list[:len(list):len(list)], tree.Object{"id": id, "by": w.name}),
	}).(tree.Object)
	if clash > 0 {
		next["common"] = clash
	}
	edited, _, err := doc.Edit(next, editModel{testModel{}})
	if err != nil {
		t.Fatal(err)
	}
	state := store.State{Version: w.version, Next: w.next}
	err = w.at.CompareAndSwap(context.Background(), w.version, storetest.Commit(state, string(edited.Text())))
	if fault.Is(err, fault.GenerationConflict) {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	w.counted++
	w.entries = append(w.entries, id)
	return true
}

// TestMirror_walk has two machines with a mirror each, an editor on each machine, and a
// writer of the shared store, in random order, while calls of the stores fail and mirrors
// are killed. In the end all sides are alike, each writer's last number and all entries
// are there, and the member that they all set has a value that one of them gave.
func TestMirror_walk(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		shared := memory.New()
		machines := []*machine{newMachine(shared, true), newMachine(shared, true)}
		failing := false
		fail := func(call string) (error, bool) {
			if failing && rapid.IntRange(0, 9).Draw(t, "fails") == 0 {
				if call == "commit" {
					return outcomeUnknown(), rapid.Bool().Draw(t, "applied")
				}
				return unreachable(), false
			}
			return nil, false
		}
		writers := []*walker{{name: "w0", at: shared}}
		for i, m := range machines {
			writers = append(writers, &walker{name: fmt.Sprintf("w%d", i+1), at: m.local})
			m.local, m.shared = &faulty{m.local, fail}, &faulty{shared, fail}
			m.restart()
		}
		first := rapid.IntRange(0, 2).Draw(t, "first")
		writers[first].open()
		writers[first].save(t, 0)
		settle := func() {
			failing = false
			for range 3 {
				for _, m := range machines {
					if last, err := m.mirror.Once(context.Background()); err != nil || last.Kind != InStep {
						t.Fatalf("got %+v, %v, want in_step", last, err)
					}
				}
			}
		}
		settle()
		for _, w := range writers {
			w.open()
		}
		failing = true
		for n := range rapid.IntRange(1, 40).Draw(t, "steps") {
			w := writers[rapid.IntRange(0, len(writers)-1).Draw(t, "writer")]
			m := machines[rapid.IntRange(0, len(machines)-1).Draw(t, "machine")]
			switch rapid.IntRange(0, 5).Draw(t, "act") {
			case 0:
				w.open()
			case 1:
				w.save(t, 0)
			case 2:
				w.save(t, int64(n+1))
			case 3:
				m.mirror.step(context.Background())
			case 4:
				m.mirror.Once(context.Background())
			case 5:
				m.restart()
			}
		}
		settle()
		want := currentText(t, shared)
		doc, err := document.Parse([]byte(want))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range machines {
			if got := currentText(t, m.local); got != want {
				t.Fatalf("a machine has\n%s\nwant\n%s", got, want)
			}
		}
		list, _ := doc.Tree()["list"].([]any)
		for _, w := range writers {
			if got, _ := doc.Tree()[w.name].(int64); got != w.counted {
				t.Fatalf("%s has counted to %d, and the text has %d\n%s", w.name, w.counted, got, want)
			}
			for _, id := range w.entries {
				found := 0
				for _, e := range list {
					if tree.Identity(e, "id") == id {
						found++
					}
				}
				if found != 1 {
					t.Fatalf("entry %s is there %d times\n%s", id, found, want)
				}
			}
		}
	})
}

func currentText(t *rapid.T, s store.Store) string {
	state, err := s.Load(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return string(state.Text)
}
