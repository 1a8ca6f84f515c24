// Package grpc makes gRPC calls over one HTTP/2 connection: as much of both as a
// client of etcd needs. Messages are bytes to it.
//
// The library of that name, and net/http with HTTP/2, would cost every start of the
// program page faults and initialisation, also if no connection is ever opened.
package grpc

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"golang.org/x/net/http2/hpack"
)

const (
	// pingInterval is how long a connection with open calls may be silent before it is
	// tested. etcd closes connections that are tested every five seconds or more often.
	pingInterval = 10 * time.Second
	// pingTimeout is how long the answer to a test may take.
	pingTimeout = 5 * time.Second
	// maxMessage is the length limit of one answer.
	maxMessage = 64 << 20
)

// Conn is an HTTP/2 connection to one server. It may be used from many goroutines at
// once.
type Conn struct {
	net       net.Conn
	authority string
	scheme    string

	writing sync.Mutex // held while frames are written, one after the other

	mu          sync.Mutex // protects the fields below
	streams     map[uint32]*stream
	nextID      uint32
	window      int           // bytes of data that the server takes on the connection
	firstWindow int           // the same of a new stream
	windowGrew  chan struct{} // closed and replaced when a window grew
	err         error         // why no new call can be made; nil while the connection can be used
	lastRead    time.Time
	hasAnswered bool          // the server has sent the beginning of HTTP/2
	ended       chan struct{} // closed when the connection is closed
}

// Header is a field of a call's header.
type Header struct{ Name, Value string }

// New starts HTTP/2 on a connection to a server. The authority is the server's name.
func New(c net.Conn, scheme, authority string) (*Conn, error) {
	g := &Conn{
		net: c, scheme: scheme, authority: authority,
		streams: map[uint32]*stream{}, nextID: 1,
		window: defaultWindow, firstWindow: defaultWindow, windowGrew: make(chan struct{}),
		lastRead: time.Now(), ended: make(chan struct{}),
	}
	hello := appendFrame([]byte(preface), frame{kind: settingsFrame, payload: settings(settingPush, 0, settingInitialWindow, receiveWindow)})
	hello = appendFrame(hello, windowUpdate(0, receiveWindow-defaultWindow))
	if err := g.writeAll(hello); err != nil {
		c.Close()
		return nil, err
	}
	go g.readFrames()
	go g.test()
	return g, nil
}

// Err returns why no new call can be made, nil while the connection can be used.
func (g *Conn) Err() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.err
}

// HasAnswered reports whether the server has sent the beginning of HTTP/2.
func (g *Conn) HasAnswered() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.hasAnswered
}

// Close ends the connection and all its calls.
func (g *Conn) Close() { g.fail(net.ErrClosed) }

// fail closes the connection. All open calls end with the error.
func (g *Conn) fail(err error) {
	g.mu.Lock()
	streams := g.streams
	g.streams = map[uint32]*stream{}
	if g.err == nil {
		g.err = err
	}
	if !isClosed(g.ended) {
		close(g.ended)
	}
	g.mu.Unlock()
	g.net.Close()
	for _, s := range streams {
		s.end(err)
	}
}

// lastHeard returns when the server has sent something last, or begin if that is later.
func (g *Conn) lastHeard(begin time.Time) time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.lastRead.After(begin) {
		return g.lastRead
	}
	return begin
}

// retire ends the use of a connection for new calls. Those that are open may still be
// answered.
func (g *Conn) retire() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err == nil {
		g.err = &NotSentError{errors.New("the server does not answer")}
	}
}

// closeIfUnused closes a connection that gets no new calls and has no open ones.
func (g *Conn) closeIfUnused() {
	g.mu.Lock()
	err, hasCalls := g.err, len(g.streams) > 0
	g.mu.Unlock()
	if err != nil && !hasCalls {
		g.fail(err)
	}
}

