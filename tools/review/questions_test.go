package review

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// fakeEndpoint is a socket without connections.
type fakeEndpoint struct {
	isClosed  atomic.Bool // set by a timer, too
	isRemoved bool
}

func (d *fakeEndpoint) isOpen() bool { return !d.isClosed.Load() }

func (d *fakeEndpoint) isReachable() bool { return !d.isRemoved }
func (d *fakeEndpoint) close()            { d.isClosed.Store(true) }

// withEndpoints returns questions, and the sockets that they open.
func withEndpoints() (*Questions, *[]*fakeEndpoint) {
	return withOptions(Options{})
}

func withOptions(o Options) (*Questions, *[]*fakeEndpoint) {
	var endpoints []*fakeEndpoint
	q := New(o)
	q.listen = func(questionSource) (endpoint, error) {
		endpoints = append(endpoints, &fakeEndpoint{})
		return endpoints[len(endpoints)-1], nil
	}
	return q, &endpoints
}

// fakeClock is a clock that a test sets.
type fakeClock struct{ now Instant }

func (c *fakeClock) pass(wall, running time.Duration) {
	c.now.Wall, c.now.Running = c.now.Wall.Add(wall), c.now.Running+running
}

func newFakeClock() (*fakeClock, Clock) {
	c := &fakeClock{Instant{Wall: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}}
	return c, func() Instant { return c.now }
}

// about returns a question about a generation.
func about(name string, generation uint64) policy.Question {
	q := policy.Question{Subject: subjectOf(name), Changes: subjectOf(name), Held: subjectOf(name)}
	q.Proposal = policy.Proposal{Digest: q.Subject, Client: name, Generation: generation, Time: time.Now()}
	return q
}

func subjectOf(name string) (subject policy.Fingerprint) {
	copy(subject[:], name)
	return subject
}

func open(t *testing.T, q *Questions, asked ...policy.Question) {
	t.Helper()
	for _, a := range asked {
		if offer := q.Open(a, false); offer != policy.OfferReview {
			t.Fatalf("offer %q", offer)
		}
	}
}

// answer answers a question as a person who has read it.
func answer(q *Questions, name string, isYes bool, c Consent) error {
	return q.Answer(subjectOf(name), isYes, c, time.Minute)
}

// take returns the yes to a question and uses it.
func take(t *testing.T, q *Questions, name string) (Consent, bool) {
	t.Helper()
	claim, err := q.Claim(subjectOf(name))
	if err != nil {
		t.Fatal(err)
	}
	if claim == nil {
		return Consent{}, false
	}
	claim.End(true)
	return claim.Consent, true
}

// refusedFor returns for how long a question is refused.
func refusedFor(q *Questions, name string) time.Duration {
	left, _ := q.Refused(subjectOf(name))
	return left
}

// wantOpen compares the clients of the open questions.
func wantOpen(t *testing.T, q *Questions, want ...string) {
	t.Helper()
	var got []string
	for _, text := range q.list() {
		o, err := tree.DecodeObject(text)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, o["client"].(string))
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("open: got %q, want %q", got, want)
	}
}

// A yes is for one question, is taken once, and lives ten minutes, as does a question.
func TestQuestions_yes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, _ := withEndpoints()
		open(t, q, about("a", 1), about("b", 1))
		if _, ok := take(t, q, "a"); ok {
			t.Error("a yes before the answer")
		}
		consent := Consent{Way: store.ReviewWay, Via: "realmconf"}
		if err := answer(q, "a", true, consent); err != nil {
			t.Fatal(err)
		}
		wantOpen(t, q, "b")
		if _, ok := take(t, q, "b"); ok {
			t.Error("a yes to another question")
		}
		if got, ok := take(t, q, "a"); !ok || got != consent {
			t.Errorf("got %+v, %t", got, ok)
		}
		if _, ok := take(t, q, "a"); ok {
			t.Error("the same yes twice")
		}
		if err := answer(q, "b", true, consent); err != nil {
			t.Fatal(err)
		}
		time.Sleep(Lifetime)
		if _, ok := take(t, q, "b"); ok {
			t.Error("a yes after ten minutes")
		}
	})
}

// An answer to a question that is not open is refused and is no yes: forged, repeated,
// late, or to a question about another generation.
func TestQuestions_answerRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, _ := withEndpoints()
		open(t, q, about("once", 1), about("late", 1))
		refused := func(name string) {
			t.Helper()
			if err := answer(q, name, true, Consent{}); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: got %v, want not_found", name, err)
			}
			if _, ok := take(t, q, name); ok {
				t.Errorf("%s: a refused yes was kept", name)
			}
		}
		refused("forged")
		if err := answer(q, "once", true, Consent{}); err != nil {
			t.Fatal(err)
		}
		take(t, q, "once")
		refused("once")
		time.Sleep(Lifetime)
		refused("late")
		open(t, q, about("old", 1), about("new", 2))
		refused("old")
		wantOpen(t, q, "new")
	})
}

