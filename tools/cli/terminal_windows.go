package cli

import (
	"os"

	"golang.org/x/sys/windows"
)

// terminalWidth is a console's width in columns, and whether it is one at all.
func terminalWidth(f *os.File) (width int, ok bool) {
	var info windows.ConsoleScreenBufferInfo
	if windows.GetConsoleScreenBufferInfo(windows.Handle(f.Fd()), &info) != nil {
		return 0, false
	}
	return int(info.Window.Right-info.Window.Left) + 1, true
}

// isConsole reports whether a file is a console, for input or for output.
func isConsole(f *os.File) bool {
	var mode uint32
	return windows.GetConsoleMode(windows.Handle(f.Fd()), &mode) == nil
}

// takesColour switches a console to the sequences that colours are made of, and
// reports whether it took that.
func takesColour(f *os.File) bool {
	var mode uint32
	handle := windows.Handle(f.Fd())
	return windows.GetConsoleMode(handle, &mode) == nil &&
		windows.SetConsoleMode(handle, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
