package main

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// proxy passes on the HTTP/2 frames between clients and a server, and disturbs them.
type proxy struct {
	listener net.Listener
	target   string

	mu      sync.Mutex    // protects the fields below
	next    disturbance   // of the next commit
	delayed chan struct{} // closed when a delayed commit is sent to the server
	refuses bool          // new connections are closed
	onLost  func()        // called when an answer was lost that followed a commit; may be nil
	conns   []net.Conn
}

// disturbance is what the proxy does to a commit or its answer.
type disturbance int

const (
	noDisturbance disturbance = iota
	breakBefore               // the connection breaks before the server has the commit
	breakAfter                // the connection breaks when the server has made the commit
	delayCommit               // the connection breaks; the server gets the commit after release
	delayAnswer               // the next answer on the connection comes after the client's time-out
)

// answerDelay is longer than the store waits for the answer to a commit, and shorter than
// its fence is tried.
const answerDelay = 3500 * time.Millisecond

func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, target: target}
	t.Cleanup(func() {
		l.Close()
		p.cut()
	})
	go p.serve()
	return p
}

func (p *proxy) address() string { return p.listener.Addr().String() }

// disturb sets the disturbance of the next commit.
func (p *proxy) disturb(d disturbance) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next, p.delayed = d, make(chan struct{})
}

// release sends a delayed commit to the server.
func (p *proxy) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.delayed)
}

// refuse closes new connections, or accepts them again.
func (p *proxy) refuse(refuses bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuses = refuses
}

// cut breaks all connections.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		c.Close()
	}
	p.conns = nil
}

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target)
		p.mu.Lock()
		if err != nil || p.refuses {
			client.Close()
			if server != nil {
				server.Close()
			}
			p.mu.Unlock()
			continue
		}
		p.conns = append(p.conns, client, server)
		p.mu.Unlock()
		c := &proxiedConn{proxy: p, client: client, server: server}
		go c.passRequests()
		go c.passAnswers()
	}
}

// reportLost calls onLost, because an answer was lost.
func (p *proxy) reportLost() {
	p.mu.Lock()
	tell := p.onLost
	p.mu.Unlock()
	if tell != nil {
		tell()
	}
}

// takeDisturbance returns the disturbance of a commit that comes now, and the channel of a
// delayed one.
func (p *proxy) takeDisturbance() (disturbance, chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	d := p.next
	p.next = noDisturbance
	return d, p.delayed
}

// proxiedConn is one connection through the proxy.
type proxiedConn struct {
	proxy          *proxy
	client, server net.Conn
	dropsAnswers   atomic.Bool // answers are not passed on
	delaysAnswer   atomic.Bool // the next answer is delayed
}

func (c *proxiedConn) close() {
	c.client.Close()
	c.server.Close()
}

// passRequests passes on what the client sends. A commit is known by the member commit_id,
// which a fence does not have.
func (c *proxiedConn) passRequests() {
	preface := make([]byte, 24)
	if _, err := io.ReadFull(c.client, preface); err != nil {
		c.close()
		return
	}
	if _, err := c.server.Write(preface); err != nil {
		c.close()
		return
	}
	for {
		f, err := readRaw(c.client)
		if err != nil {
			if !c.dropsAnswers.Load() {
				c.close()
			}
			return
		}
		if f[3] == 0 && bytes.Contains(f, []byte(`"commit_id"`)) {
			switch d, delayed := c.proxy.takeDisturbance(); d {
			case breakBefore:
				c.close()
				return
			case breakAfter:
				c.dropsAnswers.Store(true)
			case delayAnswer:
				c.delaysAnswer.Store(true)
			case delayCommit:
				c.dropsAnswers.Store(true)
				c.client.Close()
				<-delayed
			}
		}
		if _, err := c.server.Write(f); err != nil {
			c.close()
			return
		}
	}
}

// passAnswers passes on what the server sends. While answers are dropped, the end of the
// first one closes the connection.
func (c *proxiedConn) passAnswers() {
	defer c.close()
	for {
		f, err := readRaw(c.server)
		if err != nil {
			return
		}
		if c.dropsAnswers.Load() {
			if f[3] == 1 && f[4]&1 != 0 {
				c.proxy.reportLost()
				return
			}
			continue
		}
		if c.delaysAnswer.Swap(false) {
			<-time.After(answerDelay)
		}
		if _, err := c.client.Write(f); err != nil {
			return
		}
	}
}

// readRaw reads the bytes of one frame.
func readRaw(r io.Reader) ([]byte, error) {
	f := make([]byte, 9)
	if _, err := io.ReadFull(r, f); err != nil {
		return nil, err
	}
	f = append(f, make([]byte, binary.BigEndian.Uint32(append([]byte{0}, f[:3]...)))...)
	_, err := io.ReadFull(r, f[9:])
	return f, err
}
