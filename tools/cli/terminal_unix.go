//go:build unix

package cli

import (
	"os"

	"golang.org/x/sys/unix"
)

// terminalWidth is a terminal's width in columns, 0 when it does not say, and
// whether it is a terminal at all.
func terminalWidth(f *os.File) (width int, ok bool) {
	size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return 0, false
	}
	return int(size.Col), true
}

func isConsole(f *os.File) bool {
	_, ok := terminalWidth(f)
	return ok
}

// takesColour is what every terminal does here, unless TERM says otherwise.
func takesColour(*os.File) bool { return true }
