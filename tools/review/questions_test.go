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
	var endpoints []*fakeEndpoint
	return &Questions{listen: func(served) (endpoint, error) {
		endpoints = append(endpoints, &fakeEndpoint{})
		return endpoints[len(endpoints)-1], nil
	}}, &endpoints
}

// about returns a question about a generation.
func about(name string, generation uint64) policy.Question {
	q := policy.Question{Subject: subjectOf(name)}
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
		if err := q.Open(a, false); err != nil {
			t.Fatal(err)
		}
	}
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
		if _, ok := q.Take(subjectOf("a")); ok {
			t.Error("a yes before the answer")
		}
		consent := Consent{Way: store.ReviewWay, Via: "realmconf"}
		if err := q.Answer(subjectOf("a"), true, consent); err != nil {
			t.Fatal(err)
		}
		wantOpen(t, q, "b")
		if _, ok := q.Take(subjectOf("b")); ok {
			t.Error("a yes to another question")
		}
		if got, ok := q.Take(subjectOf("a")); !ok || got != consent {
			t.Errorf("got %+v, %t", got, ok)
		}
		if _, ok := q.Take(subjectOf("a")); ok {
			t.Error("the same yes twice")
		}
		if err := q.Answer(subjectOf("b"), true, consent); err != nil {
			t.Fatal(err)
		}
		time.Sleep(lifetime)
		if _, ok := q.Take(subjectOf("b")); ok {
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
			if err := q.Answer(subjectOf(name), true, Consent{}); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: got %v, want not_found", name, err)
			}
			if _, ok := q.Take(subjectOf(name)); ok {
				t.Errorf("%s: a refused yes was kept", name)
			}
		}
		refused("forged")
		if err := q.Answer(subjectOf("once"), true, Consent{}); err != nil {
			t.Fatal(err)
		}
		q.Take(subjectOf("once"))
		refused("once")
		time.Sleep(lifetime)
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
	if err := q.Answer(subjectOf("old"), true, Consent{}); err != nil {
		t.Fatal(err)
	}
	open(t, q, about("new", 2))
	if _, ok := q.Take(subjectOf("old")); ok {
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
		time.Sleep(lifetime / 2)
		open(t, q, about("b", 1))
		if len(*endpoints) != 1 || !(*endpoints)[0].isOpen() {
			t.Fatalf("got %d sockets, want one that is open", len(*endpoints))
		}
		time.Sleep(lifetime - time.Second)
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
			"a yes":      func() { _ = q.Answer(subjectOf("c"), true, Consent{}) },
			"withdrawal": func() { q.Withdraw(subjectOf("c")) },
			"Close":      q.Close,
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
			_ = q.Answer(subjectOf("a"), false, Consent{})
		},
		"form": func(q *Questions) {
			if left := q.Decline(about("a", 1)); left != firstPause {
				t.Errorf("not asked for %v, want %v", left, firstPause)
			}
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
			q.Withdraw(subjectOf("b"))
			if err := q.Answer(subjectOf("a"), false, Consent{}); err != nil || q.Refused(subjectOf("a")) != firstPause {
				t.Errorf("%s: a further no: %v, refused for %v", name, err, q.Refused(subjectOf("a")))
			}
			if _, ok := q.Take(subjectOf("a")); ok {
				t.Errorf("%s: a yes after a no", name)
			}
			if err := q.Answer(subjectOf("a"), true, Consent{}); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if _, ok := q.Take(subjectOf("a")); !ok || q.Refused(subjectOf("a")) != 0 {
				t.Errorf("%s: taken back: %t, refused for %v", name, ok, q.Refused(subjectOf("a")))
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
	for range maxQuestions - 1 {
		open(t, q, about("first", 1))
	}
	names := []string{"first"}
	for i := range maxQuestions - 1 {
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
		time.Sleep(lifetime / 2)
		open(t, q, about("a", 1))
		wantOpen(t, q, "b", "a")
		time.Sleep(lifetime / 2)
		wantOpen(t, q, "a")
		q.Close()
	})
}

