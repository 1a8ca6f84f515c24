package file

import (
	"context"
	"errors"
	"math"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
)

// maxListed is how long the texts of one list are together: the list ends with the
// text that exceeds it.
const maxListed = 16 << 20

// maxPassed is how much is read of the history, in bytes as a store.HistoryBudget
// counts them, before a walk comes to the records that it is to return: the beginnings
// of 2,048 files.
const maxPassed = 8 << 20

// Record returns a committed generation's record.
func (s *Store) Record(ctx context.Context, generation uint64) (store.Record, error) {
	list, err := s.walk(ctx, generation, 1, withTexts)
	if err != nil {
		return store.Record{}, err
	}
	if len(list) == 0 || list[0].Generation != generation {
		return store.Record{}, fault.New(fault.NotFound, "generation %d is not in the history: list the history for those that are", generation)
	}
	return list[0], nil
}

// List returns committed records, newest first.
func (s *Store) List(ctx context.Context, before uint64, limit int) ([]store.Record, error) {
	return s.walk(ctx, newestBelow(before), limit, withTexts)
}

// ListHeads is List without the texts.
func (s *Store) ListHeads(ctx context.Context, before uint64, limit int) ([]store.Record, error) {
	return s.walk(ctx, newestBelow(before), limit, withoutTexts)
}

// newestBelow returns the highest generation that a list may have.
func newestBelow(before uint64) uint64 {
	if before == 0 {
		return math.MaxUint64
	}
	return before - 1
}

// listContent says whether the records of a list have their texts.
type listContent bool

const (
	withTexts    listContent = true
	withoutTexts listContent = false
)

// walk collects at most limit records at or below a generation, the highest first.
// It follows the parents down from the current version, and from each version that
// a record on the way supersedes: only those records have been current. It reads
// only the files on the way, and of those above the generation only their beginnings,
// and ends early when the files or the texts are too long.
func (s *Store) walk(ctx context.Context, from uint64, limit int, content listContent) ([]store.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	disk.Begin(s.fs)
	defer disk.End(s.fs)
	newest := s.lastSeen()
	b := store.HistoryBudgetOf(ctx)
	v, err := s.readView(ctx, b)
	if err != nil {
		return nil, err
	}
	condition, err := s.classify(v, newest)
	if err != nil {
		return nil, err
	}
	if condition == clean && v.state.generation == 0 {
		return nil, nil // nothing has been committed yet
	}
	c, err := s.history.list()
	if err != nil {
		return nil, fault.FromOS("read "+historyName, err)
	}
	var list []store.Record
	if condition == unrecorded && v.state.generation <= from && limit > 0 {
		before, _, err := s.history.below(b, c, v.state.generation)
		if err != nil {
			return nil, fault.FromOS("read "+historyName, err)
		}
		list = append(list, s.peerRecord(peerCommitOf(v), before.Version))
		if content == withoutTexts {
			list[0].Text = nil
		}
	}
	w := ancestry{history: s.history, budget: b, passing: b.Part(maxPassed), catalog: c, from: from, below: math.MaxUint64}
	at, err := s.parentOf(v, c)
	if err == nil {
		err = w.add(at, false)
	}
	if err == nil {
		err = w.pass(ctx)
	}
	if errors.Is(err, errSpent) {
		err = w.restart()
	}
	for length := 0; err == nil && len(list) < limit && length < maxListed; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var r store.Record
		if r, err = w.next(); r.Generation == 0 {
			break
		}
		if r.Generation <= from {
			if content == withoutTexts {
				r.Text = nil
			}
			list = append(list, r.Clone())
			length += len(r.Text)
		}
	}
	if errors.Is(err, errSpent) && len(list) > 0 {
		return list, nil
	}
	if err != nil {
		return nil, fault.FromOS("read "+historyName, err)
	}
	return list, nil
}
