// Package review lets a person answer the questions of a server whose client cannot
// show them. The server keeps its questions in memory and serves them on a socket
// while there are any; realmconf review finds the sockets of all servers of its user,
// shows the questions, and sends the answers:
//
//	server                                     realmconf review, another process
//	tools ──▶ Questions.Open ──▶ socket ◀───── Client.List
//	tools ◀── Questions.Take ◀── socket ◀───── Client.Answer, with the question's digest
//
// The socket has a random name in a directory that belongs to the user alone, and both
// sides ask the system for the other's user. A system that cannot tell (Windows) has
// no sockets of this kind: Open refuses there, and everything else works.
package review

import (
	"log/slog"
	"slices"
	"sync"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

const (
	lifetime     = 10 * time.Minute // of a question, and of a yes that is not used
	maxQuestions = 16               // open ones; also yeses that are not used
	maxBytes     = 16 << 20         // of all open questions, as JSON
)

// Options are what the questions of a server need. The zero value works.
type Options struct {
	// Directory is the place of the socket; empty for the user's own.
	Directory string
	// BeforeListen is called before a socket is made, which must be removed again
	// however the program ends. It may be nil.
	BeforeListen func()
	// Log is for what no reply says; nil discards it.
	Log *slog.Logger
}

// Questions are the questions of one server process that wait for a person, and the
// answers. A nil *Questions has none and takes none.
type Questions struct {
	// listen opens a socket, which calls the two functions of the questions.
	listen func(served) (endpoint, error)

	mu       sync.Mutex // protects the fields below
	open     []question // oldest first
	yeses    []yes      // oldest first
	refusals refusals
	endpoint endpoint    // nil while no question is open
	timer    *time.Timer // ends the oldest questions; nil while no question is open
	isClosed bool
}

// served is what a socket serves.
type served interface {
	// list returns the open questions as JSON objects, oldest first.
	list() [][]byte
	// Answer takes a person's answer.
	Answer(subject policy.Fingerprint, isYes bool, c Consent) error
}

// endpoint is an open socket.
type endpoint interface {
	isReachable() bool // by other processes: its file still exists
	close()
}

// question is an open question, or one with a no that a person may still take back.
type question struct {
	policy.Question
	text       []byte // the proposal as JSON
	isDeclined bool
	end        time.Time
}

// decline turns a question into one with a no, until the end of the back-off.
func (o *question) decline(end time.Time) {
	proposal := o.Proposal.PersonTree()
	proposal[keyDeclinedUntil] = end.UTC().Format(time.RFC3339)
	o.text, o.isDeclined, o.end = tree.Append(nil, proposal), true, end
}

// Consent is a person's yes: the way in which it came, and the client that it came
// through.
type Consent struct {
	Way store.Way
	Via string
}

// yes is a consent that is not used.
type yes struct {
	Consent
	subject    policy.Fingerprint
	changes    policy.Fingerprint
	generation uint64
	end        time.Time
}

// New returns the questions of a server. It opens no socket and reads nothing.
func New(o Options) *Questions {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Questions{listen: func(s served) (endpoint, error) {
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

// Open makes a question known to realmconf review, for ten minutes from now. It drops
// the questions about older generations, which no write can follow any more, and the
// oldest ones if there are too many. The error says why a person cannot be asked in
// this way; the question is then kept only if it is also shown elsewhere, on a page of
// the host, and can be answered there.
func (q *Questions) Open(asked policy.Question, elsewhere bool) error {
	if q == nil {
		return notOffered()
	}
	text := tree.Append(nil, asked.Proposal.PersonTree())
	if len(text) > maxBytes {
		return fault.New(fault.TooLarge, "the change is too long to be shown (%d bytes, and %d is the limit): make it in smaller calls; nothing was written", len(text), maxBytes)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.isClosed {
		return fault.New(fault.NotFound, "this server is ending: nothing can be asked any more")
	}
	generation := asked.Proposal.Generation
	now := time.Now()
	q.expire(now)
	q.open = slices.DeleteFunc(q.open, func(o question) bool { return o.Proposal.Generation < generation || o.Subject == asked.Subject })
	q.yeses = slices.DeleteFunc(q.yeses, func(y yes) bool { return y.generation < generation })
	q.open = append(q.open, question{Question: asked, text: text, end: now.Add(lifetime)})
	q.dropExcess()
	err := q.openEndpoint()
	if err != nil && !elsewhere {
		q.open = slices.Delete(q.open, len(q.open)-1, len(q.open)) // nothing shows it
	}
	q.update()
	return err
}

// dropExcess drops questions while there are too many: those with a no first, then the
// oldest ones.
func (q *Questions) dropExcess() {
	for len(q.open) > maxQuestions || q.size() > maxBytes {
		i := max(0, slices.IndexFunc(q.open, func(o question) bool { return o.isDeclined }))
		q.open = slices.Delete(q.open, i, i+1)
	}
}

// size returns how many bytes the open questions have.
func (q *Questions) size() int {
	n := 0
	for _, o := range q.open {
		n += len(o.text)
	}
	return n
}

// openEndpoint opens a socket unless there is one that other processes can reach: the
// user's own directory is removed at the end of the last login.
func (q *Questions) openEndpoint() error {
	if q.endpoint != nil && q.endpoint.isReachable() {
		return nil
	}
	if q.endpoint != nil {
		q.endpoint.close()
		q.endpoint = nil
	}
	var err error
	q.endpoint, err = q.listen(q)
	return err
}

// update makes the socket and the timer fit the open questions: without one the socket is
// closed, else the timer is set for the first that ends.
func (q *Questions) update() {
	if q.timer != nil {
		q.timer.Stop()
		q.timer = nil
	}
	if len(q.open) > 0 {
		next := slices.MinFunc(q.open, func(a, b question) int { return a.end.Compare(b.end) })
		q.timer = time.AfterFunc(time.Until(next.end), func() {
			q.mu.Lock()
			defer q.mu.Unlock()
			q.expire(time.Now())
			q.update()
		})
		return
	}
	if q.endpoint != nil {
		q.endpoint.close()
		q.endpoint = nil
	}
}

// expire drops the questions and the yeses that are too old.
func (q *Questions) expire(now time.Time) {
	q.open = slices.DeleteFunc(q.open, func(o question) bool { return !now.Before(o.end) })
	q.yeses = slices.DeleteFunc(q.yeses, func(y yes) bool { return !now.Before(y.end) })
}

// list returns the open questions as JSON objects, and then those with a no, the oldest
// first.
func (q *Questions) list() [][]byte {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.expire(time.Now())
	var waiting, declined [][]byte
	for _, o := range q.open {
		if o.isDeclined {
			declined = append(declined, o.text)
		} else {
			waiting = append(waiting, o.text)
		}
	}
	return append(waiting, declined...)
}

// Answer takes a person's answer to an open question. A yes closes it. A no keeps it
// known to realmconf review alone, until the end of the back-off, so that the person can
// still say yes. An answer to any other question is refused: whether it was answered
// with yes, is too old, or never was.
func (q *Questions) Answer(subject policy.Fingerprint, isYes bool, c Consent) error {
	if q == nil {
		return notOpen()
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	q.expire(now)
	i := slices.IndexFunc(q.open, func(o question) bool { return o.Subject == subject })
	if i < 0 {
		return notOpen()
	}
	if answered := q.open[i]; isYes {
		q.open = slices.Delete(q.open, i, i+1)
		q.refusals.remove(subject)
		q.yeses = append(q.yeses, yes{c, subject, answered.Changes, answered.Proposal.Generation, now.Add(lifetime)})
		if len(q.yeses) > maxQuestions {
			q.yeses = slices.Delete(q.yeses, 0, 1)
		}
	} else {
		q.refusals.add(subject, now)
		q.open[i].decline(now.Add(q.refusals.left(subject, now)))
	}
	q.update()
	return nil
}

// Take returns the person's yes to a question, if there is one. It can be taken once.
func (q *Questions) Take(subject policy.Fingerprint) (Consent, bool) {
	if q == nil {
		return Consent{}, false
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.expire(time.Now())
	i := slices.IndexFunc(q.yeses, func(y yes) bool { return y.subject == subject })
	if i < 0 {
		return Consent{}, false
	}
	c := q.yeses[i].Consent
	q.yeses = slices.Delete(q.yeses, i, i+1)
	return c, true
}

// Similar tells about the other calls with the same changes as a question: whether a
// person has said yes to one of them, which is not used, and whether one waits.
func (q *Questions) Similar(asked policy.Question) (isApproved, waits bool) {
	if q == nil {
		return false, false
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.expire(time.Now())
	isApproved = slices.ContainsFunc(q.yeses, func(y yes) bool { return y.changes == asked.Changes && y.subject != asked.Subject })
	waits = slices.ContainsFunc(q.open, func(o question) bool {
		return !o.isDeclined && o.Changes == asked.Changes && o.Subject != asked.Subject
	})
	return isApproved, waits
}

// Decline records a person's no that came in another way, and returns for how long the
// question is not asked again. For so long realmconf review has it, if it can be offered.
func (q *Questions) Decline(asked policy.Question) time.Duration {
	if q == nil {
		return 0
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	q.refusals.add(asked.Subject, now)
	left := q.refusals.left(asked.Subject, now)
	q.withdraw(asked.Subject)
	if !q.isClosed && q.openEndpoint() == nil {
		declined := question{Question: asked}
		declined.decline(now.Add(left))
		q.open = append(q.open, declined)
		q.dropExcess()
	}
	q.update()
	return left
}

// Withdraw closes a question that was answered in another way.
func (q *Questions) Withdraw(subject policy.Fingerprint) {
	if q == nil {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.withdraw(subject)
}

func (q *Questions) withdraw(subject policy.Fingerprint) {
	q.open = slices.DeleteFunc(q.open, func(o question) bool { return o.Subject == subject })
	q.yeses = slices.DeleteFunc(q.yeses, func(y yes) bool { return y.subject == subject })
	q.update()
}

// Refused returns how long a question is still refused without asking, because a
// person said no to it; 0 if it may be asked.
func (q *Questions) Refused(subject policy.Fingerprint) time.Duration {
	if q == nil {
		return 0
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.refusals.left(subject, time.Now())
}

// Close drops all questions and answers and removes the socket.
func (q *Questions) Close() {
	if q == nil {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.isClosed, q.open, q.yeses = true, nil, nil
	q.update()
}

// notOffered is the error where no socket can be made.
func notOffered() *fault.Fault {
	return fault.New(fault.NotFound, "realmconf review cannot be offered here: this system does not tell whose process is at the other end of a socket")
}

// notOpen is the error of an answer to a question that is not open.
func notOpen() *fault.Fault {
	return fault.New(fault.NotFound, "the question is not open any more: it was answered or withdrawn, is older than %d minutes, or the configuration has changed since; nothing was changed, and the agent may ask again", int(lifetime.Minutes()))
}
