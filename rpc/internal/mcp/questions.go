package rpc

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"time"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools"
)

// maxQuestions is how many questions of one connection may wait for a person at
// a time. Nobody reads more forms than that, and what waits for them is held
// beside the limits of the connection.
const maxQuestions = 16

// questions are what one connection's client was asked, by a request of ours,
// and has not answered: the way of the older revisions of MCP. They may be used
// from many goroutines at once.
type questions struct {
	send func(f framing, body []byte, wanted func() bool) error
	log  *slog.Logger

	mu    sync.Mutex                   // protects the fields below
	open  map[string]chan tools.Answer // by the keys of their ids; each has room for its answer
	ended bool                         // no answer can come any more
}

// ask puts a question to a person and waits for what becomes of it. Meanwhile
// everything else goes on; after a yes the call waits for its new place, and
// after anything else it has none, since it changes nothing. At the end of the
// input, and when the question cannot be written, nobody is there to answer. The
// error is ctx's, or busy.
func (q *questions) ask(ctx context.Context, t *turn, f framing, message string) (tools.Answer, error) {
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	id, answered, err := q.begin()
	if err != nil {
		return "", err
	}
	var answer tools.Answer
	t.aside(func() { answer, err = q.wait(ctx, f, id, message, answered) })
	if err == nil && answer == tools.Accepted {
		err = t.take()
	}
	if err != nil {
		return "", err
	}
	return answer, nil
}

// begin opens a question under an id that nobody can guess.
func (q *questions) begin() (id string, answered <-chan tools.Answer, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.open) >= maxQuestions {
		return "", nil, fault.New(fault.Busy,
			"%d questions wait for a person's answer, and that is the limit: repeat this call when some of them are answered", maxQuestions).
			With("limit", maxQuestions)
	}
	id = "realmconf-" + rand.Text()
	c := make(chan tools.Answer, 1)
	if q.ended {
		c <- tools.Withdrawn
		return id, c, nil
	}
	if q.open == nil {
		q.open = make(map[string]chan tools.Answer)
	}
	q.open[questionKey(id)] = c
	return id, c, nil
}

// wait sends the question and waits for its answer. One that is not waited for
// any longer is taken back.
func (q *questions) wait(ctx context.Context, f framing, id, message string, answered <-chan tools.Answer) (tools.Answer, error) {
	if !q.isOpen(id) {
		return <-answered, nil
	}
	defer q.forget(id)
	request := tree.Object{"jsonrpc": "2.0", "id": id, "method": methodElicit, "params": form(message)}
	if err := q.send(f, tree.Append(nil, request), func() bool { return true }); err != nil {
		q.log.Debug("question not written", "error", err)
		return tools.Withdrawn, nil
	}
	timer := time.NewTimer(answerTime)
	defer timer.Stop()
	select {
	case answer := <-answered:
		return answer, nil
	case <-ctx.Done():
		q.takeBack(f, id, "the call that asked has ended")
		return "", ctx.Err()
	case <-timer.C:
		q.takeBack(f, id, "nobody answered in time")
		return tools.Expired, nil
	}
}

// takeBack tells the client that a question needs no answer any more.
func (q *questions) takeBack(f framing, id, why string) {
	cancelled := tree.Object{"jsonrpc": "2.0", "method": "notifications/cancelled", "params": tree.Object{"requestId": id, "reason": why}}
	if err := q.send(f, tree.Append(nil, cancelled), func() bool { return true }); err != nil {
		q.log.Debug("notification not written", "error", err)
	}
}

// answer takes a response to the question that it names. It overtakes every
// request. One to a question that is not open, or is answered already, says
// nothing.
func (q *questions) answer(r response) {
	q.mu.Lock()
	defer q.mu.Unlock()
	key := idKey(r.id)
	c := q.open[key]
	if c == nil {
		q.log.Debug("response ignored: nothing was asked under its id")
		return
	}
	delete(q.open, key)
	result, err := tree.Decode(r.result)
	if err != nil { // an error response has no result
		result = nil
	}
	c <- answerOf(result)
}

// end closes all questions: nobody can answer them any more, nor those after
// them.
func (q *questions) end() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ended = true
	for _, c := range q.open {
		c <- tools.Withdrawn
	}
	clear(q.open)
}

// isOpen reports whether a question waits for its answer.
func (q *questions) isOpen(id string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.open[questionKey(id)] != nil
}

// forget closes a question whose answer is not waited for.
func (q *questions) forget(id string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.open, questionKey(id))
}

// questionKey is the key of one of our own ids.
func questionKey(id string) string { return idKey(tree.Append(nil, id)) }