func isClosed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// writeAll writes frames. After an error the connection must be closed, because a frame
// of it may be torn.
func (g *Conn) writeAll(frames []byte) error {
	g.writing.Lock()
	defer g.writing.Unlock()
	return g.writeLocked(frames)
}

// writeLocked is writeAll with writing held. A server that takes nothing any more must
// not block the calls for ever.
func (g *Conn) writeLocked(frames []byte) error {
	if err := g.net.SetWriteDeadline(time.Now().Add(pingTimeout)); err != nil {
		return err
	}
	_, err := g.net.Write(frames)
	return err
}

func (g *Conn) write(f frame) error { return g.writeAll(appendFrame(nil, f)) }

// test pings the server when it has been silent while calls are open, so that a
// connection to a machine that is gone ends.
func (g *Conn) test() {
	for {
		select {
		case <-g.ended:
			return
		case <-time.After(pingInterval):
		}
		g.mu.Lock()
		silent, hasCalls := time.Since(g.lastRead), len(g.streams) > 0
		g.mu.Unlock()
		if silent < pingInterval || !hasCalls {
			continue
		}
		sent := time.Now()
		if err := g.write(frame{kind: pingFrame, payload: make([]byte, 8)}); err != nil {
			g.fail(err)
			return
		}
		select {
		case <-g.ended:
			return
		case <-time.After(pingTimeout):
		}
		g.mu.Lock()
		answered := g.lastRead.After(sent)
		g.mu.Unlock()
		if !answered {
			g.fail(errors.New("the server does not answer any more"))
			return
		}
	}
}

// readFrames reads what the server sends until the connection ends.
func (g *Conn) readFrames() {
	r := bufio.NewReaderSize(g.net, 32<<10)
	var fields map[string]string // of the header that is being read
	decoder := hpack.NewDecoder(4096, func(f hpack.HeaderField) { fields[f.Name] = f.Value })
	decoder.SetMaxStringLength(64 << 10)
	if err := checkPreface(r); err != nil {
		g.fail(err)
		return
	}
	g.mu.Lock()
	g.hasAnswered = true
	g.mu.Unlock()
	for {
		f, err := readFrame(r)
		if err != nil {
			g.fail(fmt.Errorf("the connection ended: %w", err))
			return
		}
		g.mu.Lock()
		g.lastRead = time.Now()
		g.mu.Unlock()
		if f.kind == headersFrame {
			fields = map[string]string{}
			err = g.readHeader(r, f, decoder, func() map[string]string { return fields })
		} else {
			err = g.handle(f)
		}
		if err != nil {
			g.fail(err)
			return
		}
	}
}

// readHeader reads a header that begins with a frame, and what follows it.
func (g *Conn) readHeader(r *bufio.Reader, first frame, decoder *hpack.Decoder, fields func() map[string]string) error {
	block, err := first.withoutPadding()
	if err != nil {
		return err
	}
	for f := first; !f.has(flagEndHeaders); {
		if f, err = readFrame(r); err != nil {
			return err
		}
		if f.kind != continuationFrame || f.stream != first.stream || len(block) > 256<<10 {
			return errors.New("the server sent a header that does not end")
		}
		block = append(block, f.payload...)
	}
	if _, err := decoder.Write(block); err != nil {
		return err
	}
	if err := decoder.Close(); err != nil {
		return err
	}
	s := g.find(first.stream)
	if s == nil {
		return nil
	}
	if first.has(flagEndStream) {
		g.finish(first.stream, statusOf(fields()))
	}
	return nil
}

// handle handles a frame that is no header.
func (g *Conn) handle(f frame) error {
	switch f.kind {
	case dataFrame:
		return g.receive(f)
	case resetFrame:
		if len(f.payload) == 4 {
			g.finish(f.stream, resetError(binary.BigEndian.Uint32(f.payload)))
		}
	case settingsFrame:
		if f.has(flagAck) {
			return nil
		}
		g.applySettings(f.payload)
		return g.write(frame{kind: settingsFrame, flags: flagAck})
	case pingFrame:
		if !f.has(flagAck) {
			return g.write(frame{kind: pingFrame, flags: flagAck, payload: f.payload})
		}
	case goAwayFrame:
		g.goAway(f.payload)
	case windowUpdateFrame:
		if len(f.payload) == 4 {
			g.grow(f.stream, int(binary.BigEndian.Uint32(f.payload)&^(1<<31)))
		}
	case pushFrame, continuationFrame:
		return errors.New("the server sent a frame that is not allowed")
	}
	return nil
}

