//go:build unix

package cli

import (
	"os"

	"golang.org/x/sys/unix"
)

// terminalWidth returns a terminal's width in columns, 0 if the terminal does not
// tell it. ok is false if f is not a terminal.
func terminalWidth(f *os.File) (width int, ok bool) {
	size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return 0, false
	}
	return int(size.Col), true
}

// isConsole reports whether f is a terminal.
func isConsole(f *os.File) bool {
	_, ok := terminalWidth(f)
	return ok
}

// enableColour reports true: every Unix terminal has colours unless TERM is dumb.
func enableColour(*os.File) bool { return true }
