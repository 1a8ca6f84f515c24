package mirror

import (
	"context"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
)

// superseding is a store in which a program has written over a generation.
type superseding struct {
	*memory.Store
	superseded uint64
}

func (s *superseding) Record(ctx context.Context, generation uint64) (store.Record, error) {
	r, err := s.Store.Record(ctx, generation)
	r.Superseded = generation == s.superseded
	return r, err
}

func (s *superseding) ListHeads(ctx context.Context, before uint64, limit int) ([]store.Record, error) {
	list, err := s.Store.ListHeads(ctx, before, limit)
	for i := range list {
		list[i].Superseded = list[i].Generation == s.superseded
	}
	return list, err
}

// faulty is a store whose calls fail when fail says so. A commit that fails may have
// been made.
type faulty struct {
	store.Store
	fail func(call string) (failure error, applied bool)
}

func (s *faulty) Load(ctx context.Context) (store.State, error) {
	if err, _ := s.fail("load"); err != nil {
		return store.State{}, err
	}
	return s.Store.Load(ctx)
}

func (s *faulty) Record(ctx context.Context, generation uint64) (store.Record, error) {
	if err, _ := s.fail("record"); err != nil {
		return store.Record{}, err
	}
	return s.Store.Record(ctx, generation)
}

func (s *faulty) ListHeads(ctx context.Context, before uint64, limit int) ([]store.Record, error) {
	if err, _ := s.fail("list"); err != nil {
		return nil, err
	}
	return s.Store.ListHeads(ctx, before, limit)
}

func (s *faulty) CompareAndSwap(ctx context.Context, from store.Version, next []store.Record) error {
	failure, applied := s.fail("commit")
	if failure != nil && !applied {
		return failure
	}
	if err := s.Store.CompareAndSwap(ctx, from, next); err != nil {
		return err
	}
	return failure
}

func unreachable() error {
	return fault.New(fault.Storage, "no server answers at host:1: start it").With("op", "ask").With("reason", fault.Unreachable)
}

func outcomeUnknown() error {
	return fault.New(fault.OutcomeUnknown, "the answer was lost: load again")
}
