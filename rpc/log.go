package rpc

import (
	"fmt"
	"io"
	"sync"
	"time"
)

const (
	logLines = 1024        // that may wait
	logGrace = time.Second // that Close waits
)

// LogWriter writes a log without ever blocking who logs. A host may give its
// server a pipe for standard error and never read it: then lines are dropped,
// and counted, and the server goes on. It may be used from many goroutines at
// once.
type LogWriter struct {
	out io.Writer

	mu      sync.Mutex    // protects the fields below
	lines   chan []byte   // made for the first line: most processes log nothing
	done    chan struct{} // closed when everything is written after Close
	dropped int           // lines since the last one that was taken
	closed  bool
}

// NewLogWriter returns a LogWriter over out. Close must be called to have the
// last lines written.
func NewLogWriter(out io.Writer) *LogWriter {
	return &LogWriter{out: out}
}

// Write takes one line, or drops it when too many wait or w is closed. It
// returns at once, and never an error.
func (w *LogWriter) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return len(line), nil
	}
	if w.lines == nil {
		w.lines, w.done = make(chan []byte, logLines), make(chan struct{})
		go w.write(w.lines, w.done)
	}
	text := append(w.noteLocked(), line...)
	select {
	case w.lines <- text:
		w.dropped = 0
	default:
		w.dropped++
	}
	return len(line), nil
}

// noteLocked says how many lines are missing before the next one.
func (w *LogWriter) noteLocked() []byte {
	if w.dropped == 0 {
		return nil
	}
	return fmt.Appendf(nil, "realmconf: %d lines of the log were dropped, because nobody read them\n", w.dropped)
}

// write writes the lines, until the last one after Close. Errors of out are
// nobody's: there is no other place to tell them.
func (w *LogWriter) write(lines <-chan []byte, done chan<- struct{}) {
	defer close(done)
	for line := range lines {
		_, _ = w.out.Write(line)
	}
	w.mu.Lock()
	note := w.noteLocked()
	w.mu.Unlock()
	if note != nil {
		_, _ = w.out.Write(note)
	}
}

// Close has the lines that wait written. It waits a second for that; what out
// does not take by then is left behind. It always returns nil.
func (w *LogWriter) Close() error {
	w.mu.Lock()
	if !w.closed && w.lines != nil {
		close(w.lines)
	}
	w.closed = true
	done := w.done
	w.mu.Unlock()
	if done == nil {
		return nil // nothing was ever logged
	}
	timer := time.NewTimer(logGrace)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
	return nil
}
