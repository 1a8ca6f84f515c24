package grpc

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
)

// frameType is the type of an HTTP/2 frame (RFC 9113, section 6).
type frameType byte

const (
	dataFrame         frameType = 0
	headersFrame      frameType = 1
	resetFrame        frameType = 3
	settingsFrame     frameType = 4
	pushFrame         frameType = 5
	pingFrame         frameType = 6
	goAwayFrame       frameType = 7
	windowUpdateFrame frameType = 8
	continuationFrame frameType = 9
)

// Flags of frames. What a bit means depends on the type.
const (
	flagEndStream  = 0x1 // of dataFrame and headersFrame
	flagAck        = 0x1 // of settingsFrame and pingFrame
	flagEndHeaders = 0x4
	flagPadded     = 0x8
	flagPriority   = 0x20
)

// Identifiers of settings.
const (
	settingPush          = 2
	settingInitialWindow = 4
	settingMaxFrame      = 5
)

const (
	preface          = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
	frameHeaderSize  = 9
	defaultWindow    = 65535   // of a stream and of a connection before any setting
	defaultFrameSize = 16384   // that each side must take
	errorCancel      = 8       // the code of a stream that is not needed any more
	receiveWindow    = 4 << 20 // bytes that the server may send before an update
)

// frame is one HTTP/2 frame.
type frame struct {
	kind    frameType
	flags   byte
	stream  uint32
	payload []byte
}

func (f frame) has(flag byte) bool { return f.flags&flag != 0 }

// appendFrame appends the bytes of a frame.
func appendFrame(b []byte, f frame) []byte {
	n := len(f.payload)
	b = append(b, byte(n>>16), byte(n>>8), byte(n), byte(f.kind), f.flags)
	b = binary.BigEndian.AppendUint32(b, f.stream)
	return append(b, f.payload...)
}

// readFrame reads a frame, which must not be longer than this client has allowed.
func readFrame(r *bufio.Reader) (frame, error) {
	var header [frameHeaderSize]byte
	if _, err := io.ReadFull(r, header[:]); err != nil {
		return frame{}, err
	}
	n := int(header[0])<<16 | int(header[1])<<8 | int(header[2])
	if n > defaultFrameSize {
		return frame{}, fmt.Errorf("the server sent a frame of %d bytes, which is not allowed", n)
	}
	f := frame{
		kind: frameType(header[3]), flags: header[4],
		stream:  binary.BigEndian.Uint32(header[5:]) &^ (1 << 31),
		payload: make([]byte, n),
	}
	_, err := io.ReadFull(r, f.payload)
	return f, err
}

// withoutPadding returns the content of a frame of data or headers.
func (f frame) withoutPadding() ([]byte, error) {
	b := f.payload
	if f.has(flagPadded) {
		if len(b) == 0 || int(b[0]) >= len(b) {
			return nil, fmt.Errorf("a frame with wrong padding")
		}
		b = b[1 : len(b)-int(b[0])]
	}
	if f.kind == headersFrame && f.has(flagPriority) {
		if len(b) < 5 {
			return nil, fmt.Errorf("a frame without its priority")
		}
		b = b[5:]
	}
	return b, nil
}

// settings encodes the content of a settings frame: pairs of identifier and value.
func settings(pairs ...uint32) []byte {
	var b []byte
	for i := 0; i < len(pairs); i += 2 {
		b = binary.BigEndian.AppendUint16(b, uint16(pairs[i]))
		b = binary.BigEndian.AppendUint32(b, pairs[i+1])
	}
	return b
}

func windowUpdate(stream uint32, n int) frame {
	return frame{kind: windowUpdateFrame, stream: stream, payload: binary.BigEndian.AppendUint32(nil, uint32(n))}
}
