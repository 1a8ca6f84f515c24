package realm

import (
	"context"
	"fmt"
	"sync"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/file"
)

const (
	// maxRelativeID is the longest id of another realm that is looked for: no file
	// system has longer names of directories.
	maxRelativeID = 255
	// maxRelatives is how many other realms a store remembers. A chain has fewer.
	maxRelatives = 64
)

// relatives are the other realms of a state root that were read.
type relatives struct {
	location *Location

	mu    sync.Mutex // protects the field below
	known map[string]*relative
}

// Relative returns another realm of the same state root, for reading only. The
// realm global is the user's own, wherever the others are.
func (s *realmStore) Relative(id string) (store.Relative, error) { return s.relatives.get(id) }

func (r *relatives) get(id string) (*relative, error) {
	if !isSlug(id) || len(id) > maxRelativeID {
		return nil, fault.New(fault.InvalidConfig, "realm %q names %q, which is no realm id: correct the parent", fault.Clip(r.location.ID), fault.Clip(id))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if known := r.known[id]; known != nil {
		return known, nil
	}
	location, err := r.location.inRoot(id)
	if err != nil {
		return nil, err
	}
	if r.known == nil || len(r.known) >= maxRelatives {
		r.known = make(map[string]*relative)
	}
	r.known[id] = &relative{location: location, files: file.Open(fileOptions(location, 0))}
	return r.known[id], nil
}

// relative is a realm that is read on behalf of another one. Like Meerkat, it does
// not look at the manifest: two ids with the same directory are one document.
type relative struct {
	location *Location
	files    *file.Store
}

var _ store.Relative = (*relative)(nil)

// Observe reads the realm's files.
func (r *relative) Observe(ctx context.Context) (store.State, error) {
	state, err := r.files.Observe(ctx)
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
