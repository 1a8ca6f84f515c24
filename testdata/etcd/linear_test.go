package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	clientv3 "go.etcd.io/etcd/client/v3"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/storetest"
)

// content is the state of a realm: its generation and text.
type content struct {
	generation uint64
	text       string
}

// step is one call of a store, and its answer.
type step struct {
	op     string // get; cas, which is based on a generation; set, which is based on any
	from   uint64 // of cas
	to     content
	answer string // of cas and set: made, conflict or unknown
}

// contentModel is a realm as one sequence of steps. A conflict may be spurious, and
// changes nothing; a step of unknown outcome changes the realm, or not.
var contentModel = porcupine.NondeterministicModel{
	Init: func() []any { return []any{content{}} },
	Step: func(state, _, output any) []any {
		c, s := state.(content), output.(step)
		var after []any
		if s.answer == "conflict" || s.answer == "unknown" || s.op == "get" && s.to == c {
			after = append(after, c)
		}
		isNext := s.to.generation == c.generation+1 && (s.op == "set" || s.from == c.generation)
		if (s.answer == "made" || s.answer == "unknown") && isNext {
			after = append(after, s.to)
		}
		return after
	},
	Equal:             func(a, b any) bool { return a == b },
	DescribeOperation: func(_, output any) string { return fmt.Sprint(output) },
}

// stepLog collects the steps of many clients.
type stepLog struct {
	begin time.Time

	mu    sync.Mutex // protects the fields below
	steps []porcupine.Operation
	kinds map[string]int
	grew  chan struct{} // closed and replaced with each step
}

func newStepLog() *stepLog {
	return &stepLog{begin: time.Now(), kinds: map[string]int{}, grew: make(chan struct{})}
}

// add adds a step that began at a time. One of unknown outcome may take effect at any
// time after that.
func (c *stepLog) add(client int, begin time.Time, s step) {
	end := time.Since(c.begin).Nanoseconds()
	if s.answer == "unknown" {
		end = math.MaxInt64
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.steps = append(c.steps, porcupine.Operation{ClientId: client, Output: s, Call: begin.Sub(c.begin).Nanoseconds(), Return: end})
	c.kinds[s.op+" "+s.answer]++
	close(c.grew)
	c.grew = make(chan struct{})
}

// reach waits until there are so many steps.
func (c *stepLog) reach(t *testing.T, n int) {
	t.Helper()
	for {
		c.mu.Lock()
		got, grew := len(c.steps), c.grew
		c.mu.Unlock()
		if got >= n {
			return
		}
		select {
		case <-grew:
		case <-time.After(30 * time.Second):
			t.Fatalf("%d steps, and no further one in 30 s", got)
		}
	}
}

// TestStore_linearizable lets clients read, set and compare-and-swap through the three
// servers and proxies in front of them, while the leader is killed, connections are cut
// and answers get lost: there is one order of all steps in which every answer is true.
func TestStore_linearizable(t *testing.T) {
	t.Parallel()
	const stores, clients, steps = 3, 9, 40 // three clients share a store, and its reads
	c := startCluster(t, 3)
	var proxies []*proxy
	var addresses []string
	for _, n := range c.nodes {
		p := newProxy(t, n.client)
		proxies, addresses = append(proxies, p), append(addresses, p.address())
	}
	history := newStepLog()
	base := newOptions(addresses)
	base.History = -1
	var group sync.WaitGroup
	for first := range stores {
		o := base
		o.Endpoints = slices.Concat(addresses[first:], addresses[:first]) // each begins with another server
		s := openIn(t, o)()
		for client := first; client < clients; client += stores {
			group.Go(func() { walk(t, s, history, client, steps) })
		}
	}
	official := newOfficial(t, clientv3.Config{Endpoints: c.endpoints()})
	for i := range 12 { // what happens is spread over the first three quarters of the steps
		history.reach(t, (i+1)*clients*steps/16)
		switch p := proxies[i%len(proxies)]; i % 4 {
		case 0:
			p.cut()
		case 1:
			p.disturb(breakAfter)
		case 2:
			p.disturb(breakBefore)
		case 3:
			leader := findLeader(t, c, official)
			leader.kill()
			if err := leader.start(t.Output()); err != nil {
				t.Fatal(err)
			}
		}
	}
	group.Wait()
	t.Logf("%v", history.kinds)
	if history.kinds["cas made"] == 0 || history.kinds["set made"] == 0 || history.kinds["cas conflict"] == 0 {
		t.Errorf("got the steps %v, want some of each kind", history.kinds)
	}
	switch porcupine.CheckOperationsTimeout(contentModel.ToModel(), history.steps, 30*time.Second) {
	case porcupine.Illegal:
		for _, o := range history.steps {
			t.Logf("%d %+v [%d %d]", o.ClientId, o.Output, o.Call, o.Return)
		}
		t.Errorf("there is no order in which all answers are true (%v)", history.kinds)
	case porcupine.Unknown:
		t.Errorf("no order was found in time (%v)", history.kinds)
	}
}

// walk makes random steps. A step that was certainly not made is no part of the history.
func walk(t *testing.T, s store.Store, history *stepLog, client, steps int) {
	random := rand.New(rand.NewPCG(uint64(client), 7))
	for n := 0; n < steps; {
		begin := time.Now()
		state, err := s.Load(t.Context())
		if err != nil {
			if !fault.Is(err, fault.Storage) {
				t.Error(err)
				return
			}
			continue // no leader yet
		}
		history.add(client, begin, step{op: "get", to: content{state.Version.Generation, string(state.Text)}})
		n++
		op := []string{"get", "cas", "set"}[random.IntN(3)]
		if op == "get" {
			continue
		}
		if op == "cas" {
			begin = time.Now()
		}
		for text := fmt.Sprintf("%d by %d", n, client); ; {
			next := storetest.Commit(state, text)
			made := step{op: op, from: state.Version.Generation, to: content{next[0].Generation, text}, answer: "made"}
			err := s.CompareAndSwap(t.Context(), state.Version, next)
			switch {
			case fault.Is(err, fault.GenerationConflict):
				made.answer = "conflict"
			case fault.Is(err, fault.OutcomeUnknown):
				made.answer = "unknown"
			case fault.Is(err, fault.Storage):
				made.answer = "" // nothing was written
			case err != nil:
				t.Error(err)
				return
			}
			if op == "set" && made.answer == "conflict" {
				if state, err = s.Load(t.Context()); err == nil {
					continue
				}
				break // it gives up, and has changed nothing
			}
			if made.answer != "" {
				history.add(client, begin, made)
				n++
			}
			break
		}
	}
}
