package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"realmconf/tools/policy"
)

// Terminal describes how results are shown. The zero value is for a file or a
// pipe.
type Terminal struct {
	Interactive bool // a person reads the results
	Width       int  // in columns; 0 for any
	Height      int  // in lines; 0 for any
	Colour      bool
}

// defaultWidth is for a terminal that does not tell its width.
const defaultWidth = 80

// DetectTerminal examines an output. NO_COLOR (https://no-color.org) or TERM=dumb
// in the environment disables colours.
func DetectTerminal(w io.Writer, getenv func(string) string) Terminal {
	f, ok := w.(*os.File)
	if !ok {
		return Terminal{}
	}
	width, height, ok := terminalSize(f)
	if !ok {
		return Terminal{}
	}
	if width <= 0 {
		width = defaultWidth
	}
	plain := getenv("NO_COLOR") != "" || getenv("TERM") == "dumb"
	return Terminal{Interactive: true, Width: width, Height: max(height, 0), Colour: !plain && enableColour(f)}
}

// isTerminal reports whether an input or output is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && isConsole(f)
}

// Colours are the numbers of ISO 6429's SGR sequences.
const (
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
	bold   = "1"
)

// paint returns a text in a colour, if the terminal has colours.
func (t *Terminal) paint(colour, text string) string {
	if !t.Colour {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// oneLine returns prose as one line: line breaks and runs of blanks become a space.
func oneLine(text string) string {
	return policy.EscapeHidden(strings.Join(strings.Fields(text), " "))
}

// escapeControls returns a JSON or TOML text with an escape sequence for each
// character that would change the terminal or be invisible. Such characters are
// only in strings, and both languages have \uXXXX there. For a larger code point
// JSON has a surrogate pair (RFC 8259, section 7) and TOML has eight digits.
func escapeControls(text []byte, isJSON bool) []byte {
	var out []byte
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError && size == 1:
			out = append(out, `\ufffd`...)
		case r == '\n' || r == '\t' || !policy.IsHidden(r):
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
