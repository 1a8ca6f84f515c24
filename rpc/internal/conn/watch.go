package conn

import (
	"sync"
	"time"
)

// readTime is how long the reader may be occupied before a follower reads on; at
// most twice as long.
const readTime = time.Millisecond

// watch hands off the leadership of a goroutine that is occupied for readTime. To
// start a timer for each request would wake a thread each time. So one timer runs as
// long as there are requests, and looks whether the same one still runs as before.
type watch struct {
	mu       sync.Mutex // protects the fields below
	timer    *time.Timer
	isActive bool    // the timer runs
	current  *leader // nil between two requests
	number   uint64  // of current: how many there were
	seen     uint64  // number when the timer last fired
}

// begin watches a leader.
func (w *watch) begin(l *leader) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.current = l
	w.number++
	if w.isActive {
		return
	}
	w.isActive = true
	w.seen = w.number - 1
	if w.timer == nil {
		w.timer = time.AfterFunc(readTime, w.look)
	} else {
		w.timer.Reset(readTime)
	}
}

// end ends what begin has begun.
func (w *watch) end(l *leader) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.current == l {
		w.current = nil
	}
}

// look is called by the timer.
func (w *watch) look() {
	w.mu.Lock()
	occupied := w.current
	if w.number == w.seen {
		w.current, w.isActive = nil, false
	} else {
		occupied = nil
		w.seen = w.number
		w.timer.Reset(readTime)
	}
	w.mu.Unlock()
	if occupied != nil {
		occupied.handOffLate()
	}
}

// stop stops the timer.
func (w *watch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.timer != nil {
		w.timer.Stop()
	}
}
