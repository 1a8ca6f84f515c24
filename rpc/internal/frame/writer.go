package frame

import (
	"io"
	"sync/atomic"
	"time"
)

const (
	// FlushDelay is the longest time that an appended message waits for others
	// to be written with it.
	FlushDelay = time.Millisecond
	// flushSize is the number of gathered bytes that are written at once.
	flushSize = 64 << 10
)

// Writer gathers whole messages and writes them together. It is safe for
// concurrent use.
type Writer struct {
	out    io.Writer
	failed func() // called once, with lock held, when out fails

	began atomic.Int64 // when the current write began, in nanoseconds of Unix time, or 0

	// lock protects the fields below while it holds an element. It is held while
	// out is written, which may block permanently. It is a channel and not a mutex
	// so that a goroutine that waits for it is durably blocked in a synctest
	// bubble.
	lock   chan struct{}
	buf    []byte
	timer  *time.Timer // flushes after FlushDelay; nil until needed
	armed  bool        // timer runs
	closed bool
	err    error // the first error of out; nothing is written after it
}

// NewWriter returns a Writer to out. It calls failed once when a write fails.
func NewWriter(out io.Writer, failed func()) *Writer {
	return &Writer{out: out, failed: failed, lock: make(chan struct{}, 1)}
}

func (w *Writer) unlock() { <-w.lock }

// Append adds the messages that render appends. They are written by the next
// Flush, or after FlushDelay.
func (w *Writer) Append(render func(dst []byte) []byte) error {
	w.lock <- struct{}{}
	defer w.unlock()
	err := w.gatherLocked(render)
	w.delayLocked()
	return err
}

// Gather adds the messages that render appends. The caller calls Flush or Delay
// soon: a timer for each message would wake a thread.
func (w *Writer) Gather(render func(dst []byte) []byte) error {
	w.lock <- struct{}{}
	defer w.unlock()
	return w.gatherLocked(render)
}

// Delay makes the gathered messages be written after FlushDelay, if there is no
// Flush before.
func (w *Writer) Delay() {
	w.lock <- struct{}{}
	defer w.unlock()
	w.delayLocked()
}

func (w *Writer) gatherLocked(render func(dst []byte) []byte) error {
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
	return nil
}

func (w *Writer) delayLocked() {
	if w.armed || len(w.buf) == 0 || w.err != nil || w.closed {
		return
	}
	w.armed = true
	if w.timer == nil {
		w.timer = time.AfterFunc(FlushDelay, func() { _ = w.Flush() })
	} else {
		w.timer.Reset(FlushDelay)
	}
}

// Flush writes the gathered messages. It blocks until out has taken them.
func (w *Writer) Flush() error {
	w.lock <- struct{}{}
	defer w.unlock()
	return w.flushLocked()
}

func (w *Writer) flushLocked() error {
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
		w.buf = nil // release the memory of a large reply
	}
	if err != nil {
		w.err = err
		w.failed()
	}
	return err
}

// Stuck reports whether the current write has taken at least d.
func (w *Writer) Stuck(d time.Duration) bool {
	began := w.began.Load()
	return began != 0 && time.Since(time.Unix(0, began)) >= d
}

// Close flushes. Nothing is written after it, not even by the timer. It returns
// the first error of out.
func (w *Writer) Close() error {
	w.lock <- struct{}{}
	defer w.unlock()
	err := w.flushLocked()
	w.closed = true
	return err
}
