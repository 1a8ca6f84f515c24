package runtime

import (
	"sync"

	"realmconf/runtime/store"
)

// maxOrigins is how many of our own commits are remembered: more than a
// watcher can be behind before its event is about others as well.
const maxOrigins = 4096

// origins remembers where our own commits came from. It is told before a commit
// can be seen, so that nobody sees one that it does not know. The zero value
// works.
type origins struct {
	mu      sync.Mutex // protects the fields below
	by      map[store.Version]any
	ordered []store.Version // oldest first
}

// note remembers a version's origin; nil is not worth it.
func (o *origins) note(v store.Version, origin any) {
	if origin == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.by == nil {
		o.by = make(map[store.Version]any)
	}
	if _, known := o.by[v]; !known {
		o.ordered = append(o.ordered, v)
	}
	o.by[v] = origin
	if len(o.ordered) > maxOrigins {
		delete(o.by, o.ordered[0])
		o.ordered = o.ordered[1:]
	}
}

// of is a version's origin, nil when it is none of ours.
func (o *origins) of(v store.Version) any {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.by[v]
}
