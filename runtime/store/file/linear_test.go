//go:build linux || darwin

package file

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store/storetest"
)

// step is one operation as its caller saw it, as a line of JSON.
type step struct {
	Who        int    `json:"who"`
	Op         string `json:"op"`         // get, set, patch, edit, peer
	From       uint64 `json:"from"`       // the version from which a patch was made
	FromText   string `json:"from_text"`  // its text
	Text       string `json:"text"`       // the text that was read or written
	Generation uint64 `json:"generation"` // the generation of that text
	Pending    bool   `json:"pending"`
	Answer     string `json:"answer"` // ok, conflict; unknown when the process died or said so
	Call       int64  `json:"call"`
	Return     int64  `json:"return"`
}

// current is the state of a realm: a text and its number, or the last number
// before it if the text has no number yet.
type current struct {
	text     string
	number   uint64
	numbered bool
}

// tick is longer than the coarsest clock of a file system that these tests run on.
// An edit so soon after a peer's commit may count as a part of it, as the package
// comment says: their time stamps are the same. So the editor waits that long.
const tick = 15 * time.Millisecond

// realmModel is the realm as one sequence of steps. After an edit the text has no
// number yet; the next read gives it one above the last.
var realmModel = porcupine.NondeterministicModel{
	Init: func() []any { return []any{current{numbered: true}} },
	Step: func(state, input, output any) []any {
		c, s := state.(current), output.(step)
		switch {
		case s.Op == "edit": // an editor's save takes no number
			return []any{current{s.Text, c.number, c.numbered && c.text == s.Text}}
		case s.Op == "peer":
			return []any{current{s.Text, c.number + 1, true}} // or more: the next get shows it
		case s.Op == "get" && s.Pending: // an old text, or a new one without its number
			if s.Generation <= c.number {
				return []any{c}
			}
		case s.Op == "get":
			if s.Text == c.text && (s.Generation == c.number && c.numbered || s.Generation > c.number) {
				return []any{current{c.text, s.Generation, true}}
			}
		case s.Answer == "conflict":
			return []any{c} // it may be spurious, but changes nothing
		case s.Answer == "ok":
			if s.FromText == c.text && s.From >= c.number && s.Generation > s.From {
				return []any{current{s.Text, s.Generation, true}}
			}
		default: // the outcome is unknown
			after := []any{c}
			if s.FromText == c.text && s.From >= c.number {
				after = append(after, current{s.Text, s.Generation, true})
			}
			return after
		}
		return nil
	},
	Equal: func(a, b any) bool { return a == b },
	DescribeOperation: func(_, output any) string {
		s := output.(step)
		return fmt.Sprintf("%s %q %d→%d %s", s.Op, s.Text, s.From, s.Generation, s.Answer)
	},
}

const linearDir = "REALMCONF_TEST_LINEAR_DIR"

// workIn runs another realmconf process: it reads, patches the text that it read,
// and sets without an expectation, and prints every step. A line before each
// write announces it.
func workIn(dir string) error {
	var who int
	var seed uint64
	if _, err := fmt.Sscan(os.Getenv("REALMCONF_TEST_LINEAR_WHO"), &who, &seed); err != nil {
		return err
	}
	s := Open(Options{Document: dir + "/config.toml", Dir: dir, RealmTag: "team"})
	rnd := rand.New(rand.NewPCG(seed, uint64(who)))
	out := json.NewEncoder(os.Stdout)
	for n := 0; ; n++ {
		begin := time.Now().UnixNano()
		state, err := s.Load(context.Background())
		if err != nil {
			return err
		}
		out.Encode(step{Who: who, Op: "get", Text: string(state.Text), Generation: state.Version.Generation, Pending: state.Pending, Call: begin, Return: time.Now().UnixNano()})
		if state.Pending {
			continue
		}
		<-time.After(time.Duration(rnd.IntN(4000)) * time.Microsecond)
		next := storetest.Commit(state, fmt.Sprintf("%d.%d by %d", seed, n, who))
		w := step{
			Who: who, Op: "patch", From: state.Version.Generation, FromText: string(state.Text),
			Text: string(next[0].Text), Generation: next[0].Generation, Answer: "unknown", Call: time.Now().UnixNano(),
		}
		out.Encode(w)
		switch err := s.CompareAndSwap(context.Background(), state.Version, next); {
		case err == nil:
			w.Answer = "ok"
		case fault.Is(err, fault.GenerationConflict):
			w.Answer = "conflict"
		case !fault.Is(err, fault.OutcomeUnknown) && !fault.Is(err, fault.LockTimeout):
			return errors.Join(err, errors.Unwrap(err))
		case fault.Is(err, fault.LockTimeout):
			w.Answer = "conflict" // the answer is that nothing was changed
		}
		w.Return = time.Now().UnixNano()
		out.Encode(w)
	}
}

// stepLog collects the steps of all.
type stepLog struct {
	mu    sync.Mutex
	steps []step
}

func (c *stepLog) add(s step) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.steps = append(c.steps, s)
}

