package runtime

import (
	"context"
	"sync"
)

// maxBatch is how many writers share one commit.
const maxBatch = 64

// batch is the writers that share one commit. It grows while it is prepared: a
// commit costs the same for one as for many. But the longer that takes, the
// likelier is somebody else to be first; so it has half the room after a race
// that it lost.
type batch struct {
	members []*member
	another func() *member // takes the next of those that wait; nil for none
	room    int            // how many of the members, from the first on, the next attempt takes

	// ctx lives as long as one of the members' does: a commit is given up only
	// when nobody waits for it any more.
	ctx    context.Context
	cancel context.CancelFunc
	stops  []func() bool

	mu     sync.Mutex
	wanted int // members whose contexts live; ctx has ended when there is none
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

func newBatch(first *member, room int, another func() *member) *batch {
	b := &batch{another: another, room: room, wanted: 1}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	b.add(first)
	return b
}

// close frees what the batch holds.
func (b *batch) close() {
	for _, stop := range b.stops {
		stop()
	}
	b.cancel()
}

// loses notes that somebody else was first.
func (b *batch) loses() { b.room = max(1, min(b.room, len(b.members))/2) }

// has reports whether the attempt takes a member of that number, a writer that
// joins now included.
func (b *batch) has(n int) bool { return n < b.room && (n < len(b.members) || b.grow()) }

// grow adds a writer that waits, if there is one and it may join.
func (b *batch) grow() bool {
	if !b.want() {
		return false
	}
	m := b.another()
	if m == nil {
		b.unwant()
		return false
	}
	b.add(m)
	return true
}

// add enters a writer that is counted already.
func (b *batch) add(m *member) {
	b.members = append(b.members, m)
	b.stops = append(b.stops, context.AfterFunc(m.ctx, b.unwant))
}

// want counts one more writer, unless the batch is given up.
func (b *batch) want() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.wanted == 0 {
		return false
	}
	b.wanted++
	return true
}

func (b *batch) unwant() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.wanted--; b.wanted == 0 {
		b.cancel()
	}
}
