package frame

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// TestReader_frames reads inputs of both framings. A frame is shown as its
// framing and its body, or as the beginning of its error.
func TestReader_frames(t *testing.T) {
	const limit = 20
	for _, tt := range []struct {
		name, in string
		want     []string
	}{
		{"nothing", "", nil},
		{"lines", "{}\n\n[]\n", []string{"line {}", "line []"}},
		{"header", "Content-Length: 2\r\n\r\n{}", []string{"header {}"}},
		{"header and line", "Content-Length: 2\r\n\r\n{}[]\n", []string{"header {}", "line []"}},
		{"spaces in the message", "Content-Length: 4\r\n\r\n {}\n[]", []string{"header {}", "line []"}},
		{"long line", strings.Repeat("x", limit+1) + "\n{}", []string{"too long: the line is longer", "line {}"}},
		{"long message", "Content-Length: 21\r\n\r\n" + strings.Repeat("x", 21) + "{}", []string{"too long: the message has 21", "line {}"}},
		{"length twice", "Content-Length: 1\nContent-Length: 2\n\n{}", []string{"malformed: Content-Length is given twice", "line {}"}},
		{"no length", "Content-Type: x\n\n{}", []string{"malformed: Content-Length is missing", "line {}"}},
		{"no empty line", "Content-Length: 2\n{}", []string{"malformed: the headers end without", "line {}"}},
		{"end in the headers", "Content-Length: 2\n", []string{"malformed: the input ends within"}},
		{"end in the message", "Content-Length: 9\n\n{}", []string{"malformed: the input ends 7 bytes before"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := NewReader(iotest.OneByteReader(strings.NewReader(tt.in)), limit)
			var got []string
			for {
				f, err := r.Next()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, show(f))
			}
			if len(got) != len(tt.want) {
				t.Fatalf("got %q, want %q", got, tt.want)
			}
			for i, want := range tt.want {
				if !strings.HasPrefix(got[i], want) {
					t.Errorf("frame %d: got %q, want %q", i+1, got[i], want)
				}
			}
		})
	}
}

func show(f Frame) string {
	switch {
	case f.Err != nil && f.Err.TooLong:
		return "too long: " + f.Err.Text
	case f.Err != nil:
		return "malformed: " + f.Err.Text
	case f.Framing == Headers:
		return "header " + string(f.Body)
	default:
		return "line " + string(f.Body)
	}
}

// FuzzReader reads any input to its end. Each message that was read must come
// back the same when it is framed again.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{"{}\n[]", "Content-Length: 2\r\n\r\n{}\n{}", "Content-Length: 2\n{}", "\ufeff{}\r\n", "a: b\n\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		r := NewReader(strings.NewReader(string(input)), 100)
		for {
			first, err := r.Next()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if first.Err != nil || strings.HasPrefix(string(first.Body), "\ufeff") {
				continue
			}
			framed := first.Framing.AppendFrame(nil, func(dst []byte) []byte { return append(dst, first.Body...) })
			again, err := NewReader(strings.NewReader(string(framed)), 100).Next()
			if len(first.Body) == 0 && first.Framing == Headers && err == nil && len(again.Body) == 0 {
				continue
			}
			if diff := cmp.Diff(first, again); err != nil || diff != "" {
				t.Fatalf("%q: %v (-first +again):\n%s", framed, err, diff)
			}
		}
	})
}
