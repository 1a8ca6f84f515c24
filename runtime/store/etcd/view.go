package etcd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/etcd/internal/grpc"
)

// view is the realm at one revision of the database.
type view struct {
	version        store.Version
	text           []byte
	modRevision    int64  // of the head's key: with head, the condition of the next commit; 0 if there is none
	head           []byte // the value of the head's key
	recordRevision int64  // the revision that wrote the record; 0 at generation 0
	revision       int64  // of the database when it was read: a watch begins after it
	cluster        uint64
}

// maxRereads is how often a view is read again whose text was removed meanwhile.
const maxRereads = 8

// Load returns the current text and its version.
func (s *Store) Load(ctx context.Context) (store.State, error) {
	v, err := s.reads.get(ctx)
	if err != nil {
		return store.State{}, err
	}
	return store.State{Text: v.text, Version: v.version, Next: store.Successor(v.version.Generation)}, nil
}

// Observe is Load: no program changes a realm without a store.
func (s *Store) Observe(ctx context.Context) (store.State, error) { return s.Load(ctx) }

// readView reads the head, and the text if that is another one.
func (s *Store) readView(ctx context.Context) (*view, error) {
	last, gone := s.lastView()
	if gone != nil {
		return nil, gone
	}
	for range maxRereads {
		now, err := s.readHead(ctx, last)
		if err != nil {
			return nil, err
		}
		if now.version.Generation == 0 {
			err = s.checkOrphans(ctx, now)
		} else {
			err = s.readText(ctx, now, last)
		}
		if grpc.CodeOf(err) == grpc.OutOfRange {
			continue // the revision was compacted
		}
		if err != nil {
			return nil, s.explain(ctx, err, mayRead)
		}
		s.keep(now)
		return now, nil
	}
	return nil, fault.New(fault.Busy, "the realm is being changed over and over: nothing was read; try again")
}

// readHead reads the head's key. A realm that is older than the last view is not the same.
func (s *Store) readHead(ctx context.Context, last *view) (*view, error) {
	r, err := s.getRange(ctx, rangeRequest{key: s.keys.head()})
	if err != nil {
		return nil, s.explain(ctx, err, mayRead)
	}
	now := &view{version: store.Empty(), revision: r.header.revision, cluster: r.header.cluster}
	if kv, ok := r.find(s.keys.head()); ok {
		now.modRevision, now.head = kv.modRevision, kv.value
		if now.version, err = decodeHead(kv.value); err != nil {
			return nil, damagedFault(kv.key, err)
		}
	}
	if refusal := checkSuccession(last, now); refusal != "" {
		return nil, s.lose(refusal)
	}
	if last == nil && now.modRevision > 0 {
		return now, s.checkFormat(ctx)
	}
	return now, nil
}

// isHead reports whether the head among the keys that were found is that of the view.
func (v *view) isHead(found *rangeReply, k keys) bool {
	kv, _ := found.find(k.head())
	return kv.modRevision == v.modRevision && bytes.Equal(kv.value, v.head)
}

// checkOrphans refuses a realm that does not exist, and has records: a commit would begin
// its history anew.
func (s *Store) checkOrphans(ctx context.Context, now *view) error {
	r, err := s.getRange(ctx, rangeRequest{key: s.keys.generation(0), end: s.keys.head(), limit: 1, revision: now.revision, keysOnly: true})
	if err == nil && len(r.kvs) > 0 {
		err = orphanFault(r.kvs[0].key, 0)
	}
	return err
}

// checkSuccession refuses a view that cannot follow from the last one.
func checkSuccession(last, now *view) (refusal string) {
	switch {
	case last == nil:
		return ""
	case now.cluster != last.cluster:
		return "another cluster answers than before"
	case now.version.Generation < last.version.Generation:
		return fmt.Sprintf("the realm was at generation %d, and is at %d", last.version.Generation, now.version.Generation)
	case now.version.Generation == last.version.Generation && now.version != last.version:
		return fmt.Sprintf("generation %d has another content than before", now.version.Generation)
	}
	return ""
}

// checkAncestor refuses a view whose history has another record for the generation of the
// last view: a backup was restored, and other commits have passed that generation. If the
// record was pruned, the view is not refused. The record's text is not read.
func (s *Store) checkAncestor(ctx context.Context, now, last *view) error {
	if last == nil || last.recordRevision == 0 {
		return nil
	}
	key := s.keys.generation(last.version.Generation)
	r, err := s.getRange(ctx, rangeRequest{key: key, revision: now.revision, keysOnly: true})
	if err != nil {
		return err
	}
	if kv, ok := r.find(key); ok && kv.modRevision != last.recordRevision {
		return s.lose(fmt.Sprintf("generation %d is not the one that was read before", last.version.Generation))
	}
	return nil
}

// lose returns the fault of a realm that is gone, and makes it the answer of all later
// calls: a realm that was restored must not be taken for the one before when it has come
// as far.
func (s *Store) lose(refusal string) *fault.Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gone = refusal
	return goneFault(refusal)
}

// checkFormat refuses a realm of a later version of the keys.
func (s *Store) checkFormat(ctx context.Context) error {
	r, err := s.getRange(ctx, rangeRequest{key: s.keys.info()})
	if err != nil {
		return s.explain(ctx, err, mayRead)
	}
	kv, ok := r.find(s.keys.info())
	if !ok {
		return nil // a fence has made the head of a realm that does not exist yet
	}
	var i info
	if err := json.Unmarshal(kv.value, &i); err != nil {
		return damagedFault(kv.key, err)
	}
	if i.Format > format {
		return storageFault(fault.IO, "the realm was made by a later version of realmconf (format %d): use that version", i.Format)
	}
	return nil
}

// readText completes a view with its text. It reads nothing if the last view has the
// same version.
func (s *Store) readText(ctx context.Context, now, last *view) error {
	if last != nil && last.version == now.version {
		now.text, now.recordRevision = last.text, last.recordRevision
		return nil
	}
	if err := s.checkAncestor(ctx, now, last); err != nil {
		return err
	}
	key := s.keys.generation(now.version.Generation)
	r, err := s.getRange(ctx, rangeRequest{key: key, revision: now.revision})
	if err != nil {
		return err
	}
	kv, ok := r.find(key)
	if !ok {
		return damagedFault(key, errors.New("the key of the current generation does not exist"))
	}
	record, err := decodeRecord(now.version.Generation, kv.value)
	if err == nil && record.Version != now.version {
		err = errors.New("the digest is not that of the head")
	}
	if err != nil {
		return damagedFault(key, err)
	}
	now.text, now.recordRevision = record.Text, kv.modRevision
	return nil
}

// getRange makes a Range call.
func (s *Store) getRange(ctx context.Context, request rangeRequest) (*rangeReply, error) {
	answer, err := s.client.read(ctx, methodRange, request.encode())
	if err != nil {
		return nil, err
	}
	var r rangeReply
	return &r, r.decode(answer)
}

// lastView returns the newest view, nil before the first one, and the fault of a realm
// that is gone.
func (s *Store) lastView() (*view, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gone != "" {
		return nil, goneFault(s.gone)
	}
	return s.last, nil
}

// keep keeps a view, unless a newer one was kept meanwhile.
func (s *Store) keep(v *view) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == nil || s.last.modRevision <= v.modRevision {
		s.last = v
	}
}

// keepInstead keeps a view in place of another one, although its head may have a lower
// revision: an older backup was restored.
func (s *Store) keepInstead(last, v *view) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == last {
		s.last = v
	}
}
