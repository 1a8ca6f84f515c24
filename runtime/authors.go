package runtime

import (
	"crypto/sha256"
	"fmt"
	"sync"

	"realmconf/runtime/store"
)

// maxAuthors limits how many commits are remembered. It is more than a watch can
// be behind before its event also holds other programs' commits.
const maxAuthors = 4096

// authors remembers which client asked for each commit that this process made, and
// who approved it. A commit is added before it is visible, so that no watch sees it
// without its client. The zero value works.
type authors struct {
	mu      sync.Mutex // protects the fields below
	of      map[store.Version]author
	ordered []store.Version // keys of of, oldest first
}

// author is what is remembered of a commit.
type author struct {
	clientID any
	approval [sha256.Size]byte // approvalDigest
}

// add remembers the author of a version, unless there is nothing to remember.
func (a *authors) add(v store.Version, by author) {
	if by == (author{}) {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.of == nil {
		a.of = make(map[store.Version]author)
	}
	if _, known := a.of[v]; !known {
		a.ordered = append(a.ordered, v)
	}
	a.of[v] = by
	if len(a.ordered) > maxAuthors {
		delete(a.of, a.ordered[0])
		a.ordered = a.ordered[1:]
	}
}

// get returns the author of a version; the zero author if it is not known.
func (a *authors) get(v store.Version) author {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.of[v]
}

// approvalDigest identifies an approval as far as it is shown; the zero digest is
// that of no approval.
func approvalDigest(a *store.Approval) (digest [sha256.Size]byte) {
	if a == nil {
		return digest
	}
	return sha256.Sum256(fmt.Appendf(nil, "%q", a.Clip()))
}
