package conn

import (
	"context"
	"sync"
	"time"

	"github.com/sourcegraph/jsonrpc2"
)

// readers are the readers of a stream by the leader/follower pattern: one of them
// has the stream. If a request that it runs, or a write of the output, takes longer
// than readTime, or is going to wait, the stream is handed off to a follower, so
// that a cancellation, a response and the end of the input are still read. Until the
// first reader has ended that and become a follower, it is detached, and the other one runs
// no request itself. So there are at most two readers that wait for something, and the
// second is made when it is first needed.
type readers struct {
	ctx      context.Context // outlives the calls: accepted requests are answered first
	stream   *stream
	executor *executor
	watch    watch

	wakeFollower chan struct{} // has an element for the follower that gets the stream; closed at the end of the input
	ended        chan struct{} // closed when the input has ended and everything is answered

	mu        sync.Mutex // protects the fields below
	libraries []*jsonrpc2.Conn
	followers int
	detached  int           // readers that have handed off the stream and are not followers yet
	returned  chan struct{} // closed when a detached reader becomes a follower; nil if the executor need not wait for it
	waitUntil time.Time     // when the executor goes on in any case
	closed    bool          // no reader is made any more
}

func newReaders(ctx context.Context, s *stream, e *executor) *readers {
	r := &readers{ctx: ctx, stream: s, executor: e, wakeFollower: make(chan struct{}, 1), ended: make(chan struct{})}
	e.readers = r
	return r
}

func (r *readers) conn() *Conn { return r.stream.conn }

// connect makes a reader that has the stream.
func (r *readers) connect() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.connectLocked()
}

func (r *readers) connectLocked() {
	if r.closed {
		return
	}
	one := &reader{readers: r, hasStream: true}
	one.running = leader{executor: r.executor, ctx: r.stream.ctx, handOffStream: r.handOff}
	one.flushing.handOffStream = r.handOff
	r.libraries = append(r.libraries, jsonrpc2.NewConn(r.ctx, one, r.executor, jsonrpc2.OnSend(one.send), jsonrpc2.SetLogger(printfLog{r.conn().log})))
}

// handOff gives the stream to a follower, or to a new reader. If it is only late, the
// executor waits for the reader as long as a call may occupy its leader.
func (r *readers) handOff(isLate bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.detached++; isLate {
		r.returned, r.waitUntil = make(chan struct{}), time.Now().Add(leadTime)
	}
	if r.followers == 0 {
		r.connectLocked()
		return
	}
	r.followers--
	r.wakeFollower <- struct{}{}
}

// addFollower makes a detached reader a follower.
func (r *readers) addFollower() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.detached--
	r.followers++
	if r.returned != nil {
		close(r.returned)
		r.returned = nil
	}
}

// awaitDetached waits for a detached reader that is late, so that replies come in the order of the
// requests where that costs little.
func (r *readers) awaitDetached() {
	r.mu.Lock()
	returned, wait := r.returned, time.Until(r.waitUntil)
	r.mu.Unlock()
	if returned == nil || wait <= 0 {
		return
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-returned:
	case <-timer.C:
	}
}

// isAnyDetached reports whether a reader is detached.
func (r *readers) isAnyDetached() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.detached > 0
}

// await waits until a follower gets the stream. It reports false at the end of the
// input.
func (r *readers) await() bool {
	_, ok := <-r.wakeFollower
	return ok
}

// end ends the followers: the input has ended, and everything is answered.
func (r *readers) end() {
	r.watch.stop()
	close(r.wakeFollower)
	close(r.ended)
}

// close closes the library's connections. Everything is answered, or never will be.
func (r *readers) close() {
	r.watch.stop()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	for _, library := range r.libraries {
		_ = library.Close() // its error says only that it was closed before
	}
}
