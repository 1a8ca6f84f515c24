package frame

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// TestReader_frames reads inputs of both framings. A frame is shown as its
// framing and its body, or as the beginning of its error.
func TestReader_frames(t *testing.T) {
	const limit = 60
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
		{"long message", "Content-Length: 61\r\n\r\n" + strings.Repeat("x", 61) + "{}", []string{"too long: the message has 61", "line {}"}},
		{"length twice", "Content-Length: 1\nContent-Length: 2\n\n{}", []string{"malformed: Content-Length is given twice", "line {}"}},
		{"no length", "Content-Type: x\n\n{}", []string{"malformed: Content-Length is missing", "line {}"}},
		{"no empty line", "Content-Length: 2\n{}", []string{"malformed: the headers end without", "line {}"}},
		{"end in the headers", "Content-Length: 2\n", []string{"malformed: the input ends within"}},
		{"end in the message", "Content-Length: 9\n\n{}", []string{"malformed: the input ends 7 bytes before"}},
		{"end in a long message", "Content-Length: 1000\n\n{}", []string{"too long: the message has 1000 bytes"}},
		{"length zero", "Content-Length: 0\r\n\r\n{}", []string{"header ", "line {}"}},
		{"leading zeros", "Content-Length: 0002\r\n\r\n{}", []string{"header {}"}},
		{"length and spaces", "Content-Length: \t 2 \t\r\n\r\n{}", []string{"header {}"}},
		{"no number", "Content-Length:\r\n\r\n{}", []string{"malformed: Content-Length is not a number", "line {}"}},
		{"negative", "Content-Length: -2\r\n\r\n{}", []string{"malformed: Content-Length is not a number", "line {}"}},
		{"signed", "Content-Length: +2\r\n\r\n{}", []string{"malformed: Content-Length is not a number", "line {}"}},
		{"a fraction", "Content-Length: 2.0\r\n\r\n{}", []string{"malformed: Content-Length is not a number", "line {}"}},
		{"hexadecimal", "Content-Length: 0x2\r\n\r\n{}", []string{"malformed: Content-Length is not a number", "line {}"}},
		{"two numbers", "Content-Length: 2, 2\r\n\r\n{}", []string{"malformed: Content-Length is not a number", "line {}"}},
		{"a list of digits", "Content-Length: 1 2\r\n\r\n{}", []string{"malformed: Content-Length is not a number", "line {}"}},
		{"the same length twice", "Content-Length: 2\nContent-Length: 02\n\n{}", []string{"header {}"}},
		{"a length and one above the limit", "Content-Length: 2\nContent-Length: 99999999999999999999\n\n{}", []string{"malformed: Content-Length is given twice", "line {}"}},
		{"above what is skipped", "Content-Length: 1073741825\r\n\r\n{}", []string{"too long: Content-Length is above 1073741824 bytes", "line {}"}},
		{"a million million", "Content-Length: 1000000000000\r\n\r\n{}\n[]", []string{"too long: Content-Length is above", "line {}", "line []"}},
		{"beyond 64 bits", "Content-Length: " + strings.Repeat("9", 30) + "\r\n\r\n{}", []string{"too long: Content-Length is above", "line {}"}},
		{"a million million, then framed", "Content-Length: 1000000000000\r\n\r\nContent-Length: 2\r\n\r\n{}", []string{"too long: Content-Length is above", "header {}"}},
		{"other headers around", "Content-Type: a/b; charset=utf-8\r\nX: y\r\nContent-Length: 2\r\nZ:\r\n\r\n{}", []string{"header {}"}},
		{"another header first", "X: y\r\nContent-Length: 2\r\n\r\n{}", []string{"line X: y", "header {}"}},
		{"a folded header", "Content-Length: 2\r\n y\r\n\r\n{}", []string{"malformed: the headers end without", "line y", "line {}"}},
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

// stream is an input of any length that is not held in memory: first, then many
// times repeated, then last.
func stream(first, repeated string, many int, last string) io.Reader {
	parts := []io.Reader{strings.NewReader(first)}
	for range many {
		parts = append(parts, strings.NewReader(repeated))
	}
	return io.MultiReader(append(parts, strings.NewReader(last))...)
}

// TestReader_memory reads messages and headers far above the limit, and expects
// the memory of a few buffers, garbage included, and the message after them. Of
// many headers each is read in a buffer of its own and dropped.
func TestReader_memory(t *testing.T) {
	const limit = 1 << 20
	xs := strings.Repeat("x", 1<<20)
	for _, tt := range []struct {
		name string
		in   io.Reader
		want string // the beginning of the first frame
		most uint64 // bytes that are allocated
	}{
		{"a line of 16 MiB", stream("", xs, 16, "\n{}\n"), "too long: the line", 3 * limit},
		{"a message of 16 MiB", stream(fmt.Sprintf("Content-Length: %d\r\n\r\n", 16<<20), xs, 16, "{}\n"), "too long: the message", limit},
		{"a header of 16 MiB", stream("Content-Length: 2\r\nX: ", xs, 16, "\r\n\r\n{}\n"), "malformed: a header is longer", 3 * limit},
		{"a first header of 16 MiB", stream("Content-Type: ", xs, 16, "\r\nContent-Length: 2\r\n\r\n{}"), "too long: the line", 3 * limit},
		{"headers of 16 MiB", stream("Content-Length: 2\r\n", "X: "+xs[:1020]+"\r\n", 16<<10, "\r\n{}\n"), "malformed: the headers have more than", 32 << 20},
		{"a claim without a message", strings.NewReader("Content-Length: 1073741824\r\n\r\n"), "too long: the message", limit},
		{"the longest line", stream("", xs, 1, "\n{}\n"), "line xxx", 5 * limit},
		{"the longest message", stream(fmt.Sprintf("Content-Length: %d\r\n\r\n", limit), xs, 1, "{}\n"), "header xxx", 3 * limit},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r := NewReader(tt.in, limit)
			first, err := r.Next()
			if err != nil || !strings.HasPrefix(show(first), tt.want) {
				t.Fatalf("got %.60s, %v, want %s", show(first), err, tt.want)
			}
			runtime.ReadMemStats(&after)
			if got := after.TotalAlloc - before.TotalAlloc; got > tt.most {
				t.Errorf("%d bytes were allocated, want at most %d", got, tt.most)
			}
			last := "nothing"
			for {
				f, err := r.Next()
				if err == io.EOF {
					break
				}
				last = show(f)
			}
			if last != "line {}" && last != "header {}" && tt.name != "a claim without a message" {
				t.Errorf("the last frame is %.60s, want {}", last)
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

// TestReader_reuse gives back each message: the next one is read into its memory, if it
// has room there.
func TestReader_reuse(t *testing.T) {
	lines := []string{`{"id":"a long one, for a beginning"}`, `{"id":"short"}`, `{"id":"` + strings.Repeat("longer", 20) + `"}`, `{}`}
	r := NewReader(strings.NewReader(" "+strings.Join(lines, "\r\n")), 1000)
	var before []byte
	for i, want := range lines {
		f, err := r.Next()
		if err != nil || string(f.Body) != want {
			t.Fatalf("got %s, %v, want %s", f.Body, err, want)
		}
		if isSame := i > 0 && &f.Body[0] == &before[0]; isSame != (i == 1 || i == 3) {
			t.Errorf("message %d has the memory of the one before: %t", i, isSame)
		}
		before = f.Body
		r.Reuse(f.Body)
	}
}

// TestReader_spaces keeps short messages that had many spaces around them: they hold no
// more memory than their own.
func TestReader_spaces(t *testing.T) {
	const kept, spaces = 4, 1 << 20
	wide := strings.Repeat(" ", spaces)
	header := fmt.Sprintf("Content-Length: %d\r\n\r\n", spaces+len("{}"))
	for _, tt := range []struct{ name, before, after string }{
		{"before", wide, "\n"},
		{"after", "", wide + "\n"},
		{"before, in headers", header + wide, ""},
		{"after, in headers", header, wide},
	} {
		t.Run(tt.name, func(t *testing.T) {
			input := strings.Repeat(tt.before+"{}"+tt.after, kept)
			r := NewReader(strings.NewReader(input), 2*spaces)
			var frames [kept]Frame
			before := heapInUse()
			for i := range frames {
				f, err := r.Next()
				if err != nil || string(f.Body) != "{}" {
					t.Fatalf("got %.10q, %v", f.Body, err)
				}
				frames[i] = f
			}
			if held := heapInUse() - before; held > spaces {
				t.Errorf("%d messages hold %d bytes", kept, held)
			}
			runtime.KeepAlive(&frames)
			runtime.KeepAlive(input) // counted before and after
		})
	}
}

// heapInUse returns the bytes of what is reachable.
func heapInUse() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
