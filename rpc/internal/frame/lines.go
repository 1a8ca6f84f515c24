package frame

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// errLineTooLong reports a line above the limit. The line was read to its end
// and dropped; the next one can be read.
var errLineTooLong = errors.New("the line is too long")

// lineReader cuts its input into lines and holds at most one of them.
type lineReader struct {
	r      *bufio.Reader
	max    int    // bytes of a line without its end
	begun  bool   // a line was read
	unused []byte // the line that was unread, or nil
	spare  []byte // the memory for the next line, or nil
}

func newLineReader(in io.Reader, max int) *lineReader {
	return &lineReader{r: bufio.NewReaderSize(in, 64<<10), max: max}
}

// next returns the next line without the spaces around it. The caller may keep
// it. A byte order mark before the first line is removed, because editors write
// one. The last line needs no newline. After it the error is io.EOF. When
// reading fails, the beginning of a line is dropped: it may not be whole.
func (l *lineReader) next() ([]byte, error) {
	if line := l.unused; line != nil {
		l.unused = nil
		return line, nil
	}
	line := l.spare[:0]
	l.spare = nil
	tooLong := false
	for {
		part, err := l.r.ReadSlice('\n')
		if size := len(line) + len(bytes.TrimSuffix(part, []byte("\n"))); size > l.max {
			tooLong, line = true, nil
		}
		if !tooLong {
			line = append(l.grow(line, len(part)), part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err == io.EOF && (len(line) > 0 || tooLong):
			// The next call returns io.EOF again.
		case err != nil:
			return nil, err
		}
		if tooLong {
			l.begun = true
			return nil, errLineTooLong
		}
		if !l.begun {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
			l.begun = true
		}
		return withoutWaste(line, trimSpace(line)), nil
	}
}

// withoutWaste returns a part of a line, in memory of its own if that of the line is much
// larger: the message may wait for long, and its memory is used for the next one.
func withoutWaste(line, part []byte) []byte {
	const tolerated = 1 << 10
	if cap(line) <= 2*len(part)+tolerated {
		return part
	}
	return bytes.Clone(part)
}

// trimSpace is bytes.Trim for the space of JSON, without a set of characters that is made
// for each call.
func trimSpace(line []byte) []byte {
	isSpace := func(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
	for len(line) > 0 && isSpace(line[len(line)-1]) {
		line = line[:len(line)-1]
	}
	for len(line) > 0 && isSpace(line[0]) {
		line = line[1:]
	}
	return line
}

// hasNext reports whether next returns without reading more input.
func (l *lineReader) hasNext() bool {
	if l.unused != nil {
		return true
	}
	there, _ := l.r.Peek(l.r.Buffered()) // so many are there
	return bytes.IndexByte(there, '\n') >= 0
}

// grow returns line with room for n more bytes. A line of more than one part
// doubles its room, at most to the limit, so that a long line leaves no more than
// its own length behind as garbage; append would leave four times as much.
func (l *lineReader) grow(line []byte, n int) []byte {
	if len(line) == 0 || cap(line)-len(line) >= n {
		return line
	}
	room := max(min(2*cap(line), l.max+len("\r\n")), len(line)+n)
	return append(make([]byte, 0, room), line...)
}

// unread makes next return line again.
func (l *lineReader) unread(line []byte) { l.unused = line }

// block reads exactly n bytes after the last line. If n is above the limit, the
// bytes are read and dropped, as far as there are as many, and the error is
// errLineTooLong. Otherwise, at the end of the input, block returns the bytes that
// it has and io.EOF.
func (l *lineReader) block(n int64) ([]byte, error) {
	if n > int64(l.max) {
		if _, err := io.CopyN(io.Discard, l.r, n); err != nil && err != io.EOF {
			return nil, err
		}
		return nil, errLineTooLong
	}
	b := make([]byte, n)
	got, err := io.ReadFull(l.r, b)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return b[:got], err
}
