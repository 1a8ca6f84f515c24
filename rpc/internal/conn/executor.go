package conn

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sourcegraph/jsonrpc2"

	"realmconf/rpc/internal/stack"
	"realmconf/runtime/fault"
)

// leadTime is how long a call may occupy the leader: as long as a read may
// take. A call that takes longer goes on, and the messages after it begin.
const leadTime = 100 * time.Millisecond

// executor runs the calls of a connection by the leader/follower pattern. One
// goroutine is the leader: it takes the next message, begins its call, runs it,
// writes the reply, and takes the next one. Before a call blocks, its goroutine
// hands the leadership off to a new goroutine, and itself ends with the call.
// So a call that is quick costs no goroutine, and one that is slow delays none
// of the calls after it that may run. The leadership is handed off when the call
//
//  1. waits for its place in the order (Turn.Take),
//  2. has put its write into the committer's queue (Turn.Entered),
//  3. waits for a person (Turn.Suspend), or
//  4. has run for leadTime, by a timer.
//
// The leadership of one message is handed off at most once, and not after its
// end. The timer and the end may meet: leader.mu decides which one was first.
type executor struct {
	conn    *Conn
	handler Handler

	working sync.WaitGroup // the goroutines
	queue   chan job       // has room for everything that can be pending
	stop    chan struct{}  // closed at the end of the connection
	first   []job          // elements of a batch, before the queue; only the leader uses it
	hasRun  bool           // a message was run; only the leader uses it
	readers *readers       // hand the messages over
	ahead   atomic.Int64   // messages in queue and first, and the one that occupies the leader
}

// job is one message to be run.
type job struct {
	library *jsonrpc2.Conn // gets the reply; nil if reader gets it
	reader  *reader        // runs the message itself; nil if the executor does
	message *message
	batch   *batch // whose element the message is; nil if it is not one
}

func newExecutor(c *Conn, h Handler) *executor {
	return &executor{
		conn:    c,
		handler: h,
		queue:   make(chan job, c.limits.InFlight+1),
		stop:    make(chan struct{}),
	}
}

// Handle puts a message into the queue. The library calls it; it must not block.
func (e *executor) Handle(_ context.Context, library *jsonrpc2.Conn, r *jsonrpc2.Request) {
	e.ahead.Add(1)
	e.queue <- job{library: library, message: e.conn.pending.get(r.ID.Num)}
}

// isFree reports whether the leader waits for a message. As long as no message is
// put into the queue, it goes on to wait.
func (e *executor) isFree() bool { return e.ahead.Load() == 0 }

// start makes a new goroutine the leader.
func (e *executor) start(ctx context.Context) { e.working.Go(func() { e.lead(ctx) }) }

// lead runs messages until the leadership is handed off or stop is closed.
func (e *executor) lead(ctx context.Context) {
	for {
		var j job
		if len(e.first) > 0 {
			j, e.first = e.first[0], e.first[1:]
		} else {
			select {
			case <-e.stop:
				return
			case j = <-e.queue:
			}
		}
		if !e.hasRun { // later leaders are many, and most run little
			stack.Reserve()
			e.hasRun = true
		}
		e.readers.awaitDetached()
		l := leader{executor: e, ctx: ctx}
		if e.run(j, &l); !l.endMessage() {
			return
		}
		e.ahead.Add(-1)
	}
}

// leader is the leadership of a goroutine while it runs one message: it is the
// executor's leader, or the reader that has the stream.
type leader struct {
	executor *executor
	ctx      context.Context

	// handOffStream hands off the stream of a reader. isLate is true if only the time has
	// passed, so that the message is expected to end soon. It is nil for the
	// executor's leader.
	handOffStream func(isLate bool)

	mu   sync.Mutex // protects over
	over bool       // the leadership was handed off, or the message has ended
}

// handOff starts a new leader, unless that was done before or the message has
// ended.
func (l *leader) handOff() { l.handOffOnce(false) }

// handOffLate is handOff when only the time has passed.
func (l *leader) handOffLate() { l.handOffOnce(true) }

func (l *leader) handOffOnce(isLate bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.over:
		return
	case l.handOffStream != nil:
		l.handOffStream(isLate)
	default:
		l.executor.start(l.ctx)
		l.executor.ahead.Add(-1)
	}
	l.over = true
}

// renew begins the leadership again.
func (l *leader) renew() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = false
}

// endMessage ends the message, and reports whether its goroutine is still the
// leader.
func (l *leader) endMessage() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	stillLeads := !l.over
	l.over = true
	return stillLeads
}

