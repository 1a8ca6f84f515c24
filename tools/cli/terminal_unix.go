//go:build unix

package cli

import (
	"os"

	"golang.org/x/sys/unix"
)

// terminalSize returns a terminal's width in columns and its height in lines, 0 if the
// terminal does not tell them. ok is false if f is not a terminal.
func terminalSize(f *os.File) (width, height int, ok bool) {
	size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return 0, 0, false
	}
	return int(size.Col), int(size.Row), true
}

// isConsole reports whether f is a terminal.
func isConsole(f *os.File) bool {
	_, _, ok := terminalSize(f)
	return ok
}

// enableColour reports true: every Unix terminal has colours unless TERM is dumb.
func enableColour(*os.File) bool { return true }

// discardInput drops what was typed at a terminal and not yet read.
func discardInput(stream any) {
	if f, ok := stream.(*os.File); ok {
		_ = discardTyped(int(f.Fd())) // an error: it is not a terminal
	}
}
