//go:build linux || darwin

package review

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

const (
	socketSuffix     = ".sock"
	unlistenedSuffix = ".new"          // of a socket on which nothing listens yet
	exchangeTime     = 5 * time.Second // for a request and its reply
	maxConnections   = 64              // at the same time
)

// canListen reports that there are sockets which tell whose process is at the other end.
const canListen = true

// socket is an endpoint on a Unix socket.
type socket struct {
	listener *os.File
	path     string
	id       fs.FileInfo // of the file when it was made
	source   questionSource
	uid      int           // the user who may connect
	ended    chan struct{} // closed when no connection is accepted any more
}

// listen opens a socket in the first of the places that can have one.
func listen(places []string, s questionSource) (endpoint, error) {
	uid := os.Geteuid()
	var problems []string
	for _, place := range places {
		other, err := makePlace(place, uid)
		if err == nil {
			_, _ = findSockets(place)
			var d endpoint
			if d, err = listenIn(place, s, uid); err == nil {
				return d, nil
			}
			other = errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.EACCES)
		}
		if !other {
			return nil, err
		}
		problems = append(problems, err.Error())
	}
	return nil, fault.New(fault.Storage, "there is no directory for a socket (%s): start the server with --review-directory and one of your own", strings.Join(problems, "; "))
}

// listenIn opens a socket in a directory.
func listenIn(place string, s questionSource, uid int) (endpoint, error) {
	var name [8]byte
	_, _ = rand.Read(name[:]) // never fails, by its contract
	path := filepath.Join(place, hex.EncodeToString(name[:])+socketSuffix)
	if len(path) > maxPath {
		return nil, placeError(place, "has too long a path for a socket (%d bytes with the name, and %d is the limit): start the server with --review-directory and a shorter one", len(path), maxPath)
	}
	listener, err := listenAt(path, strings.TrimSuffix(path, socketSuffix)+unlistenedSuffix)
	if err != nil {
		return nil, fault.New(fault.Storage, "no socket can be made in %s (%v): make it a directory that you may write to", place, err).Because(err)
	}
	d := &socket{listener: listener, path: path, source: s, uid: uid, ended: make(chan struct{})}
	if d.id, err = os.Lstat(path); err == nil {
		err = os.Chmod(path, 0o600)
	}
	if err != nil {
		close(d.ended)
		d.close()
		return nil, fault.New(fault.Storage, "the socket in %s was removed at once: look at which program does that", place).Because(err)
	}
	go d.accept()
	return d, nil
}

// isReachable reports whether the socket is still in its place.
func (d *socket) isReachable() bool {
	now, err := os.Lstat(d.path)
	return err == nil && os.SameFile(d.id, now)
}

// close removes the socket, stops to listen and waits until no connection is accepted
// any more. A reply that is being sent is not interrupted.
func (d *socket) close() {
	if d.isReachable() {
		_ = os.Remove(d.path)
	}
	_ = d.listener.Close()
	<-d.ended
}

// accept serves connections until the socket is closed. For one above the limit the
// oldest is closed: a request takes no time, so that one is silent or reads no reply.
func (d *socket) accept() {
	defer close(d.ended)
	var open connections
	for {
		c, err := acceptFrom(d.listener)
		if errors.Is(err, os.ErrClosed) {
			return
		}
		if err != nil { // too many open files
			time.Sleep(100 * time.Millisecond)
			continue
		}
		if uid, err := peerUID(c); err != nil || uid != d.uid {
			c.Close()
			continue
		}
		open.add(c)
		go func() {
			defer open.remove(c)
			defer c.Close()
			d.serve(c)
		}()
	}
}

// serve answers the request of a connection. An invalid request gets no reply.
func (d *socket) serve(c stream) {
	_ = c.SetDeadline(time.Now().Add(exchangeTime))
	line, err := readLine(c, maxRequest)
	if err != nil {
		return
	}
	r, err := parseRequest(line)
	if err != nil {
		return
	}
	switch r.kind {
	case listRequest:
		sendAll(c, d.source.list())
	case answerRequest:
		reply := tree.Object{}
		if err := d.source.answerListed(r.subject, r.isYes, r.consent); err != nil {
			reply["refused"] = err.Error()
		}
		_, _ = c.Write(append(tree.Append(nil, reply), '\n'))
	}
}

// sendAll sends questions, one by one: a connection must not cost their size.
func sendAll(c io.Writer, questions [][]byte) {
	before := `{"questions":[`
	for _, text := range questions {
		if _, err := io.WriteString(c, before); err != nil {
			return
		}
		if _, err := c.Write(text); err != nil {
			return
		}
		before = ","
	}
	if len(questions) > 0 {
		before = ""
	}
	_, _ = io.WriteString(c, before+"]}\n")
}

// ownerOf returns the owner of a file; false if the system does not tell.
func ownerOf(info fs.FileInfo) (uid int, ok bool) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(stat.Uid), true
}
