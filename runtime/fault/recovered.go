package fault

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// Recovered is a panic's value as the cause of a fault, for the log, with the
// stack of the caller. Only what the Go runtime says is told, which names types
// and numbers; another value may quote a configuration, and only its type is.
func Recovered(value any) error {
	if e, ok := value.(runtime.Error); ok {
		return fmt.Errorf("panic: %w\n%s", e, debug.Stack())
	}
	return fmt.Errorf("panic: a %T, whose text is not shown\n%s", value, debug.Stack())
}
