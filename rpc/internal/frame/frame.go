// Package frame cuts a byte stream into messages and joins messages into a
// byte stream. It knows the two framings and their limits, and nothing of the
// messages' contents.
package frame

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

const (
	// maxHeader is the limit of the headers before one message, in bytes.
	maxHeader = 4096
	// maxSkip is the length up to which a message above the limit is read and
	// dropped. A greater length is a mistake: a reader that believed it would drop
	// every message that the client sends afterwards.
	maxSkip = 1 << 30
)

// Frame is the bytes of one message.
type Frame struct {
	Body    []byte
	Framing Framing
	Err     *Error // why the message could not be read; nil if Body holds it
}

// Error is the reason why a message could not be read. The next message can.
type Error struct {
	Text    string // lower case, ends with the remedy
	TooLong bool   // the message is above the limit; otherwise its framing is wrong
}

// Framing is the way in which the end of a message is marked.
type Framing int

const (
	// Lines are messages of one line each.
	Lines Framing = iota
	// Headers are messages after a Content-Length header, as in the Language
	// Server Protocol.
	Headers
)

// AppendFrame appends a whole message in the framing f. Body appends the
// message itself, which must be one line.
func (f Framing) AppendFrame(dst []byte, body func(dst []byte) []byte) []byte {
	if f == Lines {
		return append(body(dst), '\n')
	}
	text := body(nil)
	dst = append(dst, "Content-Length: "...)
	dst = strconv.AppendInt(dst, int64(len(text)), 10)
	return append(append(dst, "\r\n\r\n"...), text...)
}

// Reader cuts its input into messages. Each message has its own framing: JSON
// begins with a bracket, a header with its name.
type Reader struct{ lines *lineReader }

// NewReader returns a Reader of in that refuses messages of more than max
// bytes.
func NewReader(in io.Reader, max int) *Reader {
	return &Reader{newLineReader(in, max)}
}

// Reuse takes back the body of a message that nothing refers to any more. The next one
// gets its memory.
func (r *Reader) Reuse(body []byte) { r.lines.spare = body }

// HasLine reports whether a whole line is there, so that Next most likely returns
// without reading more input.
func (r *Reader) HasLine() bool { return r.lines.hasNext() }

// Next returns the next message and skips blank lines before it. The caller may
// keep it. The error is that of the input, io.EOF at its end.
func (r *Reader) Next() (Frame, error) {
	for {
		line, err := r.lines.next()
		switch {
		case errors.Is(err, errLineTooLong):
			return tooLong(Lines, "the line is longer than %d bytes, which is the limit: send a smaller request", r.lines.max), nil
		case err != nil:
			return Frame{}, err
		case len(line) == 0:
			continue
		}
		if name, _, ok := splitHeader(line); ok && (isHeader(name, contentLength) || isHeader(name, contentType)) {
			return r.readHeaders(line)
		}
		return Frame{Body: line}, nil
	}
}

// The headers that begin a message.
const (
	contentLength = "content-length"
	contentType   = "content-type"
)

// isHeader reports whether a name is that of a header. Its letters may be of
// either case.
func isHeader(name []byte, header string) bool { return strings.EqualFold(string(name), header) }

// splitHeader returns the name and the value of a header line.
func splitHeader(line []byte) (name, value []byte, ok bool) {
	name, value, found := bytes.Cut(line, []byte(":"))
	if !found || len(name) == 0 || len(name) > 64 {
		return nil, nil, false
	}
	for _, c := range name {
		if (c|0x20 < 'a' || c|0x20 > 'z') && c != '-' {
			return nil, nil, false
		}
	}
	return name, bytes.TrimSpace(value), true
}

// readHeaders reads the headers that begin with line, and the message after
// them. Headers that end without a blank line are refused; the line that ended
// them is read as a message of its own, because it may be a request.
//
// After headers without a usable length the next line is read as a message, too.
// If the refused message does follow, no text inside it can pass for a request:
// a string of JSON has no line breaks.
func (r *Reader) readHeaders(line []byte) (Frame, error) {
	h := headerBlock{length: -1}
	for len(line) > 0 {
		if !h.add(line) {
			r.lines.unread(line)
			return malformed(Lines, "the headers end without an empty line"), nil
		}
		var err error
		switch line, err = r.lines.next(); {
		case err == io.EOF:
			return malformed(Headers, "the input ends within the headers"), nil
		case errors.Is(err, errLineTooLong):
			return malformed(Headers, fmt.Sprintf("a header is longer than %d bytes", r.lines.max)), nil
		case err != nil:
			return Frame{}, err
		}
	}
	if h.mistake != "" {
		return malformed(Headers, h.mistake), nil
	}
	if h.length < 0 {
		return malformed(Headers, "Content-Length is missing"), nil
	}
	if h.length > maxSkip {
		return tooLong(Headers, "Content-Length is above %d bytes: the message counts as ended after its headers, and its limit is %d bytes: send a smaller request", maxSkip, r.lines.max), nil
	}
	body, err := r.lines.block(h.length)
	switch {
	case errors.Is(err, errLineTooLong):
		return tooLong(Headers, "the message has %d bytes, and %d is the limit: send a smaller request", h.length, r.lines.max), nil
	case err == io.EOF:
		return Frame{Framing: Headers, Err: &Error{Text: fmt.Sprintf(
			"the input ends %d bytes before Content-Length: count the bytes of the message in UTF-8", h.length-int64(len(body)))}}, nil
	case err != nil:
		return Frame{}, err
	}
	return Frame{Framing: Headers, Body: withoutWaste(body, trimSpace(body))}, nil
}

// malformed returns the frame of a message with wrong headers.
func malformed(f Framing, reason string) Frame {
	return Frame{Framing: f, Err: &Error{Text: reason + ": send \"Content-Length: N\", an empty line, and N bytes of JSON"}}
}

// tooLong returns the frame of a message above the limit.
func tooLong(f Framing, format string, args ...any) Frame {
	return Frame{Framing: f, Err: &Error{Text: fmt.Sprintf(format, args...), TooLong: true}}
}

// headerBlock is the content of the headers of one message.
type headerBlock struct {
	length  int64 // -1 while it is unknown
	size    int   // bytes of the headers
	mistake string
}

// add reads one header. It reports false if the line is not a header.
func (h *headerBlock) add(line []byte) bool {
	name, value, ok := splitHeader(line)
	if !ok {
		return false
	}
	if h.size += len(line) + len("\r\n"); h.size > maxHeader {
		h.mistake = fmt.Sprintf("the headers have more than %d bytes", maxHeader)
	}
	if !isHeader(name, contentLength) {
		return true // Content-Type and the like: a message is JSON in UTF-8
	}
	n, err := strconv.ParseUint(string(value), 10, 63)
	if errors.Is(err, strconv.ErrRange) {
		n, err = math.MaxInt64, nil // refused as every length above maxSkip
	}
	switch {
	case err != nil:
		h.mistake = "Content-Length is not a number of bytes"
	case h.length >= 0 && h.length != int64(n):
		h.mistake = "Content-Length is given twice"
	default:
		h.length = int64(n)
	}
	return true
}