// run runs one message. In this order:
//
//  1. A batch is refused as a whole, or its elements are run next, each as a
//     message of its own.
//  2. A notification in a batch has no call.
//  3. A request that the handler refuses, and one that has nothing to do with
//     the configuration, is answered at once: its place in the order would only
//     delay it.
//  4. The others run when the order lets them.
func (e *executor) run(j job, l *leader) {
	m := j.message
	if m.elements != nil {
		why := e.handler.CheckBatch(m.requests())
		if why == nil {
			e.runBatch(j)
			return
		}
		// Its responses are dropped with its requests.
		e.conn.pending.dissolve(m)
		e.finish(j, nil, why)
		return
	}
	if m.ID == nil {
		e.handler.Notify(&m.Request)
		e.finish(j, nil, nil)
		return
	}
	c, err := e.begin(m)
	e.runCall(j, c, err, l)
}

// runCall runs a call, or answers with the error if it is not nil.
func (e *executor) runCall(j job, c Call, err error, l *leader) {
	if err != nil || c.Effect == NoEffect {
		var result json.RawMessage
		if err == nil {
			result, err = do(l.ctx, c, nil)
		}
		e.finish(j, result, err)
		return
	}
	e.runInOrder(j, c, l)
}

// runBatch puts the elements of a batch before everything else.
func (e *executor) runBatch(j job) {
	e.conn.outgoing.deliverAll(j.message.responses)
	b := newBatch(j.message, e.conn.limits.Reply)
	j.message.batch = b
	for _, m := range j.message.elements {
		e.first = append(e.first, job{library: j.library, message: m, batch: b})
	}
	e.ahead.Add(int64(len(j.message.elements)))
	if len(e.first) == 0 { // nothing but responses
		e.remove(j)
	}
}

// runInOrder runs a call that reads or writes, in its place in the order. In this
// order:
//
//  1. From now on a cancellation ends the call. If it came before, nothing is done.
//  2. The call waits for its place, and runs. The timer hands the leadership off if
//     it takes too long.
//  3. It waits until the call before it is answered, and is answered itself.
//  4. After is called, because the reply is written, and then the place is given
//     back: the calls that wait for this one come after its reply. An element of a
//     batch does not wait for the others, which may wait for it: it goes on to 4 when
//     its reply is known.
func (e *executor) runInOrder(j job, c Call, l *leader) {
	var s *callState
	if j.reader != nil {
		s = j.reader.callState()
	} else {
		s = newCallState(l.ctx, e.conn)
		defer s.cancel()
	}
	t := s.begin(j.message, l, c.Effect == Writes)
	defer t.end()
	if c.After != nil {
		defer c.After()
	}
	live := e.conn.pending.begin(j.message, s.stop)
	if !live || t.Take() != nil {
		e.finish(j, nil, context.Canceled)
		return
	}
	var timer *time.Timer
	if j.reader == nil { // which has a watch
		timer = time.AfterFunc(leadTime, l.handOff)
	}
	result, err := do(s.ctx, c, t)
	if timer != nil {
		timer.Stop()
	}
	if err == nil && c.MinimalResult != nil && c.MinimalResult() != nil {
		j.message.minimal = c.MinimalResult
	}
	e.conn.order.awaitPrevious(t.place)
	e.finish(j, result, err)
}

// finish answers a message: with a result or an error, or not at all if both
// are nil.
func (e *executor) finish(j job, result json.RawMessage, err error) {
	m := j.message
	if f := fault.Of(err); f != nil && f.Kind == fault.Internal {
		e.conn.log.Error("internal error", "method", Prefix(m.Method, MaxQuoted), "error", f.Cause)
	}
	replies := m.ID != nil && (result != nil || err != nil) && e.conn.pending.wantsReply(m)
	if replies {
		m.setReply(result, err, e.conn.limits.Reply)
	}
	if b := j.batch; b != nil {
		if !b.done(m, replies) {
			return
		}
		j, replies = job{library: j.library, message: b.message}, !b.empty()
	}
	if !replies {
		e.remove(j)
		return
	}
	if err := e.reply(j); err != nil {
		e.conn.log.Debug("reply not written", "error", err)
	}
}

// null is the result that the library sees.
var null = json.RawMessage("null")

// reply answers a message by its reader, or by the library, which calls reader.send.
func (e *executor) reply(j job) error {
	if j.reader != nil {
		return j.reader.reply(j.message)
	}
	return j.library.SendResponse(context.Background(), &jsonrpc2.Response{ID: jsonrpc2.ID{Num: j.message.seq}, Result: &null})
}

// remove ends a message that gets no reply. A reader removes its message itself.
func (e *executor) remove(j job) {
	if j.reader != nil {
		return
	}
	if err := e.conn.remove(j.message); err != nil {
		e.conn.log.Debug("replies not written", "error", err)
	}
}

// begin returns the call that a message asks for.
func (e *executor) begin(m *message) (c Call, err error) {
	defer recoverPanic(&err)
	switch {
	case m.begun != nil:
		return *m.begun, nil
	case m.refusal != nil:
		return Call{}, m.refusal
	}
	return e.handler.Begin(&m.Request)
}

// do runs a call.
func do(ctx context.Context, c Call, t *Turn) (result json.RawMessage, err error) {
	defer recoverPanic(&err)
	return c.Do(ctx, t)
}
