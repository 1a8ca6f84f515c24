package grpc

import (
	"bufio"
	"errors"
	"fmt"
)

// Errors of a connection on which the server has sent no frame of HTTP/2.
var (
	// ErrTLS means that the server speaks TLS: it has read no request.
	ErrTLS = errors.New("the server speaks TLS")
	// ErrNotHTTP2 means that the server speaks another protocol: it has read no request.
	ErrNotHTTP2 = errors.New("the server does not speak HTTP/2")
	// ErrSilentEnd means that the connection ended before the server sent anything. It may
	// have read a request.
	ErrSilentEnd = errors.New("the connection ended before the server sent anything")
)

// checkPreface looks at the first bytes that the server sends: a settings frame begins
// HTTP/2 (RFC 9113, section 3.4).
func checkPreface(r *bufio.Reader) error {
	const alert, handshake = 0x15, 0x16 // the first byte of a record of TLS
	b, err := r.Peek(4)
	switch {
	case len(b) == 0:
		return fmt.Errorf("%w: %w", ErrSilentEnd, err)
	case len(b) >= 2 && (b[0] == alert || b[0] == handshake) && b[1] == 3:
		return &NotSentError{ErrTLS}
	case err != nil:
		return fmt.Errorf("the connection ended: %w", err)
	case frameType(b[3]) != settingsFrame:
		return &NotSentError{ErrNotHTTP2}
	}
	return nil
}
