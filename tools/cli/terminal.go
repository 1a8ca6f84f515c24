package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Terminal is how results are shown.
type Terminal struct {
	Is     bool // a person reads it
	Width  int  // in columns
	Colour bool
}

// defaultWidth is how wide a terminal is that does not say.
const defaultWidth = 80

// Look finds out whether something written to is a terminal, and how it may be
// used: NO_COLOR (https://no-color.org), or TERM=dumb, means without colours.
func Look(w io.Writer, getenv func(string) string) Terminal {
	f, ok := w.(*os.File)
	if !ok {
		return Terminal{}
	}
	width, ok := terminalWidth(f)
	if !ok {
		return Terminal{}
	}
	if width <= 0 {
		width = defaultWidth
	}
	plain := getenv("NO_COLOR") != "" || getenv("TERM") == "dumb"
	return Terminal{Is: true, Width: width, Colour: !plain && takesColour(f)}
}

// isTerminal reports whether something read from or written to is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && isConsole(f)
}

// The colours: the numbers of ISO 6429's SGR sequences.
const (
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
	bold   = "1"
)

// paint colours a text, where that is wanted.
func (t *Terminal) paint(colour, text string) string {
	if !t.Colour {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// printable takes from a text what would do something to a terminal: others
// wrote it.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
}

// escaped writes as an escape each character of a JSON or TOML text that would
// do something to a terminal, or hide there: it can stand in strings only, and
// both know \uXXXX. Beyond four digits JSON takes two halves (RFC 8259, section
// 7) and TOML eight digits.
func escaped(text []byte, isJSON bool) []byte {
	var out []byte
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r == '\n' || r == '\t' || unicode.IsPrint(r):
			out = append(out, text[:size]...)
		case r <= 0xffff:
			out = fmt.Appendf(out, `\u%04x`, r)
		case isJSON:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\U%08x`, r)
		}
		text = text[size:]
	}
	return out
}

// line is a text made to stand on one line.
func line(text string) string {
	return printable(strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\r' {
			return ' '
		}
		return r
	}, text))
}
