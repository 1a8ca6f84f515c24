package mirror

import (
	"context"
	"strings"
	"testing"

	"realmconf/runtime/document"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
	"realmconf/runtime/store/storetest"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// testModel identifies entries by id, and finds a mistake in a member bad, and in
// members high and low of which high is not above low.
type testModel struct{}

func (testModel) Key(tree.Pointer) string    { return "id" }
func (testModel) Declares(tree.Pointer) bool { return true }
func (testModel) Check(next tree.Object, prev ...tree.Object) schema.Report {
	var r schema.Report
	add := func(path string) {
		r.Issues.Count++
		r.Issues.First = append(r.Issues.First, schema.Issue{Path: path})
	}
	for _, p := range prev {
		if p["bad"] != nil {
			return r
		}
	}
	if next["bad"] != nil {
		add("/bad")
	}
	section, _ := next["range"].(tree.Object)
	low, hasLow := section["low"].(int64)
	high, hasHigh := section["high"].(int64)
	if hasLow && hasHigh && low >= high {
		add("/range/high")
	}
	return r
}

// machine is a local store with its mirror.
type machine struct {
	local  store.Store
	shared store.Store
	events []Event
	push   bool
	adopt  Side
	mirror *Mirror
}

func newMachine(shared store.Store, push bool) *machine {
	m := &machine{local: memory.New(), shared: shared, push: push}
	m.restart()
	return m
}

// restart is a crash of the mirror, and a new start.
func (m *machine) restart() {
	m.mirror = New(Options{
		Local: m.local, Shared: m.shared, Model: testModel{}, Push: m.push, Adopt: m.adopt,
		Actor:  store.Actor{Name: "test mirror", Surface: store.CLI},
		Report: func(e Event) { m.events = append(m.events, e) },
	})
}

// once mirrors, and returns the kinds of the events.
func (m *machine) once(t testing.TB) (kinds string, last Event) {
	t.Helper()
	m.events = nil
	last, err := m.mirror.Once(context.Background())
	if err != nil {
		t.Fatalf("Once: %v", err)
	}
	var names []string
	for _, e := range m.events {
		name := string(e.Kind)
		if e.Kind == Hold {
			name = string(e.Hold)
		}
		if e.Ahead {
			name = "ahead"
		}
		names = append(names, name)
	}
	return strings.Join(names, " "), last
}

// write makes a text the current one, as a client or an editor does.
func write(t testing.TB, s store.Store, text string) {
	t.Helper()
	for {
		state, err := s.Load(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if string(state.Text) == text && state.Version.Generation > 0 {
			return
		}
		err = s.CompareAndSwap(context.Background(), state.Version, storetest.Commit(state, text))
		if !fault.Is(err, fault.GenerationConflict) {
			if err != nil {
				t.Fatal(err)
			}
			return
		}
	}
}

func textOf(t testing.TB, s store.Store) string {
	t.Helper()
	state, err := s.Load(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return string(state.Text)
}

func wantText(t testing.TB, what string, s store.Store, want string) {
	t.Helper()
	if got := textOf(t, s); got != want {
		t.Errorf("%s has\n%s\nwant\n%s", what, got, want)
	}
}

// historyOf returns the texts of a history, oldest first.
func historyOf(t testing.TB, s store.Store) []string {
	t.Helper()
	list, err := s.List(context.Background(), 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	texts := make([]string, len(list))
	for i, r := range list {
		texts[len(list)-1-i] = string(r.Text)
	}
	return texts
}

// edit sets members of the root, as a person does in a text.
func edit(t testing.TB, text string, members tree.Object) string {
	t.Helper()
	doc, err := document.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	next, _, err := doc.Edit(tree.Merge(doc.Tree(), members).(tree.Object), editModel{testModel{}})
	if err != nil {
		t.Fatal(err)
	}
	return string(next.Text())
}
