package web

import (
	"net"
	"slices"
	"sync"
)

// connections are the open connections of clients that have not shown the key: every
// program and every web page can open some. If there are too many, the oldest is closed,
// so that connections on which nothing is sent keep no browser out.
type connections struct {
	mu   sync.Mutex // protects open
	open []net.Conn // the oldest first, at most maxConnections
}

// add adds a connection, and closes the oldest if there are too many.
func (l *connections) add(c net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.open) == maxConnections {
		l.open[0].Close()
		l.open = slices.Delete(l.open, 0, 1)
	}
	l.open = append(l.open, c)
}

// remove removes a connection, which is then closed for no other one.
func (l *connections) remove(c net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open = slices.DeleteFunc(l.open, func(other net.Conn) bool { return other == c })
}
