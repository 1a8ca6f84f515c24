package mirror

import (
	"context"
	"iter"

	"realmconf/runtime/document"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

// base is a text that both sides contain.
type base struct {
	state  baseState
	digest store.Digest
	doc    *document.Document // nil if the text is not TOML, or not known
	local  store.Version      // the local version that contains it
	shared store.Version      // the shared version that contains it
}

// baseState is how far a base can be relied on.
type baseState int

const (
	baseKnown  baseState = iota
	basePruned           // the shared history does not have its generation any more
	baseGone             // the shared history has another text under its number, or has not come so far
)

func newBase(local, shared sideState) *base {
	return &base{digest: local.state.Version.Digest, doc: local.doc, local: local.state.Version, shared: shared.state.Version}
}

func (b *base) tree() tree.Object {
	if b.doc == nil {
		return nil
	}
	return b.doc.Tree()
}

// refreshBase checks the base that is known, and finds it in the histories if it does
// not hold any more, or none is known.
func (m *Mirror) refreshBase(ctx context.Context, local, shared sideState) error {
	if shared.state.Version.Generation < m.seen.Generation {
		m.base = &base{state: baseGone}
		return nil
	}
	m.seen = shared.state.Version
	if !local.exists() || local.state.Version.Digest == shared.state.Version.Digest {
		m.base = nil
		return nil
	}
	if m.base != nil && m.base.state == baseKnown {
		holds, err := m.holds(ctx, m.base, local, shared)
		if err != nil || holds {
			return err
		}
	}
	found, err := m.findBase(ctx, local, shared)
	if err != nil {
		found = nil // it may lack its text
	}
	m.base = found
	return err
}

// holds reports whether both sides still descend from a base: no program has written
// over its generation, and neither history was replaced by an earlier one.
func (m *Mirror) holds(ctx context.Context, b *base, local, shared sideState) (bool, error) {
	for _, s := range []struct {
		side    Side
		store   store.Store
		current store.Version
		want    store.Version
	}{
		{Local, m.options.Local, local.state.Version, b.local},
		{Shared, m.options.Shared, shared.state.Version, b.shared},
	} {
		if s.current == s.want {
			continue
		}
		if s.current.Generation <= s.want.Generation {
			return false, nil
		}
		r, err := s.store.Record(ctx, s.want.Generation)
		switch {
		case fault.Is(err, fault.NotFound): // pruned meanwhile
		case err != nil:
			return false, onSide(s.side, err)
		case r.Digest != s.want.Digest, r.Superseded:
			return false, nil
		}
	}
	return true, nil
}

// findBase finds the last base in the two histories: a local record
// that names a version of shared, or one of shared that names a version of local,
// whichever is later. A name counts only if the other history has that version.
//
// If no record names one, because both sides had been alike when they met, the last text
// that both histories have is the base.
func (m *Mirror) findBase(ctx context.Context, local, shared sideState) (*base, error) {
	h, err := m.readHistory(ctx)
	if err != nil {
		return nil, err
	}
	pulled, err := m.lastPull(ctx, h, shared)
	if err != nil {
		return nil, err
	}
	if pulled != nil && pulled.state == baseGone {
		return pulled, nil
	}
	sent, err := m.lastPush(ctx, h, pulled)
	if err != nil {
		return nil, err
	}
	found := pulled
	if sent != nil {
		found = sent
	}
	if found == nil {
		if found, err = m.lastCommonText(ctx, h); err == nil && found == nil {
			found, err = m.loadBase(ctx, local, shared)
		}
		if err != nil || found == nil || found.state == baseGone {
			return found, err
		}
	}
	if found.state == basePruned && (!m.options.Push || found.digest == local.state.Version.Digest) {
		found.state = baseKnown // nothing is written that the local history alone decides
	}
	return found, m.readText(ctx, found)
}

// readText reads the text of a base.
func (m *Mirror) readText(ctx context.Context, b *base) error {
	s, side, version := m.options.Local, Local, b.local
	if b.digest != b.local.Digest {
		s, side, version = m.options.Shared, Shared, b.shared
	}
	r, err := s.Record(ctx, version.Generation)
	if fault.Is(err, fault.NotFound) && side == Local && b.digest == b.shared.Digest { // the other side has it, too
		side = Shared
		r, err = m.options.Shared.Record(ctx, b.shared.Generation)
	}
	if fault.Is(err, fault.NotFound) {
		b.state = basePruned
		return nil
	}
	if err != nil {
		return onSide(side, err)
	}
	b.doc, _ = document.Parse(r.Text)
	return nil
}

// lastPull returns the base of the last local record that names a version of shared.
func (m *Mirror) lastPull(ctx context.Context, h *localHistory, shared sideState) (*base, error) {
	for _, r := range h.records {
		if r.Mirrors == nil || r.Superseded {
			continue
		}
		b := &base{digest: r.Mirrors.Digest, local: r.Version, shared: *r.Mirrors}
		if b.shared == shared.state.Version {
			return b, nil
		}
		if b.shared.Generation >= shared.state.Version.Generation {
			b.state = baseGone
			return b, nil
		}
		if err := m.findShared(ctx, b); err != nil {
			return nil, err
		}
		return b, nil
	}
	return nil, nil
}

// findShared sets the state of a base by what the history of shared has of its version.
func (m *Mirror) findShared(ctx context.Context, b *base) error {
	there, err := m.options.Shared.Record(ctx, b.shared.Generation)
	switch {
	case fault.Is(err, fault.NotFound):
		b.state = basePruned
	case err != nil:
		return onSide(Shared, err)
	case there.Version != b.shared:
		b.state = baseGone
	}
	return nil
}

// lastPush returns the base of the last record of shared, after the last pull, that
// names a version that the local history has.
func (m *Mirror) lastPush(ctx context.Context, h *localHistory, pulled *base) (*base, error) {
	for r, err := range heads(ctx, m.options.Shared) {
		if err != nil {
			return nil, onSide(Shared, err)
		}
		if pulled != nil && r.Generation <= pulled.shared.Generation {
			return nil, nil
		}
		if r.Mirrors == nil || r.Superseded || !h.has(*r.Mirrors) || pulled != nil && r.Mirrors.Generation < pulled.local.Generation {
			continue
		}
		return &base{digest: r.Mirrors.Digest, local: *r.Mirrors, shared: r.Version}, nil
	}
	return nil, nil
}

// lastCommonText returns the newest text that both histories have, unless another one
// that both have is newer on one side and older on the other.
func (m *Mirror) lastCommonText(ctx context.Context, h *localHistory) (*base, error) {
	var newest *base
	for r, err := range heads(ctx, m.options.Shared) {
		if err != nil {
			return nil, onSide(Shared, err)
		}
		local, has := h.newest[r.Digest]
		switch {
		case !has || r.Superseded || r.Digest == store.Empty().Digest:
		case newest == nil:
			newest = &base{digest: r.Digest, local: local, shared: r.Version}
		case local.Generation > newest.local.Generation:
			return nil, nil
		}
	}
	return newest, nil
}

// heads returns the records of a store without their texts, the newest first. It reads
// a page at a time, and ends with the first error.
func heads(ctx context.Context, s store.Store) iter.Seq2[store.Record, error] {
	return func(yield func(store.Record, error) bool) {
		for before := uint64(0); ; {
			list, err := s.ListHeads(ctx, before, pageSize)
			if err != nil {
				yield(store.Record{}, err)
				return
			}
			for _, r := range list {
				before = r.Generation
				if !yield(r, nil) {
					return
				}
			}
			if len(list) == 0 || before <= 1 {
				return
			}
		}
	}
}

const (
	pageSize   = 64
	maxHistory = 2048 // how many records of the local history are read
)

// localHistory is the local history without its texts.
type localHistory struct {
	records []store.Record // newest first
	newest  map[store.Digest]store.Version
	kept    map[store.Version]bool
}

// has reports whether a version was committed and not written over.
func (h *localHistory) has(v store.Version) bool { return h.kept[v] }

// readHistory reads the newest records of the local history, also those that are not kept.
func (m *Mirror) readHistory(ctx context.Context) (*localHistory, error) {
	h := &localHistory{newest: make(map[store.Digest]store.Version), kept: make(map[store.Version]bool)}
	read := 0
	for r, err := range heads(ctx, m.options.Local) {
		if err != nil {
			return nil, onSide(Local, err)
		}
		if !r.Superseded {
			h.records = append(h.records, r)
			h.kept[r.Version] = true
			if _, has := h.newest[r.Digest]; !has {
				h.newest[r.Digest] = r.Version
			}
		}
		if read++; read == maxHistory {
			break
		}
	}
	return h, nil
}
