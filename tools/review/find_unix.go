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
	beginTime  = 10 * time.Second // within which a program that has made a socket listens on it
	maxSockets = 256              // of a directory that are asked
)

// findSockets removes the sockets of servers that ended without removing them, and
// returns the others, and how many have ended.
func findSockets(place string) (live []string, ended int) {
	directory, err := os.Open(place)
	if err != nil {
		return nil, 0
	}
	defer directory.Close()
	for len(live) < maxSockets {
		entries, err := directory.ReadDir(maxSockets)
		for _, e := range entries {
			path := filepath.Join(place, e.Name())
			switch stateOf(path) {
			case socketLive:
				live = append(live, path)
			case socketEnded:
				ended++
				_ = os.Remove(path)
			case socketAbandoned:
				_ = os.Remove(path)
			}
		}
		if err != nil {
			break
		}
	}
	return live, ended
}

// socketState says what a file in the directory of the sockets is.
type socketState int

const (
	noSocket        socketState = iota // or one that will be listened on
	socketLive                         // its server runs
	socketEnded                        // its server has ended
	socketAbandoned                    // its server ended before it listened
)

// stateOf returns the state of a file.
func stateOf(path string) socketState {
	isNew := strings.HasSuffix(path, unlistenedSuffix)
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type() != fs.ModeSocket || !isNew && !strings.HasSuffix(path, socketSuffix) {
		return noSocket
	}
	c, err := dial(path)
	switch {
	case err == nil:
		c.Close()
	case errors.Is(err, fs.ErrNotExist):
		return noSocket
	case errors.Is(err, syscall.ECONNREFUSED) && !isNew:
		return socketEnded
	case errors.Is(err, syscall.ECONNREFUSED) && time.Since(info.ModTime()) > beginTime:
		return socketAbandoned
	}
	if isNew {
		return noSocket
	}
	return socketLive // or its server is busy
}

// exchange sends a request to a server of a user and returns its reply. The error is
// errEnded if the socket is not served any more.
func exchange(ctx context.Context, path string, uid int, r request) ([]byte, error) {
	c, err := dialWaiting(ctx, path)
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
	if err != nil && r.kind == answerRequest {
		return nil, lostReply(err)
	}
	if err != nil {
		return nil, noReply(err)
	}
	return line, nil
}
