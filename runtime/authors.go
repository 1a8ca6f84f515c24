package runtime

import (
	"sync"

	"realmconf/runtime/store"
)

// maxAuthors limits how many commits are remembered. It is more than a watch can
// be behind before its event also holds other programs' commits.
const maxAuthors = 4096

// authors remembers which client asked for each commit that this process made. A
// commit is added before it is visible, so that no watch sees it without its
// client. The zero value works.
type authors struct {
	mu      sync.Mutex // protects the fields below
	of      map[store.Version]any
	ordered []store.Version // keys of of, oldest first
}

// add remembers the client id of a version, unless it is nil.
func (a *authors) add(v store.Version, clientID any) {
	if clientID == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.of == nil {
		a.of = make(map[store.Version]any)
	}
	if _, known := a.of[v]; !known {
		a.ordered = append(a.ordered, v)
	}
	a.of[v] = clientID
	if len(a.ordered) > maxAuthors {
		delete(a.of, a.ordered[0])
		a.ordered = a.ordered[1:]
	}
}

// get returns the client id of a version, nil if it is not known.
func (a *authors) get(v store.Version) any {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.of[v]
}
