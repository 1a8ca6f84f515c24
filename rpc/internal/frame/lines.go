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
		return bytes.Trim(line, " \t\r\n"), nil
	}
}

// unread makes next return line again.
func (l *lineReader) unread(line []byte) { l.unused = line }

// block reads exactly n bytes after the last line. If n is above the limit, the
// bytes are read and dropped, and the error is errLineTooLong. At the end of the
// input block returns the bytes that it got and io.EOF.
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