// resetError returns the error of a call that the server gave up. With code 7 the server
// says that it has done nothing.
func resetError(code uint32) error {
	err := fmt.Errorf("the server gave up the call (HTTP/2 error %d)", code)
	if code == 7 {
		return &NotSentError{err}
	}
	return err
}

// receive gives data to its call, and lets the server send as much again.
func (g *Conn) receive(f frame) error {
	b, err := f.withoutPadding()
	if err != nil {
		return err
	}
	s := g.find(f.stream)
	if n := len(f.payload); n > 0 {
		updates := appendFrame(nil, windowUpdate(0, n))
		if s != nil && !f.has(flagEndStream) {
			updates = appendFrame(updates, windowUpdate(f.stream, n))
		}
		if err := g.writeAll(updates); err != nil {
			return err
		}
	}
	if s == nil {
		return nil
	}
	if err := s.add(b); err != nil {
		g.finish(f.stream, err)
		return nil
	}
	if f.has(flagEndStream) {
		g.finish(f.stream, errors.New("the server ended the call without a status"))
	}
	return nil
}

func (g *Conn) applySettings(b []byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for ; len(b) >= 6; b = b[6:] {
		if binary.BigEndian.Uint16(b) != settingInitialWindow {
			continue
		}
		n := int(binary.BigEndian.Uint32(b[2:]))
		for _, s := range g.streams {
			s.window += n - g.firstWindow
		}
		g.firstWindow = n
		g.signalGrowthLocked()
	}
}

// goAway ends the calls that the server has not begun. The others go on, and no new
// one is made.
func (g *Conn) goAway(b []byte) {
	last := uint32(0)
	if len(b) >= 4 {
		last = binary.BigEndian.Uint32(b) &^ (1 << 31)
	}
	err := &NotSentError{errors.New("the server is closing the connection")}
	g.mu.Lock()
	if g.err == nil {
		g.err = err
	}
	var refused []*stream
	for id, s := range g.streams {
		if id > last {
			refused = append(refused, s)
			delete(g.streams, id)
		}
	}
	g.mu.Unlock()
	for _, s := range refused {
		s.end(err)
	}
}

func (g *Conn) grow(id uint32, n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if id == 0 {
		g.window += n
	} else if s := g.streams[id]; s != nil {
		s.window += n
	}
	g.signalGrowthLocked()
}

func (g *Conn) signalGrowthLocked() {
	close(g.windowGrew)
	g.windowGrew = make(chan struct{})
}

func (g *Conn) find(id uint32) *stream {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.streams[id]
}

// finish ends a call.
func (g *Conn) finish(id uint32, err error) {
	g.mu.Lock()
	s := g.streams[id]
	delete(g.streams, id)
	g.mu.Unlock()
	if s != nil {
		s.end(err)
	}
}

// takeLocked takes as much of n bytes as the server takes now in one frame.
func (g *Conn) takeLocked(s *stream, n int) int {
	free := max(0, min(n, g.window, s.window, defaultFrameSize))
	g.window -= free
	s.window -= free
	return free
}

// takeWindow waits until the server takes data of a call, and returns how much of n
// bytes.
func (g *Conn) takeWindow(ctx context.Context, s *stream, n int) (int, error) {
	for {
		g.mu.Lock()
		free := g.takeLocked(s, n)
		grew := g.windowGrew
		g.mu.Unlock()
		if free > 0 {
			return free, nil
		}
		select {
		case <-grew:
		case <-s.done:
			return 0, s.err
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		}
	}
}
