package rpc

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"runtime"
)

// errLineTooLong is a line above the limit. It was read to its end and is
// gone; the next line can be read.
var errLineTooLong = errors.New("the line is too long")

// lineReader cuts its input into lines and holds at most one of them.
type lineReader struct {
	r     *bufio.Reader
	max   int // bytes of a line, its end not counted
	begun bool
	back  []byte // a line that was put back; nil for none
}

func newLineReader(in io.Reader, max int) *lineReader {
	return &lineReader{r: bufio.NewReaderSize(in, 64<<10), max: max}
}

// next returns the next line without the spaces around it; the caller may
// keep it. A byte order mark before the first line is taken off: editors put
// it there. The last line needs no newline. After the last line the error is
// io.EOF; when reading fails, a line that was begun is dropped, for nobody
// knows whether it was whole.
func (l *lineReader) next() ([]byte, error) {
	if line := l.back; line != nil {
		l.back = nil
		return line, nil
	}
	var line []byte
	tooLong := false
	for {
		part, err := l.r.ReadSlice('\n')
		if size := len(line) + len(bytes.TrimSuffix(part, []byte("\n"))); size > l.max {
			tooLong, line = true, nil
		}
		if !tooLong {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err == io.EOF && (len(line) > 0 || tooLong):
			// The next call says io.EOF again.
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
		return bytes.Trim(line, " \t\r\n"), nil
	}
}

// putBack makes a line that next returned the next one again.
func (l *lineReader) putBack(line []byte) { l.back = line }

// block reads exactly n bytes, which begin where the line before them ended.
// It holds them only if they are within the limit; otherwise they are read,
// dropped, and errLineTooLong is returned. At the end of the input it returns
// what there is together with io.EOF.
func (l *lineReader) block(n int64) ([]byte, error) {
	var b bytes.Buffer
	var to io.Writer = &b
	if n > int64(l.max) {
		to = io.Discard
	}
	if _, err := io.CopyN(to, l.r, n); err != nil {
		return b.Bytes(), err
	}
	if n > int64(l.max) {
		return nil, errLineTooLong
	}
	return b.Bytes(), nil
}

// source is an input that tells when somebody begins to wait for it, and when
// the wait is over.
type source struct {
	in      io.Reader
	waiting func(bool)
}

// Read lets the worker begin with what was read before it waits for more: the
// worker then goes on where this goroutine ran, and no other thread has to be
// woken for it.
func (s source) Read(p []byte) (int, error) {
	s.waiting(true)
	defer s.waiting(false)
	runtime.Gosched()
	return s.in.Read(p)
}
