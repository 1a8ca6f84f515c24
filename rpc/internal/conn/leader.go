package rpc

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"github.com/sourcegraph/jsonrpc2"

	"realmconf/runtime/fault"
)

// patience is how long a call may keep the lead: as long as a read may take.
// One that takes longer is still done, and the messages after it are begun
// beside it.
const patience = 100 * time.Millisecond

// worker does a connection's requests. One of its goroutines has the lead: it
// takes the next message, begins it, and in the common case ends it and takes
// the next one. When a call has to wait, for its place in the order, for the
// disk, or for longer than patience, its goroutine passes the lead to a new one
// and ends with the call. So nothing slow holds up what comes after it, and
// what is fast costs no goroutine.
type worker struct {
	stream     *stream
	dispatcher *dispatcher
	log        *slog.Logger
	maxReply   int

	order   order
	working sync.WaitGroup

	queue chan job      // has room for all that can be pending
	stop  chan struct{} // closed when nothing more is wanted

	ahead []job // elements of a batch, before the queue; belongs to whoever has the lead
}

// job is one message in its turn.
type job struct {
	conn    *jsonrpc2.Conn
	message *message
	batch   *batch // the batch that it is an element of; nil for none
}

func newWorker(s *stream, c *catalog, opts Options) *worker {
	w := &worker{
		stream: s,
		dispatcher: &dispatcher{catalog: c, diagnostic: opts.Diagnostic, version: opts.Version, subscriptions: &subscriptions{
			source: c.resources,
			notify: s.send,
			log:    opts.Log,
			most:   opts.MaxSubscriptions,
		}, questions: &questions{send: s.send, log: opts.Log}, seal: sync.OnceValue(newSealKey)},
		log:      opts.Log,
		maxReply: opts.MaxReply,
		queue:    make(chan job, opts.MaxInFlight+1),
		stop:     make(chan struct{}),
	}
	w.dispatcher.subscriptions.answered = w.order.answered
	s.notified = w.notified
	s.answered, s.ended = w.dispatcher.questions.answer, w.dispatcher.questions.end
	return w
}

// Handle takes over a message. It does not block.
func (w *worker) Handle(_ context.Context, conn *jsonrpc2.Conn, req *jsonrpc2.Request) {
	w.queue <- job{conn: conn, message: w.stream.pending.get(req.ID.Num)}
}

// start gives the lead to a new goroutine.
func (w *worker) start(ctx context.Context) { w.working.Go(func() { w.lead(ctx) }) }

// lead takes messages until stop is closed or the lead is passed on.
func (w *worker) lead(ctx context.Context) {
	for {
		var j job
		if len(w.ahead) > 0 {
			j, w.ahead = w.ahead[0], w.ahead[1:]
		} else {
			select {
			case <-w.stop:
				return
			case j = <-w.queue:
			}
		}
		if b := (baton{worker: w, ctx: ctx}); w.do(j, &b) {
			return
		}
	}
}

// do does one message and reports whether the lead was passed on meanwhile.
func (w *worker) do(j job, b *baton) (passed bool) {
	m := j.message
	if m.elements != nil {
		if m.refuse = w.dispatcher.allowsBatch(m); m.refuse == nil {
			for _, r := range m.responses { // those of a refused batch count as little as its requests
				w.stream.answered(r)
			}
			w.open(j)
			return false
		}
		w.stream.pending.dissolve(m)
	}
	if m.id == nil { // a notification in a batch
		w.stream.notified(m)
		w.finish(j, nil, nil)
		return false
	}
	c, err := w.begin(m)
	if err != nil || c.effect == none {
		var result json.RawMessage
		if err == nil {
			result, err = w.call(b.ctx, m, c, nil)
		}
		w.finish(j, result, err)
		return false
	}
	w.doInOrder(j, c, b)
	return b.end()
}

// open puts the elements of a batch before everything else.
func (w *worker) open(j job) {
	b := newBatch(j.message, w.maxReply)
	j.message.batch = b
	for _, m := range j.message.elements {
		w.ahead = append(w.ahead, job{conn: j.conn, message: m, batch: b})
	}
	if len(w.ahead) == 0 { // nothing but responses
		w.leave(j)
	}
}

// doInOrder does a call that takes effect in its place.
func (w *worker) doInOrder(j job, c call, b *baton) {
	ctx, cancel := context.WithCancel(b.ctx)
	defer cancel()
	t := &turn{worker: w, message: j.message, baton: b, writes: c.effect == writes}
	defer t.end()
	if c.after != nil {
		defer c.after()
	}
	live := w.stream.pending.begin(j.message, func() {
		cancel()
		t.end()
	})
	if !live || t.take() != nil {
		w.finish(j, nil, context.Canceled)
		return
	}
	timer := time.AfterFunc(patience, b.pass)
	result, err := w.call(ctx, j.message, c, t)
	timer.Stop()
	if err == nil && c.brief != nil && c.brief() != nil {
		j.message.brief = c.brief
	}
	w.order.predecessor(t.place)
	w.finish(j, result, err)
}

// finish answers a message: with a result, an error, or, without both, not at
// all.
func (w *worker) finish(j job, result json.RawMessage, err error) {
	m := j.message
	if f := fault.Of(err); f != nil && f.Kind == fault.Internal {
		w.log.Error("internal error", "method", prefix(m.method, maxShown), "error", f.Cause)
	}
	owed := m.id != nil && (result != nil || err != nil) && w.stream.pending.revocation(m) != silently
	if owed {
		m.settle(result, err, w.maxReply)
	}
	if b := j.batch; b != nil {
		if !b.done(m, owed) {
			return
		}
		j, owed = job{conn: j.conn, message: b.message}, !b.empty()
	}
	if !owed {
		w.leave(j)
		return
	}
	if err := w.stream.reply(j.conn, j.message); err != nil {
		w.log.Debug("reply not written", "error", err)
	}
}

// leave is the end of a message that gets no answer.
func (w *worker) leave(j job) {
	if err := w.stream.leave(j.message); err != nil {
		w.log.Debug("replies not written", "error", err)
	}
}

// begin asks the dispatcher what a message asks for.
func (w *worker) begin(m *message) (c call, err error) {
	defer recovered(&err)
	return w.dispatcher.begin(m)
}

// call does what a message asks for.
func (w *worker) call(ctx context.Context, m *message, c call, t *turn) (result json.RawMessage, err error) {
	defer recovered(&err)
	return c.do(ctx, t)
}

// recovered turns a panic into an internal error: one request that meets a
// mistake of ours does not take the others with it.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fault.Recovered(p)
	}
}
