package file

import (
	"context"
	"errors"
	"math"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

// Record returns a committed generation's record.
func (s *Store) Record(ctx context.Context, generation uint64) (store.Record, error) {
	list, err := s.walk(ctx, generation, 1)
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
	from := uint64(math.MaxUint64)
	if before != 0 {
		from = before - 1
	}
	return s.walk(ctx, from, limit)
}

// walk collects at most limit records at or below a generation. It follows the
// parents down from the current version, because only the records on that way
// are committed. It reads only the files on the way, each once, and ends early
// when they are too long for one request.
func (s *Store) walk(ctx context.Context, from uint64, limit int) ([]store.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	newest := s.lastSeen()
	b := store.HistoryBudgetOf(ctx)
	v, err := s.readView(b)
	if err != nil {
		return nil, err
	}
	condition, err := s.classify(v, newest)
	if err != nil {
		return nil, err
	}
	if condition == clean && v.st.generation == 0 {
		return nil, nil // nothing has been committed yet
	}
	c, err := s.history.list()
	if err != nil {
		return nil, fault.FromOS("read "+historyName, err)
	}
	at, err := s.parentOf(v, c)
	var list []store.Record
	var file []store.Record // the records of the file that was read last
	if err == nil && condition == unrecorded && v.st.generation <= from && limit > 0 {
		before, _, err := s.history.below(b, c, v.st.generation)
		if err != nil {
			return nil, fault.FromOS("read "+historyName, err)
		}
		list = append(list, s.peerRecord(peerCommitOf(v), before.Version))
	}
	for err == nil && at.Generation > 0 && len(list) < limit {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var r store.Record
		if r, file, err = s.history.next(b, c, file, at.Generation); errors.Is(err, errSpent) && len(list) > 0 {
			return list, nil
		}
		if r.Generation == 0 || at.Digest != r.Digest && at.Digest != (store.Digest{}) {
			break // pruned, damaged, or a peer's that was never read
		}
		if r.Generation <= from {
			list = append(list, r.Clone())
		}
		if r.Parent.Generation >= r.Generation {
			break // no record that realmconf wrote says so
		}
		at = r.Parent
	}
	if err != nil {
		return nil, fault.FromOS("read "+historyName, err)
	}
	return list, nil
}
