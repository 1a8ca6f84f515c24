package frame

import (
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// recorder keeps each write, and fails if it has an error.
type recorder struct {
	mu     sync.Mutex
	writes []string
	err    error
}

func (r *recorder) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return 0, r.err
	}
	r.writes = append(r.writes, string(p))
	return len(p), nil
}

func (r *recorder) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.writes)
}

func add(t *testing.T, w *Writer, s string) {
	t.Helper()
	if err := w.Append(func(dst []byte) []byte { return append(dst, s...) }); err != nil {
		t.Fatalf("append: %v", err)
	}
}

func TestWriter_gathers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out recorder
		w := NewWriter(&out, nil)
		add(t, w, "a\n")
		add(t, w, "b\n")
		if len(out.all()) != 0 {
			t.Errorf("before flush: got %q, want nothing", out.all())
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		add(t, w, "c\n")
		time.Sleep(FlushDelay - 1)
		synctest.Wait()
		if len(out.all()) != 1 {
			t.Errorf("before the delay: got %q, want one write", out.all())
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if diff := cmp.Diff([]string{"a\nb\n", "c\n"}, out.all()); diff != "" {
			t.Errorf("writes (-want +got):\n%s", diff)
		}
		add(t, w, "d\n")
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := w.Append(func(dst []byte) []byte { return dst }); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("append after close: got %v, want %v", err, io.ErrClosedPipe)
		}
		time.Sleep(time.Second)
		if diff := cmp.Diff([]string{"a\nb\n", "c\n", "d\n"}, out.all()); diff != "" {
			t.Errorf("after close (-want +got):\n%s", diff)
		}
	})
}

func TestWriter_memory(t *testing.T) {
	var out recorder
	w := NewWriter(&out, nil)
	add(t, w, strings.Repeat("x", flushSize))
	if len(out.all()) != 1 {
		t.Errorf("got %d writes, want 1", len(out.all()))
	}
	add(t, w, strings.Repeat("x", 10*flushSize))
	if len(out.all()) != 2 || cap(w.buf) > 4*flushSize {
		t.Errorf("after a large line: got %d writes and %d bytes kept, want 2 and few", len(out.all()), cap(w.buf))
	}
}

func TestWriter_error(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("broken pipe")
		out := &recorder{err: broken}
		failed := 0
		w := NewWriter(out, func() { failed++ })
		add(t, w, "a\n")
		time.Sleep(FlushDelay)
		synctest.Wait()
		if err := w.Append(func(dst []byte) []byte { return append(dst, "b\n"...) }); !errors.Is(err, broken) {
			t.Errorf("append: got %v, want %v", err, broken)
		}
		if err := w.Flush(); !errors.Is(err, broken) {
			t.Errorf("flush: got %v, want %v", err, broken)
		}
		if err := w.Close(); !errors.Is(err, broken) || failed != 1 || len(out.all()) != 0 {
			t.Errorf("close: got %v, failed called %d times, wrote %q; want %v, once, nothing", err, failed, out.all(), broken)
		}
	})
}
