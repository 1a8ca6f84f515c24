//go:build linux || darwin

package rpc_test

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"realmconf/rpc"
	"realmconf/runtime/store"
	"realmconf/tools/policy"
	"realmconf/tools/review"
)

// readingTime is how long the person of a transcript reads a question, by the clock of
// the server.
const readingTime = 2 * time.Second

// readingClock is the clock of the system, and ahead of it by the time that the person of
// a transcript has read.
type readingClock struct {
	system review.Clock
	read   atomic.Int64
}

func (c *readingClock) now() review.Instant {
	now, read := c.system(), time.Duration(c.read.Load())
	return review.Instant{Wall: now.Wall.Add(read), Running: now.Running + read}
}

// readQuestion lets the reading time pass.
func (c *readingClock) readQuestion() { c.read.Add(int64(readingTime)) }

// TestServe_personTranscripts repeats the conversations of testdata/wire in which a
// person answers outside of the client: their server has flags. --review-directory lets
// the person answer by realmconf review, and --approve-in-app on the page, too. A line
// "person: yes" or "person: no" is what the person does.
func TestServe_personTranscripts(t *testing.T) {
	count := 0
	for _, f := range wireFiles(t) {
		if len(f.flags) == 0 {
			continue
		}
		count++
		t.Run(f.name(), func(t *testing.T) {
			f.compare(t, converseWithPerson(t, f))
		})
	}
	if count < 4 {
		t.Errorf("%d transcripts, want review and the page in both eras", count)
	}
}

// converseWithPerson sends the requests of a transcript, each when the one before it is
// answered, and returns the replies. ${question} and ${nonce} become those that the page
// was given last, after the reading time.
func converseWithPerson(t *testing.T, f *wireFile) string {
	t.Helper()
	directory, err := os.MkdirTemp("", "realmconf") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(directory)
	sockets := filepath.Join(directory, "questions")
	clock := readingClock{system: review.NewClock()}
	o := rpc.Options{Version: "1.0.0", Questions: review.New(review.Options{Directory: sockets, Clock: clock.now})}
	defer o.Questions.Close()
	for _, flag := range f.flags {
		switch flag {
		case "--review-directory":
		case "--approve-in-app":
			o.ApproveInApp = true
		default:
			t.Fatalf("flag %s", flag)
		}
	}
	w := serveOnPipes(t.Context(), operationsOver(t, policy.Policy{}, realmStore{Store: storeOf(t, f.configs...)}), o)
	replies := bufio.NewReader(w.out)
	var output strings.Builder
	for line := range strings.Lines(f.client) {
		if decision, isPerson := strings.CutPrefix(strings.TrimSpace(line), "person: "); isPerson {
			answerByReview(t, sockets, &clock, decision == "yes")
			continue
		}
		if strings.Contains(line, "${nonce}") {
			clock.readQuestion()
		}
		if _, err := io.WriteString(w.in, fillIn(line, output.String())); err != nil {
			t.Fatal(err)
		}
		reply, err := replies.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		output.WriteString(reply)
	}
	if err := errors.Join(w.in.Close(), <-w.done); err != nil {
		t.Fatalf("serve: %v", err)
	}
	return output.String()
}

// answerByReview answers the only open question, as realmconf review does.
func answerByReview(t *testing.T, sockets string, clock *readingClock, isYes bool) {
	t.Helper()
	client := review.Client{Directory: sockets}
	all, problems := client.List(t.Context())
	if len(all) != 1 || len(problems) > 0 {
		t.Fatalf("%d questions are open, %v, want 1", len(all), problems)
	}
	clock.readQuestion()
	if err := client.Answer(t.Context(), all[0], isYes, store.ReviewWay); err != nil {
		t.Fatal(err)
	}
}
