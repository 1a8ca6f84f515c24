package runtime

import (
	"context"
	"sync"

	"realmconf/runtime/store"
)

// unlimited is the limit of a batch and its room before the store has named its own.
const unlimited = 1 << 30

// batch is the writes that share one commit. A commit costs the same for one
// write as for many, so the batch takes further writes from the queue as long as
// it is being prepared. But the longer that takes, the likelier another program
// commits first: after each lost race the batch takes half as many.
type batch struct {
	members []*submission
	take    func() *submission // takes a write from the queue, nil if there is none
	limit   int                // number of members that the next attempt prepares, from the first one
	room    int                // number of bytes that the texts of the next attempt may have together

	// ctx ends when the contexts of all members have ended: a commit is abandoned
	// only if no client waits for it any more.
	ctx    context.Context
	cancel context.CancelFunc
	stops  []func() bool // undo the registrations of contextEnded

	mu   sync.Mutex
	live int // members whose contexts have not ended; ctx ends at 0, and live stays there
}

// submission is one write in the queue, or a member of a batch.
type submission struct {
	ctx   context.Context
	write Write

	// done is closed when the write has ended. Before that, only the committer's
	// goroutine uses outcome and err; after it, only the caller of write.
	done    chan struct{}
	outcome *Outcome
	err     error
}

func newBatch(first *submission, limit int, take func() *submission) *batch {
	b := &batch{take: take, limit: limit, room: unlimited, live: 1}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	b.add(first)
	return b
}

// close releases the batch's context.
func (b *batch) close() {
	for _, stop := range b.stops {
		stop()
	}
	b.cancel()
}

// halve lowers the limit, after a race that the batch lost.
func (b *batch) halve() { b.limit = max(1, min(b.limit, len(b.members))/2) }

// keepWithin lowers the limit and the room to what a store takes.
func (b *batch) keepWithin(l store.Limits) {
	b.limit, b.room = min(b.limit, l.Records), min(b.room, l.Bytes)
}

// member returns the n-th write of an attempt, from 0: one that is a member, or
// the next one in the queue, which then joins. It returns nil at the limit, and
// if the queue is empty.
func (b *batch) member(n int) *submission {
	if n >= b.limit || n >= len(b.members) && !b.join() {
		return nil
	}
	return b.members[n]
}

// join adds the next write in the queue, if there is one. No write joins a
// batch whose context has ended.
func (b *batch) join() bool {
	if !b.countOneMore() {
		return false
	}
	m := b.take()
	if m == nil {
		b.contextEnded()
		return false
	}
	b.add(m)
	return true
}

// add adds a write that is counted in live already.
func (b *batch) add(m *submission) {
	b.members = append(b.members, m)
	b.stops = append(b.stops, context.AfterFunc(m.ctx, b.contextEnded))
}

// countOneMore counts a write before it joins, so that ctx cannot end between
// the two. It reports whether ctx still lives.
func (b *batch) countOneMore() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.live == 0 {
		return false
	}
	b.live++
	return true
}

func (b *batch) contextEnded() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.live--; b.live == 0 {
		b.cancel()
	}
}
