package rpc

import (
	"io"
	"sync/atomic"
	"time"
)

const (
	// flushDelay is the longest that a finished reply waits for company when
	// the request after it takes its time.
	flushDelay = time.Millisecond
	// flushSize is how many bytes of replies are worth a write of their own.
	flushSize = 64 << 10
)

// writer gathers whole lines and writes them in few pieces. It may be used
// from many goroutines at once.
type writer struct {
	out    io.Writer
	failed func() // called once, with lock held, when out fails

	began atomic.Int64 // when the write under way began, in nanoseconds of Unix time; 0 for none

	// lock holds one element while somebody has it: it protects the fields below,
	// and is held while out is written, which may take for ever. A channel, so
	// that whoever waits for it counts as waiting in a test's bubble.
	lock   chan struct{}
	buf    []byte
	timer  *time.Timer // flushes what nobody flushed; nil until needed
	armed  bool
	closed bool
	err    error // the first error of out; nothing is written after it
}

func newWriter(out io.Writer, failed func()) *writer {
	return &writer{out: out, failed: failed, lock: make(chan struct{}, 1)}
}

func (w *writer) unlock() { <-w.lock }

// append adds what render appends, which must be whole lines. They are written
// by the next flush, or after flushDelay, whatever comes first.
func (w *writer) append(render func(dst []byte) []byte) error {
	w.lock <- struct{}{}
	defer w.unlock()
	if w.err != nil {
		return w.err
	}
	if w.closed {
		return io.ErrClosedPipe
	}
	w.buf = render(w.buf)
	if len(w.buf) >= flushSize {
		return w.flushLocked()
	}
	if !w.armed {
		w.armed = true
		if w.timer == nil {
			w.timer = time.AfterFunc(flushDelay, func() { _ = w.flush() })
		} else {
			w.timer.Reset(flushDelay)
		}
	}
	return nil
}

// flush writes what was gathered. It blocks as long as the reader of out does
// not read.
func (w *writer) flush() error {
	w.lock <- struct{}{}
	defer w.unlock()
	return w.flushLocked()
}

func (w *writer) flushLocked() error {
	if w.armed {
		w.armed = false
		w.timer.Stop()
	}
	if w.err != nil || w.closed || len(w.buf) == 0 {
		return w.err
	}
	w.began.Store(time.Now().UnixNano())
	_, err := w.out.Write(w.buf)
	w.began.Store(0)
	w.buf = w.buf[:0]
	if cap(w.buf) > 4*flushSize {
		w.buf = nil // one large reply does not hold its memory for ever
	}
	if err != nil {
		w.err = err
		w.failed()
	}
	return err
}

// stuck reports whether out has not taken a write for that long.
func (w *writer) stuck(long time.Duration) bool {
	began := w.began.Load()
	return began != 0 && time.Since(time.Unix(0, began)) >= long
}

// close flushes; nothing is written afterwards, not even by the timer. It
// returns the first error of out.
func (w *writer) close() error {
	w.lock <- struct{}{}
	defer w.unlock()
	err := w.flushLocked()
	w.closed = true
	return err
}