// A yes about an older generation goes when a question about a newer one comes.
func TestQuestions_yesOfOlderGeneration(t *testing.T) {
	q, _ := withEndpoints()
	defer q.Close()
	open(t, q, about("old", 1))
	if err := answer(q, "old", true, Consent{}); err != nil {
		t.Fatal(err)
	}
	open(t, q, about("new", 2))
	if _, ok := take(t, q, "old"); ok {
		t.Error("a yes about generation 1 was kept")
	}
}

// The socket is open exactly while a question is.
func TestQuestions_socket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, endpoints := withEndpoints()
		if len(*endpoints) != 0 {
			t.Error("a socket before the first question")
		}
		open(t, q, about("a", 1))
		time.Sleep(Lifetime / 2)
		open(t, q, about("b", 1))
		if len(*endpoints) != 1 || !(*endpoints)[0].isOpen() {
			t.Fatalf("got %d sockets, want one that is open", len(*endpoints))
		}
		time.Sleep(Lifetime - time.Second)
		synctest.Wait()
		if !(*endpoints)[0].isOpen() {
			t.Error("closed while a question is open")
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if (*endpoints)[0].isOpen() {
			t.Error("open after the last question has expired")
		}
		for name, end := range map[string]func(){
			"a yes":        func() { _ = answer(q, "c", true, Consent{}) },
			"a form's yes": func() { q.Approve(about("c", 1), Consent{}) },
			"Close":        q.Close,
		} {
			q.isClosed = false
			open(t, q, about("c", 1))
			last := (*endpoints)[len(*endpoints)-1]
			if !last.isOpen() {
				t.Errorf("%s: no socket before it", name)
			}
			if end(); last.isOpen() {
				t.Errorf("%s: the socket is still open", name)
			}
		}
	})
}

// After a no, by whichever way, the question has its socket until the end of the
// back-off, so that the person can still say yes to it: then the same call succeeds. It
// is no open question meanwhile, and a further no changes nothing.
func TestQuestions_noTakenBack(t *testing.T) {
	for name, decline := range map[string]func(*Questions){
		"review": func(q *Questions) {
			open(t, q, about("a", 1))
			_ = answer(q, "a", false, Consent{})
		},
		"form": func(q *Questions) {
			q.Decline(about("a", 1))
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			q, endpoints := withEndpoints()
			decline(q)
			end := time.Now().Add(firstPause)
			open(t, q, about("b", 1))
			wantOpen(t, q, "b", "a")
			if list := q.list(); !strings.Contains(string(list[1]), `"declined_until":"`+end.UTC().Format(time.RFC3339)+`"`) || strings.Contains(string(list[0]), "declined") {
				t.Errorf("%s: got %s", name, list)
			}
			q.Approve(about("b", 1), Consent{})
			if err := answer(q, "a", false, Consent{}); err != nil || refusedFor(q, "a") != firstPause {
				t.Errorf("%s: a further no: %v, refused for %v", name, err, refusedFor(q, "a"))
			}
			if _, ok := take(t, q, "a"); ok {
				t.Errorf("%s: a yes after a no", name)
			}
			if err := answer(q, "a", true, Consent{}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if _, ok := take(t, q, "a"); !ok || refusedFor(q, "a") != 0 {
				t.Errorf("%s: taken back: %t, refused for %v", name, ok, refusedFor(q, "a"))
			}
			decline(q)
			time.Sleep(firstPause)
			synctest.Wait()
			wantOpen(t, q)
			for i, d := range *endpoints {
				if d.isOpen() {
					t.Errorf("%s: socket %d is open after the back-off", name, i)
				}
			}
		})
	}
}

// Too many questions drop those with a no first.
func TestQuestions_boundsOfDeclined(t *testing.T) {
	q, _ := withEndpoints()
	defer q.Close()
	open(t, q, about("first", 1))
	q.Decline(about("no", 1))
	for range MaxQuestions - 1 {
		open(t, q, about("first", 1))
	}
	names := []string{"first"}
	for i := range MaxQuestions - 1 {
		name := string(rune('a' + i))
		names = append(names, name)
		open(t, q, about(name, 1))
	}
	wantOpen(t, q, names...)
}

// A socket that somebody removed is opened anew when the question is asked again.
func TestQuestions_socketRemoved(t *testing.T) {
	q, endpoints := withEndpoints()
	defer q.Close()
	open(t, q, about("a", 1))
	(*endpoints)[0].isRemoved = true
	open(t, q, about("a", 1))
	if len(*endpoints) != 2 || (*endpoints)[0].isOpen() || !(*endpoints)[1].isOpen() {
		t.Errorf("got %d sockets, want the second one open", len(*endpoints))
	}
	wantOpen(t, q, "a")
}

