package etcd

import (
	"context"
	"errors"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

// CompareAndSwap makes the records the next generations, in one transaction.
func (s *Store) CompareAndSwap(ctx context.Context, from store.Version, next []store.Record) error {
	return store.Unwritten(s.compareAndSwap(ctx, from, next))
}

// compareAndSwap is CompareAndSwap without the end of a fault's text. After a storage
// fault nothing was written.
func (s *Store) compareAndSwap(ctx context.Context, from store.Version, next []store.Record) error {
	if err := store.CheckBatch(from, next); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	base, err := s.lastView()
	if err != nil {
		return err
	}
	if base == nil || base.version != from {
		if base, err = s.reads.get(ctx); err != nil {
			return err
		}
	}
	if base.version != from || next[0].Generation != store.Successor(from.Generation) {
		return store.SwapConflict(from, base.version.Generation)
	}
	t, err := s.transaction(base, next)
	if err != nil {
		return err
	}
	last := next[len(next)-1]
	now := &view{version: last.Version, text: append([]byte{}, last.Text...), cluster: base.cluster}
	answer, err := s.client.write(ctx, t.encode())
	if errors.As(err, new(*uncertainError)) {
		return s.fence(context.WithoutCancel(ctx), base, now, next[0], err)
	}
	if err != nil {
		return s.explain(ctx, err, mayWrite)
	}
	var reply txnReply
	if err := reply.decode(answer); err != nil {
		return s.fence(context.WithoutCancel(ctx), base, now, next[0], err)
	}
	if !reply.succeeded {
		if base.isHead(&reply.found, s.keys) {
			return orphanFault(t.absent[0], from.Generation)
		}
		s.keepHead(base, &reply.found)
		return s.conflict(from, &reply.found)
	}
	now.modRevision, now.revision = reply.found.header.revision, reply.found.header.revision
	now.head, now.recordRevision = encodeHead(last.Version, last.CommitID), now.modRevision
	s.keep(now)
	s.pruneLater(last.Generation, len(next))
	return nil
}

// transaction returns the transaction of a commit on a view.
func (s *Store) transaction(base *view, next []store.Record) (transaction, error) {
	t := transaction{key: s.keys.head(), revision: base.modRevision, value: base.head}
	for _, r := range next {
		if r.Actor.Host == "" {
			r.Actor.Host = s.host()
		}
		value, err := encodeRecord(r)
		if err != nil {
			return t, fault.Of(err)
		}
		key := s.keys.generation(r.Generation)
		t.absent = append(t.absent, key)
		t.then = append(t.then, putOperation(key, value))
	}
	last := next[len(next)-1]
	t.then = append(t.then, putOperation(s.keys.head(), encodeHead(last.Version, last.CommitID)))
	if base.version.Generation == 0 {
		t.then = append(t.then, putOperation(s.keys.info(), encode(info{format})))
	}
	t.otherwise = []operation{rangeOperation(rangeRequest{key: s.keys.head()})}
	return t, nil
}

// keepHead makes the head that a conflict has found the condition of the next commit, if
// its version is that of the view: else the next commit could have the same conflict.
func (s *Store) keepHead(base *view, found *rangeReply) {
	kv, ok := found.find(s.keys.head())
	if !ok {
		return
	}
	if v, err := decodeHead(kv.value); err == nil && v == base.version {
		now := *base
		now.modRevision, now.head, now.revision = kv.modRevision, kv.value, found.header.revision
		s.keepInstead(base, &now)
	}
}

// conflict returns the conflict of a commit that came after another one.
func (s *Store) conflict(from store.Version, found *rangeReply) error {
	current := uint64(0)
	if kv, ok := found.find(s.keys.head()); ok {
		v, err := decodeHead(kv.value)
		if err != nil {
			return damagedFault(kv.key, err)
		}
		current = v.Generation
	}
	return store.SwapConflict(from, current)
}
