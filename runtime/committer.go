package runtime

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"realmconf.io/realmconf/runtime/fault"
	"realmconf.io/realmconf/runtime/store"
)

const (
	maxBatch      = 64      // writers that share one commit
	maxBatchBytes = 4 << 20 // of text that one commit writes, unless a single writer's is more
	maxAttempts   = 64      // fresh starts of a batch that lost a race; each loss is another's progress
)

// committer gathers the writers that wait at one moment into one commit. Its
// goroutine lives only while there is something to do; close waits for it.
type committer struct {
	commit func(batch []*member) (taken int) // the rest comes again

	mu      sync.Mutex // protects the fields below
	waiting []*member  // in arrival order
	running bool
	done    sync.WaitGroup
}

// member is one writer in a batch. Whoever closes done has set the outcome or
// the error.
type member struct {
	ctx   context.Context
	write Write

	outcome *Outcome
	err     error
	done    chan struct{}
}

// submit puts a writer in line. Writers take effect in the order of their
// submission.
func (c *committer) submit(m *member) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = append(c.waiting, m)
	if !c.running {
		c.running = true
		c.done.Go(c.run)
	}
}

// withdraw takes a writer out of the line, and reports whether it still stood
// there.
func (c *committer) withdraw(m *member) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.Index(c.waiting, m)
	if i < 0 {
		return false
	}
	c.waiting = slices.Concat(c.waiting[:i], c.waiting[i+1:]) // a batch shares the old array
	return true
}

func (c *committer) close() { c.done.Wait() }

func (c *committer) run() {
	for batch := c.next(); batch != nil; batch = c.next() {
		taken := c.commit(batch)
		err := batch[0].err
		for _, m := range batch[:taken] {
			close(m.done)
		}
		if fault.Is(err, fault.LockTimeout) {
			c.refuse(err) // they have waited for the same lock
		}
		c.putBack(batch[taken:])
	}
}

// refuse answers all writers that wait.
func (c *committer) refuse(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.waiting {
		m.err = err
		close(m.done)
	}
	c.waiting = nil
}

// putBack lets writers stand in front of the line again.
func (c *committer) putBack(rest []*member) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = slices.Concat(rest, c.waiting)
}

// next takes the writers that wait, at most maxBatch of them, or ends the run.
func (c *committer) next() []*member {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) == 0 {
		c.running = false
		return nil
	}
	n := min(len(c.waiting), maxBatch)
	batch := c.waiting[:n:n]
	c.waiting = c.waiting[n:]
	return batch
}

// commit brings one batch to its end and gives every member its outcome, or as
// many of them, from the first on, as one commit has room for:
//
//	load ─→ prepare member 1 ─→ prepare member 2 ─→ … ─→ compare-and-swap ─→ answer all
//	  ↑        │ refused, or nothing to do: the running content stays          │
//	  └────────┴──────── somebody else was first: a fresh start ───────────────┘
//
// Each member is checked against what the members before it have made of the
// configuration, so an answer may depend on an earlier member; that is why
// nobody, not even who was refused, is answered before the batch is durable.
func (r *Runtime) commit(batch []*member) (taken int) {
	ctx, stop := whileWanted(batch)
	defer stop()
	taken, err := r.attempt(ctx, batch)
	for n := 1; fault.Is(err, fault.GenerationConflict) && n < maxAttempts; n++ {
		taken, err = r.attempt(ctx, batch)
	}
	if err == nil {
		return taken
	}
	for _, m := range batch {
		m.outcome, m.err = nil, err
	}
	return len(batch)
}

// attempt prepares the batch on what is current now, and swaps. It may take
// only the first members. An error concerns all members alike.
func (r *Runtime) attempt(ctx context.Context, batch []*member) (taken int, err error) {
	s, err := r.opened(ctx)
	if err != nil {
		return 0, err
	}
	base, err := r.load(ctx, s)
	if err != nil {
		return 0, err
	}
	id, err := commitID()
	if err != nil {
		return 0, err
	}
	p := preparation{ctx: ctx, store: s, commitID: id, now: time.Now()}
	running := base
	var records []store.Record
	size := 0
	for _, m := range batch {
		if size > maxBatchBytes {
			break
		}
		taken++
		m.outcome, m.err = nil, m.ctx.Err()
		if m.err != nil {
			continue
		}
		var record *store.Record
		m.outcome, record, m.err = r.prepared(p, m.write, running, base.state.Next+uint64(len(records)))
		if record == nil {
			continue
		}
		records = append(records, *record)
		size += len(record.Text)
		r.origins.note(record.Version, m.write.Origin)
		running = committed(m.outcome.After)
	}
	if len(records) == 0 {
		return taken, nil
	}
	if err := s.CompareAndSwap(ctx, base.state.Version, records); err != nil {
		return 0, err
	}
	running.metadata = s.Metadata()
	identify(batch[:taken], running.metadata)
	r.keep(running)
	return taken, nil
}

// prepared is prepare, but a mistake of ours in it concerns only the write that
// met it: nothing has happened yet.
func (r *Runtime) prepared(p preparation, w Write, current *content, next uint64) (o *Outcome, record *store.Record, err error) {
	defer func() {
		if v := recover(); v != nil {
			o, record, err = nil, nil, fault.Recovered(v)
		}
	}()
	return r.prepare(p, w, current, next)
}

// committed is what a new snapshot will be once it is in the store.
func committed(s *Snapshot) *content {
	state := store.State{Text: s.Text(), Version: s.Version, Next: s.Version.Generation + 1}
	return &content{state: state, metadata: s.Metadata, snapshot: s}
}

// identify tells the new snapshots whose they are: a realm's first commit is
// what gives it a manifest.
func identify(batch []*member, metadata store.Metadata) {
	for _, m := range batch {
		if m.outcome != nil && m.outcome.Changed {
			m.outcome.After.Metadata = metadata
		}
	}
}

// whileWanted is a context that lives as long as one of the members' does: a
// commit is given up only when nobody waits for it any more.
func whileWanted(batch []*member) (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var wanted atomic.Int64
	wanted.Store(int64(len(batch)))
	var stops []func() bool
	for _, m := range batch {
		stops = append(stops, context.AfterFunc(m.ctx, func() {
			if wanted.Add(-1) == 0 {
				cancel()
			}
		}))
	}
	return ctx, func() {
		for _, stop := range stops {
			stop()
		}
		cancel()
	}
}
