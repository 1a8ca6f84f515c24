package runtime

import (
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

const (
	maxBatch      = 64      // writes that share one commit
	maxBatchBytes = 4 << 20 // of text in one commit, unless its first text alone is longer
	maxAttempts   = 64      // of one batch; each failed one means that another program made progress
)

// commit makes one commit of a batch, and gives each of the members that it
// ends an outcome or an error:
//
//	load ─→ prepare member 1 ─→ prepare member 2 ─→ … ─→ compare-and-swap ─→ answer all
//	  ↑        │ refused, or no change: the running content stays              │
//	  └────────┴─────────── another program committed first: start again ──────┘
//
// Each member is prepared on the result of the members before it. Its answer may
// therefore depend on theirs, also if it is a refusal, and no member is answered
// before the commit is durable.
func (r *Runtime) commit(b *batch) (ended int) {
	ended, err := r.attempt(b)
	for n := 1; fault.Is(err, fault.GenerationConflict) && n < maxAttempts; n++ {
		b.halve()
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

// attempt prepares the first members of a batch on the current content, and
// commits them. An error concerns all members alike.
func (r *Runtime) attempt(b *batch) (ended int, err error) {
	ctx := b.ctx
	s, base, err := r.current(ctx)
	if err != nil {
		return 0, err
	}
	p, err := newPreparation(ctx, s)
	if err != nil {
		return 0, err
	}
	running := base
	var records []store.Record
	for size := 0; size <= maxBatchBytes; {
		m := b.member(ended)
		if m == nil {
			break
		}
		ended++
		m.outcome, m.err = nil, m.ctx.Err()
		if m.err != nil {
			continue
		}
		number := base.state.Next + uint64(len(records)) // 0 once the numbers are exhausted
		var record *store.Record
		m.outcome, record, m.err = r.prepareSafely(p, m.write, running, number)
		if record == nil {
			continue
		}
		records = append(records, *record)
		size += len(record.Text)
		r.authors.add(record.Version, m.write.ClientID)
		running = parsedStateOf(m.outcome.After)
	}
	if len(records) == 0 {
		return ended, nil
	}
	if err := s.CompareAndSwap(ctx, base.state.Version, records); err != nil {
		return 0, err
	}
	running.metadata = s.Metadata() // a realm's first commit makes its manifest
	for _, m := range b.members[:ended] {
		if m.outcome != nil && m.outcome.Changed {
			m.outcome.After.Metadata = running.metadata
		}
	}
	r.keep(running)
	return ended, nil
}

// prepareSafely is prepare, with a panic as an error: nothing was changed yet,
// so the panic concerns only this write.
func (r *Runtime) prepareSafely(p preparation, w Write, current *parsedState, number uint64) (o *Outcome, record *store.Record, err error) {
	defer func() {
		if v := recover(); v != nil {
			o, record, err = nil, nil, fault.Recovered(v)
		}
	}()
	return r.prepare(p, w, current, number)
}
