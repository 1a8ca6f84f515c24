package realm

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
	"realmconf/runtime/store/file"
	"realmconf/schema/meerkat/realmid"
)

const (
	// maxRelatives is how many other realms a store remembers, and maxRelativeBytes how
	// long their texts may be together. A judgement of an effect reads all that are
	// listed: the next one looks only whether they have changed.
	maxRelatives     = MaxListed + 24
	maxRelativeBytes = 8 << 20
)

// MaxListed is how many entries of a state root are listed.
const MaxListed = 1000

// relatives are the other realms of a state root that were read.
type relatives struct {
	location *Location

	mu    sync.Mutex // protects the fields below
	known map[string]*relative
	bytes int // of the texts that the known ones remember
}

// Relative returns another realm of the same state root, for reading only. The
// realm global is the user's own, wherever the others are.
func (s *realmStore) Relative(id string) (store.Relative, error) { return s.relatives.get(id) }

func (r *relatives) get(id string) (*relative, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if known := r.known[id]; known != nil {
		return known, nil
	}
	other, err := r.location.Relative(id)
	if err != nil {
		return nil, err
	}
	if r.known == nil || len(r.known) >= maxRelatives || r.bytes > maxRelativeBytes {
		r.known, r.bytes = make(map[string]*relative), 0
	}
	one := other.(*relative)
	one.onRead = func(before, now int) { r.count(one, now-before) }
	r.known[id] = one
	return one, nil
}

// count adds to the length of the texts, if the realm that has read one is still known.
func (r *relatives) count(one *relative, more int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known[one.location.ID] == one {
		r.bytes += more
	}
}

// Relative returns another realm of the same state root, for reading only. It opens
// no file.
func (l *Location) Relative(id string) (store.Relative, error) {
	if err := checkRelativeID(l.ID, id); err != nil {
		return nil, err
	}
	other, err := l.inRoot(id)
	if err != nil {
		return nil, err
	}
	return &relative{location: other, files: file.Open(fileOptions(other, 0))}, nil
}

// checkRelativeID refuses the name of a realm's parent that cannot be a realm's.
func checkRelativeID(id, relative string) error {
	if !realmid.IsSlug(relative) || len(relative) > realmid.MaxLength {
		return fault.New(fault.InvalidConfig, "realm %q names %q, which is no realm id: correct the parent", fault.Clip(id), fault.Clip(relative))
	}
	return nil
}

// Names returns the ids of the realms in the state root, and global.
func (s *realmStore) Names(ctx context.Context) (ids []string, more bool, err error) {
	return s.location.realmIDs(ctx)
}

// IsGenerated reports whether the realm is an isolated one, whose id is random.
func (s *realmStore) IsGenerated() bool { return s.location.IDSource == Generated }

// realmIDs returns the ids of the realms in the state root that have a
// config.toml, and global if it has one, sorted. The id of a directory is that of
// its manifest, or else the directory's name. more reports that the state root has more
// entries than are looked at.
func (l *Location) realmIDs(ctx context.Context) (ids []string, more bool, err error) {
	dirs, err := l.disk().ReadDir(l.StateRoot)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, false, accessFault(l.ID, "list realms", err)
	}
	slices.Sort(dirs)
	for _, dir := range append(dirs[:min(MaxListed, len(dirs))], realmid.Global) {
		if ctx.Err() != nil {
			return nil, false, fault.Of(ctx.Err())
		}
		id := dir
		if m, err := readManifest(l.disk(), filepath.Join(l.StateRoot, dir, manifestName)); err == nil && m != nil && dirName(m.RealmID) == dir {
			id = m.RealmID
		}
		disk.CloseIdle(l.disk()) // each manifest is in another directory
		if !realmid.IsSlug(id) || len(id) > realmid.MaxLength || id == realmid.EnvDefault {
			continue
		}
		other, err := l.inRoot(id)
		if err != nil {
			continue
		}
		if _, err := other.disk().Lstat(other.ConfigPath); err == nil {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), len(dirs) > MaxListed, nil
}

// relative is a realm that is read on behalf of another one. Like Meerkat, it does
// not look at the manifest: two ids with the same directory are one document.
type relative struct {
	location *Location
	files    *file.Store
	onRead   func(before, now int) // is called with the lengths of the text before and of the one read; may be nil
	length   atomic.Int64
}

var _ store.Relative = (*relative)(nil)

// Observe reads the realm's files.
func (r *relative) Observe(ctx context.Context) (store.State, error) {
	state, err := r.files.Observe(ctx)
	r.files.CloseIdle() // there may be a thousand realms
	if now := int64(len(state.Text)); r.onRead != nil {
		r.onRead(int(r.length.Swap(now)), int(now))
	}
	if err != nil && ctx.Err() == nil {
		f := *fault.Of(err)
		f.Message = fmt.Sprintf("realm %q: %s", r.location.ID, f.Message)
		return state, f.With("realm", r.location.ID)
	}
	return state, err
}

// Watch watches the realm's files.
func (r *relative) Watch(ctx context.Context, changed func()) error {
	return r.files.Watch(ctx, changed)
}

// Metadata returns the realm's id and places.
func (r *relative) Metadata() store.Metadata { return r.location.metadata() }
