package rpc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"realmconf/runtime/fault"
)

// maxHeader is how long the headers before one message may be, in bytes.
const maxHeader = 4096

// framing is how the end of a message is known.
type framing int

const (
	lines   framing = iota // a message is a line
	headers                // Content-Length headers stand before it, as in the Language Server Protocol
)

// frame is the bytes of one message.
type frame struct {
	body    []byte
	framing framing
	refuse  *fault.Fault // why body is not to be had; nil when it is
}

// frameReader cuts its input into messages. The framing is found anew for each
// of them: JSON begins with a bracket, a header with its name.
type frameReader struct{ lines *lineReader }

// next returns the next message; blank lines between messages are skipped. The
// error is that of the input, io.EOF at its end.
func (r *frameReader) next() (frame, error) {
	for {
		line, err := r.lines.next()
		switch {
		case errors.Is(err, errLineTooLong):
			return frame{refuse: fault.New(fault.InvalidRequest,
				"the line is longer than %d bytes, which is the limit: send a smaller request", r.lines.max)}, nil
		case err != nil:
			return frame{}, err
		case len(line) == 0:
			continue
		}
		if name, _, ok := header(line); ok && (name == "content-length" || name == "content-type") {
			return r.afterHeader(line)
		}
		return frame{body: line}, nil
	}
}

// header takes a header line apart; the name comes in lower case.
func header(line []byte) (name, value string, ok bool) {
	before, after, found := bytes.Cut(line, []byte(":"))
	if !found || len(before) == 0 || len(before) > 64 {
		return "", "", false
	}
	for _, c := range before {
		if (c|0x20 < 'a' || c|0x20 > 'z') && c != '-' {
			return "", "", false
		}
	}
	return strings.ToLower(string(before)), string(bytes.TrimSpace(after)), true
}

// afterHeader reads the rest of the headers, and the message after them. Headers
// that end without a blank line are refused; the line that ended them is then
// read as any other, for it may be a request.
func (r *frameReader) afterHeader(line []byte) (frame, error) {
	h := headerBlock{length: -1}
	for len(line) > 0 {
		if !h.add(line) {
			r.lines.putBack(line)
			f := refusedHeader("the headers end without an empty line")
			f.framing = lines // of what ended them
			return f, nil
		}
		var err error
		switch line, err = r.lines.next(); {
		case err == io.EOF:
			return refusedHeader("the input ends within the headers"), nil
		case errors.Is(err, errLineTooLong):
			return refusedHeader(fmt.Sprintf("a header is longer than %d bytes", r.lines.max)), nil
		case err != nil:
			return frame{}, err
		}
	}
	if h.wrong != "" {
		return refusedHeader(h.wrong), nil
	}
	if h.length < 0 {
		return refusedHeader("Content-Length is missing"), nil
	}
	body, err := r.lines.block(h.length)
	switch {
	case errors.Is(err, errLineTooLong):
		return frame{framing: headers, refuse: fault.New(fault.InvalidRequest,
			"the message has %d bytes, and %d is the limit: send a smaller request", h.length, r.lines.max)}, nil
	case err == io.EOF:
		return frame{framing: headers, refuse: fault.New(fault.ParseError,
			"the input ends %d bytes before Content-Length: count the bytes of the message in UTF-8", h.length-int64(len(body)))}, nil
	case err != nil:
		return frame{}, err
	}
	return frame{framing: headers, body: bytes.Trim(body, " \t\r\n")}, nil
}

func refusedHeader(why string) frame {
	return frame{framing: headers, refuse: fault.New(fault.ParseError,
		"%s: send \"Content-Length: N\", an empty line, and N bytes of JSON", why)}
}

// headerBlock is what the headers of one message say.
type headerBlock struct {
	length int64 // -1 while it is not known
	size   int   // bytes
	wrong  string
}

// add reads one header. It reports false when the line is none.
func (h *headerBlock) add(line []byte) bool {
	name, value, ok := header(line)
	if !ok {
		return false
	}
	if h.size += len(line) + 2; h.size > maxHeader {
		h.wrong = fmt.Sprintf("the headers have more than %d bytes", maxHeader)
	}
	if name != "content-length" {
		return true // Content-Type, and whatever else: a message is JSON in UTF-8
	}
	n, err := strconv.ParseUint(value, 10, 63)
	switch {
	case err != nil:
		h.wrong = "Content-Length is not a number of bytes"
	case h.length >= 0 && h.length != int64(n):
		h.wrong = "Content-Length stands there twice"
	default:
		h.length = int64(n)
	}
	return true
}

// appendFrame appends a whole message as a framing has it.
func (f framing) appendFrame(dst []byte, body func(dst []byte) []byte) []byte {
	if f == lines {
		return append(body(dst), '\n')
	}
	text := body(nil)
	dst = append(dst, "Content-Length: "...)
	dst = strconv.AppendInt(dst, int64(len(text)), 10)
	return append(append(dst, "\r\n\r\n"...), text...)
}
