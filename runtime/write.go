package runtime

import (
	"context"

	"realmconf/runtime/document"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// Write is everything about a change except the change itself: its condition, its
// judge, and its description for the history.
type Write struct {
	Expected *uint64     // the generation that must be current; nil for any
	Rebase   bool        // with Expected: also write if others have since changed only what this write does not touch
	DryRun   bool        // report the effect, and write nothing
	Reason   string      // why, in the client's words
	Actor    store.Actor // who asks
	ClientID any         // identifies the client, so that its watch can tell its own changes; compared with ==
	OnQueued func()      // called once the write has its place in the queue, so that the next one may begin; may be nil

	// Given is the text of a configuration or patch that the client gave as TOML: its
	// dates, times, inf and nan stay such, and are strings in the tree. It may be nil.
	Given *document.Document

	// Judge decides on the configuration that the write would make, before anything
	// is written: an error refuses the write, an approval goes into the
	// history. After is a draft under Before's generation; while the current text
	// is not TOML, Before is the last configuration that is.
	//
	// Of a configuration or patch that the client gave, the comparison is the one
	// that hides stored secrets: see Comparison. So neither the verdict nor the
	// outcome of a dry run shows whether a guess was right.
	//
	// Judge may be called several times for one write, because other programs
	// may commit first. It must not block, and should return when ctx ends. It may
	// be nil.
	Judge func(ctx context.Context, c *Comparison) (*store.Approval, error)

	operation  store.Operation
	rollbackTo *uint64
	reverts    *uint64
	change     changeFunc
	named      []tree.Pointer // places that the client names or reads, whether or not they change

	replacesWhole bool // the client gives the whole configuration, and means its difference from the expected one
}

// Outcome is the effect of a write, or the effect that a dry run would have.
type Outcome struct {
	Comparison                // After is the new configuration; of a dry run, a draft under Before's generation
	Previous   uint64         // the generation before
	Changed    bool           // false if the configuration already was as the write wants it
	Since      *Divergence    // of a write with Rebase: what others changed since the expected generation; nil for nothing
	Warnings   []schema.Issue // mistakes that were there before, and places that had to be reformatted
}

// write queues a write and waits for its outcome. All methods that change the
// configuration end here. The left side is the client's goroutine, the right side
// the one that makes the commit, which is the same for a write that comes alone:
//
//	Set, Patch, Operate, Rollback, Revert, Replace   a change, and the Write around it
//	  │
//	write ── submit ─→ committer                 queue of writes; one goroutine takes them in order
//	  ┊                  │ up to 64 at a time
//	  ┊                batch                     the writes that share one commit
//	  ┊                  │
//	  ┊                attempt ←───────────────┐
//	  ┊                  │ Store.Load          │
//	  ┊                prepare, once a write   │ GenerationConflict: another program
//	  ┊                  │ records             │ committed first; prepare all again
//	  ┊                Store.CompareAndSwap ───┘
//	  ┊                  │ durable, or failed
//	outcome or error ←───┘
//
// If ctx ends while the write is in the queue, write takes it out and returns.
// Once the write is in a batch, write waits for the outcome whatever becomes of
// ctx, because the change may already be durable.
func (r *Runtime) write(ctx context.Context, w Write) (*Outcome, error) {
	m := &submission{ctx: ctx, write: w, done: make(chan struct{})}
	mustLead := r.committer.submit(m)
	if w.OnQueued != nil {
		w.OnQueued()
	}
	if mustLead {
		r.committer.lead()
	}
	select {
	case <-m.done:
	case <-ctx.Done():
		if r.committer.withdraw(m) {
			return nil, ctx.Err()
		}
		<-m.done
	}
	if fault.Is(m.err, fault.GenerationConflict) {
		return nil, r.explainConflict(ctx, w, m.err)
	}
	return m.outcome, m.err
}
