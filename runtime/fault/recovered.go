package fault

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// Recovered returns the value of a panic as an error for the log, with the stack
// of its caller. It holds the text of an error of the Go runtime, which names
// types and numbers. Another value may quote a configuration, so only its type
// is named.
func Recovered(value any) error {
	if e, ok := value.(runtime.Error); ok {
		return fmt.Errorf("panic: %w\n%s", e, debug.Stack())
	}
	return fmt.Errorf("panic: a %T, whose text is not shown\n%s", value, debug.Stack())
}
