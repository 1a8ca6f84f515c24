package review

import (
	"context"
	"errors"
	"testing"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

// A yes is in the hands of one call at a time. It stays for the same call if that wrote
// nothing, and is gone once it did or may have.
func TestQuestions_claim(t *testing.T) {
	q, _ := withEndpoints()
	defer q.Close()
	claim := func() *Claim {
		t.Helper()
		c, err := q.Claim(subjectOf("a"))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	consent := Consent{store.ReviewWay, "realmconf"}
	for name, approve := range map[string]func(){
		"review": func() {
			open(t, q, about("a", 1))
			if err := answer(q, "a", true, consent); err != nil {
				t.Fatal(err)
			}
		},
		"form": func() { q.Approve(about("a", 1), consent).End(false) },
	} {
		approve()
		for range 2 {
			c := claim()
			if c == nil || c.Consent != consent {
				t.Fatalf("%s: got %+v", name, c)
			}
			if other, err := q.Claim(subjectOf("a")); other != nil || !fault.Is(err, fault.Busy) {
				t.Errorf("%s: a second call gets %+v, %v", name, other, err)
			}
			c.End(false)
		}
		claim().End(true)
		if claim() != nil {
			t.Errorf("%s: a yes after the write", name)
		}
	}
}

// A claimed yes that is dropped meanwhile does not come back.
func TestQuestions_claimDropped(t *testing.T) {
	q, _ := withEndpoints()
	defer q.Close()
	claim := q.Approve(about("a", 1), Consent{})
	open(t, q, about("new", 2))
	claim.End(false)
	if _, isYes := take(t, q, "a"); isYes {
		t.Error("the yes came back")
	}
}

// The lifetime of a question and of a yes is over as soon as one of the two clocks says
// so: the running clock stops in a suspension, and the wall clock can be set back.
func TestQuestions_clocks(t *testing.T) {
	for name, tt := range map[string]struct {
		wall, running time.Duration
		isOver        bool
	}{
		"before":    {Lifetime - 1, Lifetime - 1, false},
		"both":      {Lifetime, Lifetime, true},
		"suspended": {Lifetime, time.Second, true},
		"set back":  {-24 * time.Hour, Lifetime, true},
		"set ahead": {24 * time.Hour, time.Second, true},
	} {
		clock, now := newFakeClock()
		q, _ := withOptions(Options{Clock: now})
		open(t, q, about("a", 1), about("b", 1))
		if err := answer(q, "a", true, Consent{}); err != nil {
			t.Fatal(err)
		}
		clock.pass(tt.wall, tt.running)
		if _, isYes := take(t, q, "a"); isYes == tt.isOver {
			t.Errorf("%s: the yes counts: %t", name, isYes)
		}
		if err := answer(q, "b", true, Consent{}); (err != nil) != tt.isOver {
			t.Errorf("%s: answered: %v", name, err)
		}
		q.Close()
	}
}

// The back-off after a no is not shortened by setting the clock.
func TestQuestions_refusedClock(t *testing.T) {
	clock, now := newFakeClock()
	q, _ := withOptions(Options{Clock: now})
	defer q.Close()
	q.Decline(about("a", 1))
	clock.pass(24*time.Hour, firstPause-time.Second)
	if left := refusedFor(q, "a"); left != time.Second {
		t.Errorf("refused for %v, want 1s", left)
	}
}

// An answer that no person can have given leaves the question open, whoever sends it:
// counted from the first list with the question, or from when a page was shown it.
func TestQuestions_tooSoon(t *testing.T) {
	clock, now := newFakeClock()
	q, _ := withOptions(Options{Clock: now})
	defer q.Close()
	open(t, q, about("a", 1), about("b", 1), about("c", 1))
	pass := func(d time.Duration) { clock.pass(d, d) }
	try := func(name string, isYes, isTaken bool) {
		t.Helper()
		err := q.answerListed(subjectOf(name), isYes, Consent{})
		if isTaken != (err == nil) || err != nil && !fault.Is(err, fault.ApprovalRequired) {
			t.Errorf("%s, %t: %v", name, isYes, err)
		}
	}
	pass(time.Minute)
	try("a", true, false) // never listed
	wantOpen(t, q, "a", "b", "c")
	try("a", true, false)
	try("b", false, false)
	pass(LeastAnswerTime - 1)
	try("b", false, false)
	pass(1)
	try("b", false, true)
	pass(LeastYesTime - LeastAnswerTime - 1)
	try("a", true, false)
	open(t, q, about("a", 1)) // the call is made again meanwhile
	pass(1)
	q.list() // a later list does not count
	try("a", true, true)
	try("b", true, true) // the no is taken back
	for waited, isTaken := range map[time.Duration]bool{0: false, LeastYesTime - 1: false, LeastYesTime: true} {
		open(t, q, about("c", 1))
		if err := q.Answer(subjectOf("c"), true, Consent{Way: store.PageWay}, waited); (err == nil) != isTaken {
			t.Errorf("a page after %v: %v", waited, err)
		}
	}
}

// A question about an older generation than the current one is neither listed nor
// answered, also if no other question was opened since.
func TestQuestions_outdated(t *testing.T) {
	current, versionErr := uint64(1), error(nil)
	q, endpoints := withOptions(Options{Version: func(context.Context) (store.Version, error) {
		return store.Version{Generation: current}, versionErr
	}})
	defer q.Close()
	open(t, q, about("a", 1))
	q.Decline(about("no", 1))
	wantOpen(t, q, "a", "no")
	current = 2
	if err := answer(q, "a", true, Consent{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("answered: %v", err)
	}
	wantOpen(t, q)
	if (*endpoints)[0].isOpen() {
		t.Error("the socket is open without a question")
	}
	versionErr = errors.New("the disk is gone")
	open(t, q, about("b", 2))
	wantOpen(t, q, "b")
}

// The generations of a file before its first write are in no order: the current one alone
// decides which question is outdated, and a call that was based on another text drops no
// question about the current one.
func TestQuestions_unordered(t *testing.T) {
	clock, now := newFakeClock()
	current := uint64(200)
	q, _ := withOptions(Options{Unordered: true, Clock: now, Version: func(context.Context) (store.Version, error) {
		return store.Version{Generation: current}, nil
	}})
	defer q.Close()
	open(t, q, about("a", 200))
	clock.pass(time.Second, time.Second)
	open(t, q, about("late", 500)) // its text was there before the current one
	wantOpen(t, q, "a", "late")
	if err := answer(q, "a", true, Consent{}); err != nil {
		t.Fatal(err)
	}
	clock.pass(time.Second, time.Second)
	wantOpen(t, q)
	open(t, q, about("b", 200))
	clock.pass(time.Second, time.Second)
	if _, ok := take(t, q, "a"); !ok {
		t.Error("the yes about the current text is gone")
	}
	current = 150 // a text with a lower number
	if err := answer(q, "b", true, Consent{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("answered about another text: %v", err)
	}
	wantOpen(t, q)
	open(t, q, about("c", 150))
	clock.pass(time.Second, time.Second)
	current = 0 // the file is gone
	wantOpen(t, q)
}

// A no counts for all calls about the same held changes, whatever their words, and so
// does a yes that takes it back. Each call needs a yes of its own.
func TestQuestions_otherWords(t *testing.T) {
	q, _ := withEndpoints()
	defer q.Close()
	reworded := about("reworded", 1)
	reworded.Held = subjectOf("a")
	open(t, q, about("a", 1), reworded, about("b", 1))
	if err := answer(q, "a", false, Consent{}); err != nil {
		t.Fatal(err)
	}
	wantOpen(t, q, "b", "a", "reworded")
	for _, name := range []string{"a", "b"} {
		if left, isListed := q.Refused(subjectOf(name)); (left > 0) != (name == "a") || !isListed {
			t.Errorf("%s: refused for %v, listed: %t", name, left, isListed)
		}
	}
	if err := answer(q, "reworded", true, Consent{}); err != nil {
		t.Fatal(err)
	}
	wantOpen(t, q, "b")
	if refusedFor(q, "a") > 0 {
		t.Error("still refused after the yes")
	}
	if _, isYes := take(t, q, "a"); isYes {
		t.Error("a yes to a call with other words")
	}
	if _, isYes := take(t, q, "reworded"); !isYes {
		t.Error("no yes to the call that was answered")
	}
}

// One form at a time asks about the same held changes.
func TestQuestions_BeginForm(t *testing.T) {
	q, _ := withEndpoints()
	end, isFirst := q.BeginForm(about("a", 1))
	_, isSecondFirst := q.BeginForm(about("a", 2))
	endOther, isOther := q.BeginForm(about("b", 1))
	if !isFirst || isSecondFirst || !isOther {
		t.Fatalf("first %t, the same again %t, another %t", isFirst, isSecondFirst, isOther)
	}
	end()
	if end, isFirst = q.BeginForm(about("a", 1)); !isFirst {
		t.Error("after the end: asked by another form")
	}
	end()
	endOther()
}

// Two servers have names of their own, which stay.
func TestQuestions_Server(t *testing.T) {
	a, b := New(Options{}), New(Options{})
	first, second := a.Server(), a.Server()
	if first != second || first == b.Server() || len(first) < 20 {
		t.Errorf("got %q, %q and %q", first, second, b.Server())
	}
}
