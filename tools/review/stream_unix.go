//go:build linux || darwin

package review

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// stream is one end of a connection.
type stream interface {
	io.ReadWriteCloser
	SetDeadline(time.Time) error
}

// Package net has sockets, too. Its Listen and Dial bring the resolver of names into
// the program, which makes every start slower.

// newSocket returns a socket that the run-time system waits for.
func newSocket() (int, error) {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		return 0, err
	}
	return fd, prepareSocket(fd)
}

// prepareSocket makes a socket fit for os.NewFile. An editor that another part of the
// program starts between the two calls could inherit it: no server starts one.
func prepareSocket(fd int) error {
	unix.CloseOnExec(fd)
	err := unix.SetNonblock(fd, true)
	if err != nil {
		unix.Close(fd)
	}
	return err
}

// listenAt makes a socket at a path, which must be free. It is made at another one, and
// renamed once it listens: a socket at the path on which nothing listens is that of a
// program that has ended.
func listenAt(path, before string) (*os.File, error) {
	const waiting = 256 // connections before they are accepted
	fd, err := newSocket()
	if err != nil {
		return nil, err
	}
	if err = unix.Bind(fd, &unix.SockaddrUnix{Name: before}); err != nil {
		unix.Close(fd)
		return nil, err
	}
	if err = unix.Listen(fd, waiting); err == nil {
		err = os.Rename(before, path)
	}
	if err != nil {
		unix.Close(fd)
		_ = os.Remove(before)
		return nil, err
	}
	return os.NewFile(uintptr(fd), path), nil
}

// acceptFrom returns the next connection of a listening socket. Closing the socket
// ends the wait with os.ErrClosed.
func acceptFrom(listener *os.File) (*os.File, error) {
	raw, err := listener.SyscallConn()
	if err != nil {
		return nil, err
	}
	var fd int
	var acceptErr error
	err = raw.Read(func(listening uintptr) bool {
		fd, _, acceptErr = unix.Accept(int(listening))
		return acceptErr != unix.EAGAIN && acceptErr != unix.EINTR && acceptErr != unix.ECONNABORTED
	})
	if err != nil {
		// The wait itself fails for a closed socket only. Its error is of an internal
		// package, and not os.ErrClosed.
		return nil, os.ErrClosed
	}
	if err = acceptErr; err == nil {
		err = prepareSocket(fd)
	}
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), listener.Name()), nil
}

// dialWaiting is dial, and waits while the server's queue is full.
func dialWaiting(ctx context.Context, path string) (*os.File, error) {
	const pause = 10 * time.Millisecond
	ctx, cancel := context.WithTimeout(ctx, exchangeTime)
	defer cancel()
	for {
		c, err := dial(path)
		if !errors.Is(err, unix.EAGAIN) {
			return c, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(pause):
		}
	}
}

// dial connects to a socket. It does not wait: a server whose queue is full counts as
// busy (EAGAIN).
func dial(path string) (*os.File, error) {
	fd, err := newSocket()
	if err != nil {
		return nil, err
	}
	if err := unix.Connect(fd, &unix.SockaddrUnix{Name: path}); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), path), nil
}

// peerUID returns the user of the process at the other end of a connection.
func peerUID(c *os.File) (uid int, err error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, err
	}
	controlErr := raw.Control(func(fd uintptr) { uid, err = uidAt(int(fd)) })
	if controlErr != nil {
		return 0, controlErr
	}
	return uid, err
}
