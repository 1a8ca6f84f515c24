package runtime

import (
	"context"
	"errors"
	"slices"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

// maxAttempts is how often one batch is tried. Each failed attempt means that another
// program made progress.
const maxAttempts = 64

// commit makes one commit of a batch, and gives each of the members that it
// ends an outcome or an error:
//
//	load ─→ prepare member 1 ─→ prepare member 2 ─→ … ─→ compare-and-swap ─→ answer all
//	  ↑        │ refused, or no change: the tip stays where it is               │
//	  └────────┴─────────── another program committed first: start again ──────┘
//
// Each member is prepared on the result of the members before it. Its answer may
// therefore depend on theirs, also if it is a refusal, and no member is answered
// before the commit is durable.
func (r *Runtime) commit(b *batch) (ended int) {
	defer r.forgetArrival()
	ended, err := r.attempt(b)
	for n := 1; n < maxAttempts; n++ {
		if fault.Is(err, fault.GenerationConflict) {
			b.halve()
		} else if !errors.Is(err, errTooLarge) {
			break
		}
		ended, err = r.attempt(b)
	}
	if err == nil {
		return ended
	}
	failed := b.members
	if fault.Is(err, fault.GenerationConflict) {
		// prepare refuses a member that expects another generation. The members
		// left expect none, so a conflict would tell them nothing.
		err = fault.New(fault.Busy, "other programs have changed the configuration %d times before this write was made: nothing was written; try again", maxAttempts)
		failed = failed[:min(b.limit, len(failed))]
	}
	for _, m := range failed {
		m.outcome, m.err = nil, err
	}
	return len(failed)
}

// errTooLarge means that a store refused several records for their size: the batch has
// less room now.
var errTooLarge = errors.New("the records are too large for one commit")

// attempt prepares the first members of a batch on the loaded state, and
// commits them. An error concerns all members alike.
func (r *Runtime) attempt(b *batch) (ended int, err error) {
	ctx := store.WithHistoryBudget(b.ctx)
	s, loaded, err := r.current(ctx)
	if err != nil {
		return 0, store.Unwritten(err)
	}
	if loaded, err = r.waitSettled(ctx, s, loaded); err != nil {
		return 0, store.Unwritten(err)
	}
	p, err := newPreparation(s)
	if err != nil {
		return 0, err
	}
	b.keepWithin(s.Limits())
	tip := loaded // the state after the members that were prepared so far
	var records []store.Record
	var last *submission // of the last record
	size := 0            // of the texts of records
	for size < b.room {
		m := b.member(ended)
		if m == nil {
			break
		}
		ended++
		m.outcome, m.err = nil, m.ctx.Err()
		if m.err != nil {
			continue
		}
		number := loaded.state.Next + uint64(len(records)) // 0 once the numbers are exhausted
		var record *store.Record
		m.outcome, record, m.err = r.prepareSafely(m.ctx, p, m.write, tip, number)
		if record == nil {
			continue
		}
		if len(records) > 0 && size+len(record.Text) > b.room {
			ended-- // it is prepared again for the next commit
			break
		}
		records, last = append(records, *record), m
		size += len(record.Text)
		r.authors.add(record.Version, author{m.write.ClientID, approvalDigest(record.Approval)})
		tip = parsedStateOf(m.outcome.After)
	}
	if len(records) == 0 {
		return ended, nil
	}
	switch err := s.CompareAndSwap(ctx, loaded.state.Version, records); {
	case fault.Is(err, fault.TooLarge) && len(records) > 1:
		b.room = max(1, min(b.room, size)/2)
		return 0, errTooLarge
	case fault.Is(err, fault.TooLarge): // the writes behind it are prepared again, without it
		last.outcome, last.err = nil, err
		return slices.Index(b.members, last) + 1, nil
	case err != nil:
		return 0, err
	}
	tip.metadata = s.Metadata() // a realm's first commit makes its manifest
	for _, m := range b.members[:ended] {
		if m.outcome != nil && m.outcome.Changed {
			m.outcome.After.Metadata = tip.metadata
		}
	}
	r.keep(tip)
	return ended, nil
}

// maxSettling is how long a write waits for a text that was saved over one that is
// not TOML. It is longer than a store waits for such a text to be complete.
const maxSettling = 3 * time.Second

// waitSettled waits while a text that is not TOML has been replaced by another one
// that has no generation yet: the person's repair. Otherwise it returns the state as
// it is.
func (r *Runtime) waitSettled(ctx context.Context, s store.Store, loaded *parsedState) (*parsedState, error) {
	const pause = 20 * time.Millisecond
	for waited := time.Duration(0); loaded.syntax != nil && loaded.state.Pending && waited < maxSettling; waited += pause {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
		var err error
		if loaded, err = r.load(ctx, s); err != nil {
			return nil, err
		}
	}
	return loaded, nil
}

// prepareSafely is prepare, with a panic as an error: nothing was changed yet,
// so the panic concerns only this write.
func (r *Runtime) prepareSafely(ctx context.Context, p preparation, w Write, tip *parsedState, number uint64) (o *Outcome, record *store.Record, err error) {
	defer func() {
		if v := recover(); v != nil {
			o, record, err = nil, nil, fault.Recovered(v)
		}
	}()
	return r.prepare(ctx, p, w, tip, number)
}