// enough reports whether enough has happened for a meaningful test.
func (c *stepLog) enough() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	kinds := make(map[string]int)
	for _, s := range c.steps {
		kinds[s.Op+" "+s.Answer]++
	}
	return kinds["patch ok"] >= 20 && kinds["patch conflict"] >= 2 && kinds["get "] >= 40 && kinds["edit "] >= 6 && kinds["peer "] >= 6
}

// follow collects the steps that one process prints. A write that was announced
// and never answered, because the process died, may take effect at any time.
func (c *stepLog) follow(lines *bufio.Scanner) {
	var flight *step
	for lines.Scan() {
		var s step
		if json.Unmarshal(lines.Bytes(), &s) != nil {
			break // it was killed while it printed
		}
		if s.Return == 0 {
			flight = &s
			continue
		}
		flight = nil
		c.add(s)
	}
	if flight != nil {
		flight.Return = time.Now().Add(time.Hour).UnixNano()
		c.add(*flight)
	}
}

// Several realmconf processes, one of which is killed and started again now and
// then, a peer, and a person who saves by renaming and in place: there is one
// order of all their steps in which every answer is true.
func TestStore_isLinearizable(t *testing.T) {
	t.Parallel() // it waits
	const processes = 3
	r := newFastRealm(t)
	commit(t, r.open(), "first")
	var c stepLog
	c.add(step{Op: "patch", Text: "first", Generation: 1, Answer: "ok", Call: 0, Return: 1})
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	var workers, others sync.WaitGroup
	var stamping sync.Mutex // is held for a tick after a peer's commit
	for who := range processes {
		workers.Go(func() {
			for life := uint64(1); ctx.Err() == nil; life++ {
				span := ctx
				if who == 0 { // this one is killed at random moments
					var die context.CancelFunc
					span, die = context.WithTimeout(ctx, 300*time.Millisecond)
					defer die()
				}
				if err := c.work(span, r, who+1, life); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	others.Go(func() {
		for n := 0; !c.enough() && ctx.Err() == nil; n++ {
			<-time.After(40 * time.Millisecond)
			stamping.Lock()
			s := step{Who: processes + 1, Op: "peer", Text: fmt.Sprintf("peer %d", n), Call: time.Now().UnixNano()}
			err := peer{r}.set(s.Text)
			s.Return = time.Now().UnixNano()
			<-time.After(tick)
			stamping.Unlock()
			if err != nil {
				t.Errorf("peer: %v", err)
				return
			}
			c.add(s)
		}
	})
	others.Go(func() {
		for n := 0; !c.enough() && ctx.Err() == nil; n++ {
			<-time.After(90 * time.Millisecond) // a person is slower than restTime
			stamping.Lock()
			s := step{Who: processes + 2, Op: "edit", Text: fmt.Sprintf("edit %d", n), Call: time.Now().UnixNano()}
			if n%2 == 0 {
				r.replace("config.toml", s.Text)
			} else {
				r.put("config.toml", s.Text)
			}
			s.Return = time.Now().UnixNano()
			stamping.Unlock()
			c.add(s)
		}
	})
	others.Wait()
	if !c.enough() {
		t.Error("too little happened in a minute to show anything")
	}
	stop()
	workers.Wait()
	next := newTestClock()
	s := open(r.options(), disk.OS{}, next, disk.BootID())
	load(t, s)
	next.pass(longRestTime)
	end := time.Now().UnixNano()
	state := load(t, s)
	c.add(step{Op: "get", Text: string(state.Text), Generation: state.Version.Generation, Call: end, Return: time.Now().UnixNano()})
	c.classify(t)
	var l ledger
	for _, s := range c.steps {
		if (s.Op == "get" && !s.Pending) || s.Answer == "ok" {
			l.note(t, s.Generation, s.Text)
		}
	}
	r.audit(&l)
}

// work runs one realmconf process from start to end.
func (c *stepLog) work(ctx context.Context, r realm, who int, life uint64) error {
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, exe) // killed when its time is over
	cmd.Env = append(os.Environ(), linearDir+"="+r.dir, fmt.Sprintf("REALMCONF_TEST_LINEAR_WHO=%d %d", who, life))
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	c.follow(bufio.NewScanner(out))
	err = cmd.Wait()
	if ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("process %d ended without a signal: %w: %s", who, err, stderr.String())
}

func (c *stepLog) classify(t *testing.T) {
	t.Helper()
	var history []porcupine.Operation
	kinds := make(map[string]int)
	for _, s := range c.steps {
		kinds[s.Op+" "+s.Answer]++
		history = append(history, porcupine.Operation{ClientId: s.Who, Input: nil, Output: s, Call: s.Call, Return: s.Return})
	}
	switch porcupine.CheckOperationsTimeout(realmModel.ToModel(), history, 30*time.Second) {
	case porcupine.Illegal:
		for _, s := range c.steps {
			t.Logf("%d %s %q from %d %q: %d %s pending %v [%d %d]", s.Who, s.Op, s.Text, s.From, s.FromText, s.Generation, s.Answer, s.Pending, s.Call, s.Return)
		}
		t.Errorf("there is no order in which all answers are true (%v)", kinds)
	case porcupine.Unknown:
		t.Errorf("no order was found in time (%v)", kinds)
	}
}
