//go:build linux || darwin

package review

import (
	"os"
	"slices"
	"sync"
)

// connections are the open connections of a socket. The zero value works.
type connections struct {
	mu   sync.Mutex
	list []*os.File // the oldest first
}

// add adds a connection. If there are too many, it closes the oldest.
func (o *connections) add(c *os.File) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.list) == maxConnections {
		o.list[0].Close()
		o.list = slices.Delete(o.list, 0, 1)
	}
	o.list = append(o.list, c)
}

func (o *connections) remove(c *os.File) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.list = slices.DeleteFunc(o.list, func(other *os.File) bool { return other == c })
}