// To ask the same question again makes it younger, and does not make it two.
func TestQuestions_repeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, _ := withEndpoints()
		open(t, q, about("a", 1), about("b", 1))
		time.Sleep(Lifetime / 2)
		open(t, q, about("a", 1))
		wantOpen(t, q, "b", "a")
		time.Sleep(Lifetime / 2)
		wantOpen(t, q, "a")
		q.Close()
	})
}

// The numbers of open questions and of unused consents are bounded: the oldest go.
func TestQuestions_bounds(t *testing.T) {
	q, _ := withEndpoints()
	defer q.Close()
	names := strings.Split("abcdefghijklmnopqrstuvwxyz", "")
	for _, name := range names {
		open(t, q, about(name, 1))
	}
	wantOpen(t, q, names[len(names)-MaxQuestions:]...)
	for range 3 {
		for _, name := range names {
			open(t, q, about(name, 1))
			if err := answer(q, name, true, Consent{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(q.unused) != MaxQuestions {
		t.Errorf("%d unused are kept, want %d", len(q.unused), MaxQuestions)
	}
}

// Open says where a person can answer. A question that nothing shows is not kept.
func TestQuestions_offer(t *testing.T) {
	for _, tt := range []struct {
		hasSocket, hasPage, isClosed bool
		want                         policy.Offer
		open                         []string
	}{
		{hasSocket: true, want: policy.OfferReview, open: []string{"a"}},
		{hasSocket: true, hasPage: true, want: policy.OfferPage, open: []string{"a"}},
		{hasPage: true, want: policy.OfferPageAlone, open: []string{"a"}},
		{want: policy.NoOffer},
		{hasSocket: true, hasPage: true, isClosed: true, want: policy.NoOffer},
	} {
		q, endpoints := withEndpoints()
		if !tt.hasSocket {
			q.listen = func(questionSource) (endpoint, error) { return nil, errors.New("no place") }
		}
		if tt.isClosed {
			q.Close()
		}
		if got := q.Open(about("a", 1), tt.hasPage); got != tt.want {
			t.Errorf("%+v: got %q", tt, got)
		}
		wantOpen(t, q, tt.open...)
		if isListed := len(*endpoints) == 1; isListed != (tt.hasSocket && !tt.isClosed) {
			t.Errorf("%+v: %d sockets", tt, len(*endpoints))
		}
		err := answer(q, "a", true, Consent{Way: store.PageWay})
		if (err == nil) != (len(tt.open) > 0) {
			t.Errorf("%+v: answered: %v", tt, err)
		}
		if got, isYes := take(t, q, "a"); isYes != (len(tt.open) > 0) || isYes && got.Way != store.PageWay {
			t.Errorf("%+v: got %+v, %t", tt, got, isYes)
		}
		q.Close()
	}
}

// No questions are a way that is not there.
func TestQuestions_nil(t *testing.T) {
	var q *Questions
	q.Decline(about("a", 1))
	q.Approve(about("a", 1), Consent{}).End(false)
	q.Close()
	if _, ok := take(t, q, "a"); ok || refusedFor(q, "a") != 0 {
		t.Error("an answer without questions")
	}
	if offer := q.Open(about("a", 1), true); offer != policy.NoOffer {
		t.Errorf("offer %q", offer)
	}
	if end, isFirst := q.BeginForm(about("a", 1)); !isFirst {
		t.Error("asked by another form")
	} else {
		end()
	}
	if err := answer(q, "a", true, Consent{}); err == nil {
		t.Error("answered")
	}
}

// After a no the same question is refused for a minute, then twice as long, up to an
// hour; another question is not.
func TestQuestions_refused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, _ := withEndpoints()
		defer q.Close()
		for _, want := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute, 32 * time.Minute, time.Hour, time.Hour} {
			if left := refusedFor(q, "a"); left != 0 {
				t.Errorf("refused for %v before the question", left)
			}
			open(t, q, about("a", 1))
			if err := answer(q, "a", false, Consent{}); err != nil {
				t.Fatal(err)
			}
			q.Decline(about("a", 1)) // the same question, which was on its way
			if left := refusedFor(q, "a"); left != want {
				t.Errorf("refused for %v, want %v", left, want)
			}
			if left := refusedFor(q, "b"); left != 0 {
				t.Errorf("another question is refused for %v", left)
			}
			time.Sleep(want - time.Second)
			if left := refusedFor(q, "a"); left != time.Second {
				t.Errorf("%v left, want 1s", left)
			}
			time.Sleep(time.Second)
		}
		time.Sleep(maxPause)
		q.Decline(about("a", 1))
		if left := refusedFor(q, "a"); left != time.Minute {
			t.Errorf("after a long time: refused for %v, want 1m", left)
		}
		for i := range 2 * maxRefusals {
			q.Decline(policy.Question{Held: policy.Fingerprint{byte(i), byte(i >> 8), 1}})
		}
		if len(q.refusals.list) != maxRefusals {
			t.Errorf("%d refusals are kept, want %d", len(q.refusals.list), maxRefusals)
		}
	})
}
