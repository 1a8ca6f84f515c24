package cli

import (
	"os"

	"golang.org/x/sys/windows"
)

// terminalSize returns a console's width in columns and its height in lines. ok is
// false if f is not a console.
func terminalSize(f *os.File) (width, height int, ok bool) {
	var info windows.ConsoleScreenBufferInfo
	if windows.GetConsoleScreenBufferInfo(windows.Handle(f.Fd()), &info) != nil {
		return 0, 0, false
	}
	return int(info.Window.Right-info.Window.Left) + 1, int(info.Window.Bottom-info.Window.Top) + 1, true
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

// discardInput drops what was typed at a console and not yet read.
func discardInput(stream any) {
	if f, ok := stream.(*os.File); ok {
		_ = windows.FlushConsoleInputBuffer(windows.Handle(f.Fd())) // an error: it is not a console
	}
}
