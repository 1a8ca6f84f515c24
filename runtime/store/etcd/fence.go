package etcd

import (
	"context"
	"errors"
	"time"

	"realmconf/runtime/store"
)

// fencePatience is how long a fence is tried: longer than an election of etcd takes.
const fencePatience = 8 * time.Second

// fence finds out what became of a commit whose answer was lost. The commit may also be
// on its way still, and be carried out later. So the fence writes the head again as it
// was, on the same condition as the commit, and else reads:
//
//	the fence's condition held  ─→ the commit's can never hold again: it was not made
//	record N has our commit's id ─→ it was made
//	record N is another's        ─→ it was not made
//	no record N, head below N    ─→ it was not made: another fence was first
//	no record N, head at N or above ─→ unknown: the record was pruned
//
// N is the first generation of the commit.
func (s *Store) fence(ctx context.Context, base, now *view, first store.Record, cause error) error {
	ctx, cancel := context.WithTimeout(ctx, fencePatience)
	defer cancel()
	key := s.keys.generation(first.Generation)
	t := transaction{
		key: s.keys.head(), revision: base.modRevision, value: base.head,
		then: []operation{putOperation(s.keys.head(), encodeHead(base.version, ""))},
		otherwise: []operation{
			rangeOperation(rangeRequest{key: s.keys.head()}),
			rangeOperation(rangeRequest{key: key}),
		},
	}
	var reply txnReply
	for {
		answer, err := s.client.call(ctx, methodTxn, t.encode(), mayRepeat, tryTimeout)
		if err == nil {
			if err = reply.decode(answer); err != nil {
				return unknownFault(err)
			}
			break
		}
		select {
		case <-time.After(retryPause):
		case <-ctx.Done():
			return unknownFault(errors.Join(cause, err))
		}
	}
	if reply.succeeded {
		return store.SwapConflict(base.version, base.version.Generation)
	}
	if kv, ok := reply.found.find(key); ok {
		r, err := decodeRecord(first.Generation, kv.value)
		if err != nil {
			return damagedFault(key, err)
		}
		if r.CommitID == first.CommitID && r.Version == first.Version {
			now.recordRevision = kv.modRevision
			return s.foundCommitted(now, &reply.found)
		}
		return s.conflict(base.version, &reply.found)
	}
	err := s.conflict(base.version, &reply.found)
	if head, ok := headIn(&reply.found, s.keys); ok && head.Generation < first.Generation {
		return err
	}
	return unknownFault(cause)
}

// headIn returns the version of the head among the keys that were found.
func headIn(found *rangeReply, k keys) (store.Version, bool) {
	kv, ok := found.find(k.head())
	if !ok {
		return store.Version{}, false
	}
	v, err := decodeHead(kv.value)
	return v, err == nil
}

// foundCommitted is the success of a commit that a fence has found. If it is current, it
// is the last view.
func (s *Store) foundCommitted(now *view, found *rangeReply) error {
	kv, ok := found.find(s.keys.head())
	if v, err := decodeHead(kv.value); ok && err == nil && v == now.version {
		now.modRevision, now.head, now.revision = kv.modRevision, kv.value, found.header.revision
		s.keep(now)
	}
	return nil
}
