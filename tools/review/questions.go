// Package review lets a person answer the questions of a server whose client cannot
// show them. The server keeps its questions in memory and serves them on a socket
// while there are any; realmconf review finds the sockets of all servers of its user,
// shows the questions, and sends the answers:
//
//	server                                      realmconf review, another process
//	tools ──▶ Questions.Open ───▶ socket ◀───── Client.List
//	tools ◀── Questions.Claim ◀── socket ◀───── Client.Answer, with the question's digest
//
// The socket has a random name in a directory that belongs to the user alone, and both
// sides ask the system for the other's user. A system that cannot tell (Windows) has
// no sockets of this kind: Open refuses there, and everything else works.
package review

import (
	"crypto/rand"
	"log/slog"
	"slices"
	"sync"
	"time"

	"realmconf/tools/policy"
)

// Questions are the questions of one server process that wait for a person, and the
// answers. A nil *Questions has none and takes none.
type Questions struct {
	options Options
	server  func() string // a random name of this server

	// listen opens a socket, which calls the two functions of the questions.
	listen func(questionSource) (endpoint, error)

	mu       sync.Mutex           // protects the fields below
	open     []question           // oldest first
	unused   []unusedConsent      // oldest first
	asked    []policy.Fingerprint // the Held of the questions that clients are asking by a form
	refusals refusals
	endpoint endpoint    // nil while no question is open
	timer    *time.Timer // ends the oldest questions; nil while no question is open
	isClosed bool
}

// questionSource has the questions that a socket serves.
type questionSource interface {
	// list returns the open questions as JSON objects, oldest first.
	list() [][]byte
	// answerListed takes a person's answer to a question of the list.
	answerListed(subject policy.Fingerprint, isYes bool, c Consent) error
}

// endpoint is an open socket.
type endpoint interface {
	isReachable() bool // by other processes: its file still exists
	close()
}

// New returns the questions of a server. It opens no socket and reads nothing.
func New(o Options) *Questions {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = NewClock()
	}
	return &Questions{options: o, server: sync.OnceValue(rand.Text), listen: func(s questionSource) (endpoint, error) {
		if o.BeforeListen != nil {
			o.BeforeListen()
		}
		d, err := listen(places(o.Directory), s)
		if err != nil {
			o.Log.Warn("realmconf review cannot be offered", "error", err)
		}
		return d, err
	}}
}

// Server returns a random name of the server, which goes into the digests of its
// questions: an answer to one server is none to another that has the same question.
func (q *Questions) Server() string {
	if q == nil {
		return ""
	}
	return q.server()
}

// Clock returns the clock by which the questions expire, which measures how long a person
// took on every other way to an answer, too; that of the system if q is nil.
func (q *Questions) Clock() Clock {
	if q == nil {
		return NewClock()
	}
	return q.options.Clock
}

