package main

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// proxy passes on the HTTP/2 frames between clients and a server, and disturbs them.
type proxy struct {
	listener net.Listener
	target   string

	mu      sync.Mutex // protects the fields below
	fate    fate       // of the next commit
	held    chan struct{}
	refuses bool   // new connections are closed
	onLost  func() // called when an answer was lost that followed a commit; may be nil
	links   []net.Conn
}

// fate is what happens to a commit on its way.
type fate int

const (
	passes      fate = iota
	lostBefore       // the connection breaks before the server has the commit
	lostAfter        // the connection breaks when the server has made the commit
	arrivesLate      // the connection breaks; the server gets the commit when held is closed
	answersLate      // all answers on the connection are held back until after the client's time-out
)

// lateness is longer than the store waits for the answer to a commit, and shorter than its
// fence is tried.
const lateness = 3500 * time.Millisecond

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

// disturb says what happens to the next commit.
func (p *proxy) disturb(f fate) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fate, p.held = f, make(chan struct{})
}

// release lets a commit arrive that was held back.
func (p *proxy) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.held)
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
	for _, c := range p.links {
		c.Close()
	}
	p.links = nil
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
		p.links = append(p.links, client, server)
		p.mu.Unlock()
		l := &link{proxy: p, client: client, server: server}
		go l.upstream()
		go l.downstream()
	}
}

// lost tells that an answer was lost.
func (p *proxy) lost() {
	p.mu.Lock()
	tell := p.onLost
	p.mu.Unlock()
	if tell != nil {
		tell()
	}
}

// takeFate returns what happens to a commit that comes now.
func (p *proxy) takeFate() (fate, chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f := p.fate
	p.fate = passes
	return f, p.held
}

// link is one connection through the proxy.
type link struct {
	proxy          *proxy
	client, server net.Conn
	swallows       sync.Map // the key true is there when answers are not passed on
	late           sync.Map // the key true is there when answers are held back
}

func (l *link) close() {
	l.client.Close()
	l.server.Close()
}

// upstream passes on what the client sends. A commit is known by the member commit_id,
// which a fence does not have.
func (l *link) upstream() {
	preface := make([]byte, 24)
	if _, err := io.ReadFull(l.client, preface); err != nil {
		l.close()
		return
	}
	if _, err := l.server.Write(preface); err != nil {
		l.close()
		return
	}
	for {
		f, err := readRaw(l.client)
		if err != nil {
			if _, isSwallowing := l.swallows.Load(true); !isSwallowing {
				l.close()
			}
			return
		}
		if f[3] == 0 && bytes.Contains(f, []byte(`"commit_id"`)) {
			switch fate, held := l.proxy.takeFate(); fate {
			case lostBefore:
				l.close()
				return
			case lostAfter:
				l.swallows.Store(true, true)
			case answersLate:
				l.late.Store(true, true)
			case arrivesLate:
				l.swallows.Store(true, true)
				l.client.Close()
				<-held
			}
		}
		if _, err := l.server.Write(f); err != nil {
			l.close()
			return
		}
	}
}

// downstream passes on what the server sends. While answers are swallowed, the end of the
// first one closes the connection.
func (l *link) downstream() {
	defer l.close()
	for {
		f, err := readRaw(l.server)
		if err != nil {
			return
		}
		if _, isSwallowing := l.swallows.Load(true); isSwallowing {
			if f[3] == 1 && f[4]&1 != 0 {
				l.proxy.lost()
				return
			}
			continue
		}
		if _, isLate := l.late.LoadAndDelete(true); isLate {
			<-time.After(lateness)
		}
		if _, err := l.client.Write(f); err != nil {
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
