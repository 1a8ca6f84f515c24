package etcd

import (
	"context"
	"time"
)

const (
	// pruneEvery is after how many generations the history is pruned.
	pruneEvery = 16
	// pruneAge is how old a record must be before it is removed: a fence may still look
	// for it. A wrong clock does no harm, because a fence knows that records are pruned.
	pruneAge = time.Minute
)

// pruneLater prunes the history in the background, after a commit of some generations
// that ends with one.
func (s *Store) pruneLater(generation uint64, made int) {
	keep := s.options.keep()
	if keep == 0 || generation <= keep || generation%pruneEvery >= uint64(made) {
		return
	}
	s.background.Go(func() {
		ctx, cancel := context.WithTimeout(s.stopped, callTimeout)
		defer cancel()
		_ = s.prune(ctx, generation-keep, time.Now()) // the next one removes what this one left
	})
}

// prune removes the records up to a generation but for those that are too young. It goes
// back in steps that double, until one is old enough, because the records of a realm that
// is written often are all young near the limit.
func (s *Store) prune(ctx context.Context, last uint64, now time.Time) error {
	for step := uint64(1); ; step *= 2 {
		r, err := s.Record(ctx, last)
		if err == nil && now.Sub(r.Time) >= pruneAge {
			break
		}
		if err != nil && !isDamaged(err) { // not found: there are no older ones
			return err
		}
		if last <= step {
			return nil
		}
		last -= step
	}
	_, err := s.client.read(ctx, methodDeleteRange, deleteRequest(s.keys.generation(0), s.keys.generation(last+1)))
	return err
}
