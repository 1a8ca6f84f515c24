package cli

import (
	"os"

	"golang.org/x/sys/windows"
)

// terminalWidth returns a console's width in columns. ok is false if f is not a
// console.
func terminalWidth(f *os.File) (width int, ok bool) {
	var info windows.ConsoleScreenBufferInfo
	if windows.GetConsoleScreenBufferInfo(windows.Handle(f.Fd()), &info) != nil {
		return 0, false
	}
	return int(info.Window.Right-info.Window.Left) + 1, true
}

// isConsole reports whether f is a console, for input or for output.
func isConsole(f *os.File) bool {
	var mode uint32
	return windows.GetConsoleMode(windows.Handle(f.Fd()), &mode) == nil
}

// enableColour makes a console interpret SGR sequences and reports whether that
// succeeded.
func enableColour(f *os.File) bool {
	var mode uint32
	handle := windows.Handle(f.Fd())
	return windows.GetConsoleMode(handle, &mode) == nil &&
		windows.SetConsoleMode(handle, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
