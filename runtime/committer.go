package runtime

import (
	"slices"
	"sync"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

const (
	maxBatchBytes = 4 << 20 // of text that one commit writes, unless a single writer's is more
	maxAttempts   = 64      // fresh starts of a batch that lost a race; each loss is another's progress
)

// committer gathers the writers that wait into batches, each of which is one
// commit. Its goroutine lives only while there is something to do; close waits for it.
type committer struct {
	commit func(b *batch) (taken int) // the rest comes again

	mu      sync.Mutex // protects the fields below
	waiting []*member  // in arrival order
	running bool
	done    sync.WaitGroup

	room int // for the members of the next batch; belongs to run
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
	c.waiting = slices.Delete(c.waiting, i, i+1)
	return true
}

func (c *committer) close() { c.done.Wait() }

func (c *committer) run() {
	for first := c.next(); first != nil; first = c.next() {
		b := newBatch(first, c.room, c.another)
		taken := c.commit(b)
		b.close()
		c.room = min(2*b.room, maxBatch)
		err := first.err
		for _, m := range b.members[:taken] {
			close(m.done)
		}
		if fault.Is(err, fault.LockTimeout) {
			c.refuse(err) // they have waited for the same lock
		}
		c.putBack(b.members[taken:])
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

// next takes the first of the writers that wait, or ends the run.
func (c *committer) next() *member {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.shift()
	c.running = m != nil
	return m
}

// another takes the first of the writers that wait, if there is one.
func (c *committer) another() *member {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.shift()
}

func (c *committer) shift() *member {
	if len(c.waiting) == 0 {
		return nil
	}
	m := c.waiting[0]
	c.waiting = c.waiting[1:]
	return m
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
// Who comes while the others are prepared joins them.
func (r *Runtime) commit(b *batch) (taken int) {
	taken, err := r.attempt(b)
	for n := 1; fault.Is(err, fault.GenerationConflict) && n < maxAttempts; n++ {
		b.loses()
		taken, err = r.attempt(b)
	}
	if err == nil {
		return taken
	}
	failed := b.members
	if fault.Is(err, fault.GenerationConflict) { // which they have not asked about, or they would be refused
		err = fault.New(fault.Busy, "other programs have changed the configuration %d times before this write was made: nothing was written; try again", maxAttempts)
		failed = failed[:min(b.room, len(failed))]
	}
	for _, m := range failed {
		m.outcome, m.err = nil, err
	}
	return len(failed)
}

// attempt prepares the batch on what is current now, and swaps. It may take
// only the first members. An error concerns all members alike.
func (r *Runtime) attempt(b *batch) (taken int, err error) {
	ctx := b.ctx
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
	for size <= maxBatchBytes && b.has(taken) {
		m := b.members[taken]
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
	identify(b.members[:taken], running.metadata)
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
	state := store.State{Text: s.Text(), Version: s.Version, Next: store.Successor(s.Version.Generation)}
	return &content{state: state, metadata: s.Metadata, snapshot: s}
}

// identify tells the new snapshots whose they are: a realm's first commit is
// what gives it a manifest.
func identify(members []*member, metadata store.Metadata) {
	for _, m := range members {
		if m.outcome != nil && m.outcome.Changed {
			m.outcome.After.Metadata = metadata
		}
	}
}
