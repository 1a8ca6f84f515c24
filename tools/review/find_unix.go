//go:build linux || darwin

package review

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"realmconf/runtime/fault"
)

const (
	newSocketTime = 10 * time.Second // within which a socket without a listener may be one that begins
	maxSockets    = 256              // of a directory that are looked at
)

// findSockets removes the sockets of servers that ended without removing them, and
// returns the others.
func findSockets(place string) (live []string, ended int) {
	directory, err := os.Open(place)
	if err != nil {
		return nil, 0
	}
	defer directory.Close()
	entries, _ := directory.ReadDir(maxSockets)
	for _, e := range entries {
		path := filepath.Join(place, e.Name())
		info, err := os.Lstat(path)
		if err != nil || info.Mode().Type() != fs.ModeSocket || !strings.HasSuffix(e.Name(), socketSuffix) {
			continue
		}
		c, err := dial(path)
		switch {
		case err == nil:
			c.Close()
			live = append(live, path)
		case errors.Is(err, syscall.ECONNREFUSED):
			ended++
			if time.Since(info.ModTime()) > newSocketTime {
				_ = os.Remove(path)
			}
		case !errors.Is(err, fs.ErrNotExist):
			live = append(live, path) // its server is busy
		}
	}
	return live, ended
}

// exchange sends a request to a server of a user and returns its reply. The error is errEnded if
// the socket is not served any more.
func exchange(ctx context.Context, path string, uid int, r request) ([]byte, error) {
	c, err := dial(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return nil, errEnded
	}
	if err != nil {
		return nil, noReply(err)
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	if peer, err := peerUID(c); err != nil || peer != uid {
		return nil, fault.New(fault.Storage, "the socket %s is served by another user: remove it", path).Because(err)
	}
	_ = c.SetDeadline(time.Now().Add(exchangeTime))
	if _, err := c.Write(r.line()); err != nil {
		return nil, noReply(err)
	}
	line, err := readLine(c, maxReply)
	if err != nil {
		return nil, noReply(err)
	}
	return line, nil
}

// noReply is the error of a server that is there and does not answer.
func noReply(err error) *fault.Fault {
	return fault.New(fault.NotFound, "a server that may have a question does not answer: is it stopped, or busy? try again").Because(err)
}