// Open makes a question known to realmconf review. hasPage says that a page of the host
// has it, too. Open drops the questions about older generations, which no write can
// follow any more, and the oldest ones if there are too many. It returns where a person
// can answer; if that is nowhere, the question is not kept.
func (q *Questions) Open(asked policy.Question, hasPage bool) policy.Offer {
	if q == nil {
		return policy.NoOffer
	}
	if q.options.Unordered {
		q.dropOutdated()
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.isClosed {
		return policy.NoOffer
	}
	now := q.expire()
	q.dropOlder(asked.Proposal.Generation)
	opened := newQuestion(asked, now)
	if i := q.index(asked.Subject); i >= 0 {
		opened.listed = q.open[i].listed
		q.open = slices.Delete(q.open, i, i+1)
	}
	q.add(opened)
	isListed := q.openEndpoint()
	if !isListed && !hasPage {
		q.open = slices.Delete(q.open, len(q.open)-1, len(q.open))
	}
	q.update(now)
	switch {
	case hasPage && isListed:
		return policy.OfferPage
	case hasPage:
		return policy.OfferPageAlone
	case isListed:
		return policy.OfferReview
	}
	return policy.NoOffer
}

// add adds a question. If there are too many, it drops one: the first with a no, or else
// the oldest.
func (q *Questions) add(added question) {
	q.open = append(q.open, added)
	if len(q.open) > MaxQuestions {
		i := max(0, slices.IndexFunc(q.open, func(o question) bool { return o.isDeclined }))
		q.open = slices.Delete(q.open, i, i+1)
	}
}

// openEndpoint opens a socket unless there is one that other processes can reach: the
// user's own directory is removed at the end of the last login. It reports whether there
// is one then.
func (q *Questions) openEndpoint() bool {
	if q.endpoint != nil && q.endpoint.isReachable() {
		return true
	}
	q.closeEndpoint()
	opened, err := q.listen(q)
	if err != nil {
		return false
	}
	q.endpoint = opened
	return true
}

func (q *Questions) closeEndpoint() {
	if q.endpoint != nil {
		q.endpoint.close()
		q.endpoint = nil
	}
}

// update makes the socket and the timer fit the open questions: without one the socket is
// closed, else the timer is set for the first that ends.
func (q *Questions) update(now Instant) {
	if q.timer != nil {
		q.timer.Stop()
		q.timer = nil
	}
	if len(q.open) == 0 {
		q.closeEndpoint()
		return
	}
	next := Lifetime
	for _, o := range q.open {
		next = min(next, q.left(o, now))
	}
	q.timer = time.AfterFunc(next, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.update(q.expire())
	})
}

// left returns how long a question is still known: one with a no until the end of the
// back-off.
func (q *Questions) left(o question, now Instant) time.Duration {
	if o.isDeclined {
		return q.refusals.left(o.Held, now)
	}
	return o.since.left(now)
}

// expire drops the questions and the consents that are too old. It returns the time.
func (q *Questions) expire() (now Instant) {
	now = q.options.Clock()
	q.open = slices.DeleteFunc(q.open, func(o question) bool { return q.left(o, now) <= 0 })
	q.unused = slices.DeleteFunc(q.unused, func(u unusedConsent) bool { return u.since.HasExpired(now) })
	return now
}

// dropOlder drops the questions and the consents about generations before one, if they have
// an order.
func (q *Questions) dropOlder(generation uint64) {
	if q.options.Unordered {
		return
	}
	q.open = slices.DeleteFunc(q.open, func(o question) bool { return o.Proposal.Generation < generation })
	q.unused = slices.DeleteFunc(q.unused, func(u unusedConsent) bool { return u.generation < generation })
}

// index returns the index of an open question; -1 if there is none.
func (q *Questions) index(subject policy.Fingerprint) int {
	return slices.IndexFunc(q.open, func(o question) bool { return o.Subject == subject })
}

// Similar tells about the other calls with the same changes as a question: whether a
// person has said yes to one of them, which is not used, and whether one waits.
func (q *Questions) Similar(asked policy.Question) (isApproved, waits bool) {
	if q == nil {
		return false, false
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.expire()
	isApproved = slices.ContainsFunc(q.unused, func(u unusedConsent) bool { return u.changes == asked.Changes && u.subject != asked.Subject })
	waits = slices.ContainsFunc(q.open, func(o question) bool {
		return !o.isDeclined && o.Changes == asked.Changes && o.Subject != asked.Subject
	})
	return isApproved, waits
}

// BeginForm notes that a client asks a question by a form, until end is called. It
// reports false if one is asked already about the same held changes.
func (q *Questions) BeginForm(asked policy.Question) (end func(), isFirst bool) {
	if q == nil {
		return func() {}, true
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if slices.Contains(q.asked, asked.Held) {
		return nil, false
	}
	q.asked = append(q.asked, asked.Held)
	return func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.asked = slices.DeleteFunc(q.asked, func(held policy.Fingerprint) bool { return held == asked.Held })
	}, true
}

// Close drops all questions and answers and removes the socket.
func (q *Questions) Close() {
	if q == nil {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.isClosed, q.open, q.unused = true, nil, nil
	q.update(q.options.Clock())
}
