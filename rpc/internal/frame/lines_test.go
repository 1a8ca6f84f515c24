package frame

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func TestLineReader_next(t *testing.T) {
	const limit = 10
	for _, tt := range []struct {
		name, in string
		want     []string // "!" is errLineTooLong
	}{
		{"nothing", "", nil},
		{"one line without its end", "abc", []string{"abc"}},
		{"lines", "a\nb\n", []string{"a", "b"}},
		{"spaces", " a\t\r\n\n \n", []string{"a", "", ""}},
		{"byte order mark", "\ufeffa\n\ufeffb", []string{"a", "\ufeffb"}},
		{"only the mark", "\ufeff", []string{""}},
		{"the longest line", "0123456789\n0123456789", []string{"0123456789", "0123456789"}},
		{"too long", "0123456789a\nb\n", []string{"!", "b"}},
		{"too long at the end", "a\n0123456789a", []string{"a", "!"}},
		{"far too long", "a\n" + strings.Repeat("x", 1<<20) + "\nb\n", []string{"a", "!", "b"}},
		{"too long at the start, then a mark", strings.Repeat("x", 11) + "\n\ufeffb", []string{"!", "\ufeffb"}},
	} {
		for input, reader := range map[string]io.Reader{
			"at once":       strings.NewReader(tt.in),
			"byte by byte":  iotest.OneByteReader(strings.NewReader(tt.in)),
			"end with data": iotest.DataErrReader(strings.NewReader(tt.in)),
		} {
			t.Run(tt.name+" "+input, func(t *testing.T) {
				l := newLineReader(reader, limit)
				var got []string
				for {
					line, err := l.next()
					if err == io.EOF {
						break
					}
					if errors.Is(err, errLineTooLong) {
						line = []byte("!")
					} else if err != nil {
						t.Fatal(err)
					}
					got = append(got, string(line))
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	}
}

// TestLineReader_keptLine reads the next line and looks at the one before.
func TestLineReader_keptLine(t *testing.T) {
	l := newLineReader(strings.NewReader("first\nother\n"), 10)
	first, err := l.next()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.next(); err != nil {
		t.Fatal(err)
	}
	if string(first) != "first" {
		t.Errorf("got %q, want first", first)
	}
}

func TestLineReader_readError(t *testing.T) {
	broken := errors.New("the disk is gone")
	l := newLineReader(io.MultiReader(strings.NewReader("whole\nhal"), iotest.ErrReader(broken)), 10)
	line, err := l.next()
	if got := fmt.Sprint(string(line), err); got != "whole<nil>" {
		t.Fatalf("got %s, want the whole line", got)
	}
	if line, err := l.next(); !errors.Is(err, broken) || line != nil {
		t.Errorf("got %q, %v, want %v", line, err, broken)
	}
}
