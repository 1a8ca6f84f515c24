package runtime

import (
	"sync"

	"realmconf/runtime/store"
)

// maxOrigins limits how many commits are remembered. It is more than a watch can
// be behind before its event also holds other programs' commits.
const maxOrigins = 4096

// origins remembers the origin of each commit that this process made. A commit
// is added before it is visible, so that no watch sees it without its origin.
// The zero value works.
type origins struct {
	mu      sync.Mutex // protects the fields below
	of      map[store.Version]any
	ordered []store.Version // keys of of, oldest first
}

// add remembers the origin of a version, unless it is nil.
func (o *origins) add(v store.Version, origin any) {
	if origin == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.of == nil {
		o.of = make(map[store.Version]any)
	}
	if _, known := o.of[v]; !known {
		o.ordered = append(o.ordered, v)
	}
	o.of[v] = origin
	if len(o.ordered) > maxOrigins {
		delete(o.of, o.ordered[0])
		o.ordered = o.ordered[1:]
	}
}

// get returns the origin of a version, nil if it is not known.
func (o *origins) get(v store.Version) any {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.of[v]
}