// The number and the bytes of open questions are bounded, and the number of yeses: the
// oldest go.
func TestQuestions_bounds(t *testing.T) {
	q, _ := withEndpoints()
	defer q.Close()
	names := strings.Split("abcdefghijklmnopqrstuvwxyz", "")
	for _, name := range names {
		open(t, q, about(name, 1))
	}
	wantOpen(t, q, names[len(names)-maxQuestions:]...)
	for range 3 {
		for _, name := range names {
			open(t, q, about(name, 1))
			if err := q.Answer(subjectOf(name), true, Consent{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(q.yeses) != maxQuestions {
		t.Errorf("%d yeses are kept, want %d", len(q.yeses), maxQuestions)
	}
	q.Close()
	q.isClosed = false
	long := func(name string, size int) policy.Question {
		question := about(name, 1)
		question.Proposal.Diff = strings.Repeat("x", size)
		return question
	}
	open(t, q, long("a", maxBytes/2), long("b", maxBytes/3), long("c", maxBytes/3))
	wantOpen(t, q, "b", "c")
	if err := q.Open(long("d", maxBytes), false); !fault.Is(err, fault.TooLarge) {
		t.Errorf("got %v, want too_large", err)
	}
	wantOpen(t, q, "b", "c")
}

// Without a socket no question is kept.
func TestQuestions_noSocket(t *testing.T) {
	q := &Questions{listen: func(served) (endpoint, error) { return nil, errors.New("no place") }}
	if err := q.Open(about("a", 1), false); err == nil || err.Error() != "no place" {
		t.Errorf("got %v", err)
	}
	wantOpen(t, q)
	if err := q.Open(about("a", 1), true); err == nil { // the host shows it on a page
		t.Error("opened")
	}
	wantOpen(t, q, "a")
	if err := q.Answer(subjectOf("a"), true, Consent{Way: store.PageWay}); err != nil {
		t.Error(err)
	}
	if got, ok := q.Take(subjectOf("a")); !ok || got.Way != store.PageWay {
		t.Errorf("got %+v, %t", got, ok)
	}
}

// No questions are a way that is not there.
func TestQuestions_nil(t *testing.T) {
	var q *Questions
	q.Decline(about("a", 1))
	q.Withdraw(subjectOf("a"))
	q.Close()
	if _, ok := q.Take(subjectOf("a")); ok || q.Refused(subjectOf("a")) != 0 {
		t.Error("an answer without questions")
	}
	if err := q.Open(about("a", 1), false); err == nil {
		t.Error("opened")
	}
	if err := q.Answer(subjectOf("a"), true, Consent{}); err == nil {
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
			if left := q.Refused(subjectOf("a")); left != 0 {
				t.Errorf("refused for %v before the question", left)
			}
			open(t, q, about("a", 1))
			if err := q.Answer(subjectOf("a"), false, Consent{}); err != nil {
				t.Fatal(err)
			}
			q.Decline(about("a", 1)) // the same question, which was on its way
			if left := q.Refused(subjectOf("a")); left != want {
				t.Errorf("refused for %v, want %v", left, want)
			}
			if left := q.Refused(subjectOf("b")); left != 0 {
				t.Errorf("another question is refused for %v", left)
			}
			time.Sleep(want - time.Second)
			if left := q.Refused(subjectOf("a")); left != time.Second {
				t.Errorf("%v left, want 1s", left)
			}
			time.Sleep(time.Second)
		}
		time.Sleep(maxPause)
		q.Decline(about("a", 1))
		if left := q.Refused(subjectOf("a")); left != time.Minute {
			t.Errorf("after a long time: refused for %v, want 1m", left)
		}
		for i := range 2 * maxRefusals {
			q.Decline(policy.Question{Subject: policy.Fingerprint{byte(i), byte(i >> 8), 1}})
		}
		if len(q.refusals.list) != maxRefusals {
			t.Errorf("%d refusals are kept, want %d", len(q.refusals.list), maxRefusals)
		}
	})
}

func TestParseRequest(t *testing.T) {
	digest := strings.Repeat("0f", 32)
	answer := func(members string) string { return `{"request":"answer","digest":"` + digest + `",` + members + `}` }
	for line, ok := range map[string]bool{
		`{"request":"list"}`: true,
		answer(`"decision":"yes","way":"review","via":"realmconf"`): true,
		answer(`"decision":"no","way":"page","via":""`):             true,

		``: false, `null`: false, `[]`: false, `{"request":"list"}x`: false, `{"request":"list","more":1}`: false, `{"request":"stop"}`: false,
		`{"request":1}`: false,
		answer(`"decision":"y","way":"review","via":""`):                                              false,
		answer(`"decision":true,"way":"review","via":""`):                                             false,
		answer(`"decision":"yes","way":"elicitation","via":""`):                                       false,
		answer(`"decision":"yes","way":"flag","via":""`):                                              false,
		answer(`"decision":"yes","way":"review","via":null`):                                          false,
		answer(`"decision":"yes","way":"review"`):                                                     false,
		answer(`"decision":"yes","way":"review","via":"","more":1`):                                   false,
		answer(`"decision":"yes","decision":"no","way":"review"`):                                     false,
		`{"request":"answer","digest":"` + digest[1:] + `","decision":"yes","way":"review","via":""}`: false,
		`{"request":"answer","digest":"` + digest + `00","decision":"yes","way":"review","via":""}`:   false,
		`{"request":"answer","digest":[],"decision":"yes","way":"review","via":""}`:                   false,
	} {
		r, err := parseRequest([]byte(line))
		if (err == nil) != ok {
			t.Errorf("%s: got %v", line, err)
		}
		if err != nil {
			continue
		}
		if again, err := parseRequest(r.line()); err != nil || again != r {
			t.Errorf("%s: sent and read again: %+v, %v, want %+v", line, again, err, r)
		}
	}
}
