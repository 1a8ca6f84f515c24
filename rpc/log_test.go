package rpc_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/rpc"
)

func TestLogWriter_order(t *testing.T) {
	var out bytes.Buffer
	w := rpc.NewLogWriter(&out)
	want := ""
	for i := range 1000 {
		line := fmt.Sprintln("line", i)
		want += line
		if n, err := io.WriteString(w, line); n != len(line) || err != nil {
			t.Fatalf("got %d, %v", n, err)
		}
	}
	if err := w.Close(); err != nil || out.String() != want {
		t.Errorf("close: %v; got %d bytes, want %d", err, out.Len(), len(want))
	}
	if _, err := io.WriteString(w, "late\n"); err != nil || out.String() != want {
		t.Errorf("after the end: got %v, want no error and nothing written", err)
	}
}

// TestLogWriter_unused leaves a log without lines that is never closed: the bubble
// would find a goroutine of it.
func TestLogWriter_unused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		rpc.NewLogWriter(&out)
		w := rpc.NewLogWriter(&out)
		start := time.Now()
		if err := w.Close(); err != nil || time.Since(start) > 0 {
			t.Errorf("close: %v after %v, want nil at once", err, time.Since(start))
		}
		if _, err := io.WriteString(w, "late\n"); err != nil || out.Len() > 0 {
			t.Errorf("after the end: %v, and %q was written; want nothing", err, &out)
		}
	})
}

// TestLogWriter_fullPipe writes to a pipe that is not read, and then reads it.
func TestLogWriter_fullPipe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, pipe := io.Pipe()
		w := rpc.NewLogWriter(pipe)
		const count = 5000
		for i := range count {
			_, _ = fmt.Fprintln(w, "line", i)
		}
		start := time.Now()
		if err := w.Close(); err != nil || time.Since(start) > time.Second {
			t.Errorf("close: %v after %v, want nil within a second", err, time.Since(start))
		}
		text := make(chan string)
		go func() {
			all, _ := io.ReadAll(r)
			text <- string(all)
		}()
		synctest.Wait()
		_ = pipe.Close()
		lines := strings.Split(strings.TrimSpace(<-text), "\n")
		kept, dropped := 0, 0
		for _, line := range lines {
			var n int
			if _, err := fmt.Sscanf(line, "realmconf: %d lines of the log were dropped", &n); err == nil {
				dropped += n
			} else {
				kept++
			}
		}
		if kept+dropped != count || kept < 1000 || dropped == 0 {
			t.Errorf("got %d lines kept and %d dropped, want %d together", kept, dropped, count)
		}
	})
}

// TestServe_unreadLog logs more than any pipe holds.
func TestServe_unreadLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, pipe := io.Pipe()
		logs := rpc.NewLogWriter(pipe)
		p := connect(t, operations(t, ""), rpc.Options{Log: slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: slog.LevelDebug}))})
		for range 2000 {
			p.send(`{"jsonrpc":"2.0","method":"un/known"}`)
		}
		if got := p.send(`{"jsonrpc":"2.0","id":1,"method":"ping"}`); len(got) != 1 {
			t.Errorf("got %q, want an answer", got)
		}
		p.close()
		_ = r.Close()
		_ = logs.Close()
	})
}

// TestServe_logAtTheEnd expects an ordinary end of the input to log nothing, and
// a method to be logged as it was sent.
func TestServe_logAtTheEnd(t *testing.T) {
	var log bytes.Buffer
	opts := rpc.Options{Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	input := `{"jsonrpc":"2.0","id":1,"method":"ping"}` + "\n" + `{"jsonrpc":"2.0","method":"un/known"}`
	if err := rpc.Serve(t.Context(), strings.NewReader(input), io.Discard, operations(t, ""), opts); err != nil {
		t.Fatal(err)
	}
	if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, " method=un/known\n") {
		t.Errorf("got %s, want one line about un/known", got)
	}
}
