package etcd

import (
	"context"
	"slices"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

const (
	// pageSize is how many records one call reads: their texts may be long.
	pageSize = 16
	// maxListed is how long the texts of one list are together: the list ends with the
	// text that exceeds it.
	maxListed = 16 << 20
)

// Record returns one generation's record.
func (s *Store) Record(ctx context.Context, generation uint64) (store.Record, error) {
	if err := ctx.Err(); err != nil {
		return store.Record{}, err
	}
	key := s.keys.generation(generation)
	r, err := s.getRange(ctx, rangeRequest{key: key})
	if err != nil {
		return store.Record{}, s.explain(ctx, err, mayRead)
	}
	kv, ok := r.find(key)
	if !ok {
		return store.Record{}, fault.New(fault.NotFound, "generation %d is not in the history: list the history for those that are", generation)
	}
	record, err := decodeRecord(generation, kv.value)
	if err != nil {
		return store.Record{}, damagedFault(key, err)
	}
	return record, nil
}

// List returns records, newest first.
func (s *Store) List(ctx context.Context, before uint64, limit int) ([]store.Record, error) {
	var list []store.Record
	length := 0
	err := s.walk(ctx, before, limit, ignoreDamage, func(r store.Record) bool {
		list = append(list, r)
		length += len(r.Text)
		return length < maxListed
	})
	return list, err
}

// ListHeads returns records without their texts, newest first.
func (s *Store) ListHeads(ctx context.Context, before uint64, limit int) ([]store.Record, error) {
	var list []store.Record
	err := s.walk(ctx, before, limit, ignoreDamage, func(r store.Record) bool {
		r.Text = nil
		list = append(list, r)
		return true
	})
	return list, err
}

// ignoreDamage is for lists, which have the records that can be read, as those of a
// directory do. Inspect names the others.
func ignoreDamage(string) {}

// newestBelow returns the number after that of the newest record below a generation, or 0
// if there is none.
func (s *Store) newestBelow(ctx context.Context, generation uint64) (uint64, error) {
	r, err := s.getRange(ctx, rangeRequest{key: s.keys.generation(0), end: s.keys.generation(generation), limit: 1, keysOnly: true, newest: true})
	if err != nil || len(r.kvs) == 0 {
		return 0, err
	}
	n, _ := s.keys.generationOf(r.kvs[0].key)
	return n + 1, nil
}

// walk visits at most limit records below before, the newest first, until visit returns
// false. It calls damaged with the key of each one that is not realmconf's. The keys of
// a page follow from the numbers, which have no gaps in a history that is not damaged; a
// list that etcd sorts would read the whole history.
func (s *Store) walk(ctx context.Context, before uint64, limit int, damaged func(key string), visit func(store.Record) bool) error {
	v, err := s.reads.get(ctx)
	if err != nil {
		return err
	}
	if end := v.version.Generation + 1; before == 0 || before > end {
		before = end
	}
	budget := store.HistoryBudgetOf(ctx)
	for visited := 0; visited < limit && before > 1; {
		first := max(1, before-min(before, uint64(min(pageSize, limit-visited))))
		r, err := s.getRange(ctx, rangeRequest{key: s.keys.generation(first), end: s.keys.generation(before)})
		if err != nil {
			return s.explain(ctx, err, mayRead)
		}
		if len(r.kvs) == 0 { // those below were pruned, or these are missing
			if before, err = s.newestBelow(ctx, first); err != nil {
				return s.explain(ctx, err, mayRead)
			}
			continue
		}
		for _, kv := range slices.Backward(r.kvs) {
			if !budget.Spend(int64(len(kv.value))) {
				if visited > 0 {
					return nil
				}
				return storageFault(fault.Full, "the history holds more than is read for one request, which is %d MiB: ask for fewer generations", store.MaxHistoryRead>>20)
			}
			n, _ := s.keys.generationOf(kv.key)
			record, err := decodeRecord(n, kv.value)
			if err != nil {
				damaged(kv.key)
				continue
			}
			if visited++; !visit(record) {
				return nil
			}
		}
		before = first
	}
	return nil
}
