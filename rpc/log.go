package rpc

import (
	"fmt"
	"io"
	"sync"
	"time"
)

const (
	maxLogLines  = 1024        // that wait to be written
	logCloseTime = time.Second // that Close waits
)

// LogWriter writes a log and never blocks its caller. A host may give its server
// a pipe for standard error and never read it: then lines are dropped and
// counted, and the server goes on. It is safe for concurrent use.
type LogWriter struct {
	out io.Writer

	mu      sync.Mutex    // protects the fields below
	lines   chan []byte   // made for the first line: most processes log nothing
	done    chan struct{} // closed when everything is written after Close
	dropped int           // lines since the last one that was accepted
	closed  bool
}

// NewLogWriter returns a LogWriter to out. Close writes the last lines.
func NewLogWriter(out io.Writer) *LogWriter {
	return &LogWriter{out: out}
}

// Write accepts one line, or drops it if too many wait or w is closed. It returns
// at once, and never an error.
func (w *LogWriter) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return len(line), nil
	}
	if w.lines == nil {
		w.lines, w.done = make(chan []byte, maxLogLines), make(chan struct{})
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

// noteLocked returns a line with the number of dropped lines, if there are any.
func (w *LogWriter) noteLocked() []byte {
	if w.dropped == 0 {
		return nil
	}
	return fmt.Appendf(nil, "realmconf: %d lines of the log were dropped, because the log was not read\n", w.dropped)
}

// write writes the lines until Close. Errors of out are ignored: there is no
// other place to report them.
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

// Close waits until the accepted lines are written, but at most logCloseTime. It
// always returns nil.
func (w *LogWriter) Close() error {
	w.mu.Lock()
	if !w.closed && w.lines != nil {
		close(w.lines)
	}
	w.closed = true
	done := w.done
	w.mu.Unlock()
	if done == nil {
		return nil // nothing was logged
	}
	timer := time.NewTimer(logCloseTime)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
	return nil
}
