// Package fault is the one error type of the program: a kind that programs
// read, a message that people and models read, and data beside them.
package fault

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"realmconf/schema/tree"
)

// Fault is an error that may be shown to a client.
type Fault struct {
	Kind    Kind
	Message string         // lower case; names the thing and the place, ends with what to do next
	Data    map[string]any // further members of the error's data, beside kind; may be nil
	Cause   error          // for errors.Is and the log; never shown to a client
}

// maxArgument is the highest length of one argument in a message, in bytes. Names
// and paths may be as long as their client or file made them.
const maxArgument = 1000

// New returns a fault. The message is formatted as by fmt.Sprintf, with long
// arguments shortened, in args itself; it must not hold a secret or a line of a
// file.
func New(kind Kind, format string, args ...any) *Fault {
	for i, arg := range args {
		text := ""
		switch arg := arg.(type) {
		case string:
			text = arg
		case error:
			text = arg.Error()
		case fmt.Stringer:
			text = arg.String()
		}
		if len(text) > maxArgument {
			args[i] = ClipMiddle(text, maxArgument)
		}
	}
	return &Fault{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// With returns a copy of the fault with one more member in its data.
func (f *Fault) With(name string, value any) *Fault {
	c := *f
	c.Data = maps.Clone(f.Data)
	if c.Data == nil {
		c.Data = make(map[string]any)
	}
	c.Data[name] = value
	return &c
}

// Because returns a copy of the fault that wraps its cause.
func (f *Fault) Because(cause error) *Fault {
	c := *f
	c.Cause = cause
	return &c
}

// Error returns the message.
func (f *Fault) Error() string { return f.Message }

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.Cause }

// Of returns the fault in an error's chain. The end of a context becomes
// cancelled, and a *tree.LimitError too_large. Any other error is a mistake of this program and becomes internal,
// with the error as the cause, which is not shown. Of(nil) is nil.
func Of(err error) *Fault {
	if err == nil {
		return nil // without the two allocations below
	}
	var f *Fault
	var limit *tree.LimitError
	switch {
	case errors.As(err, &f):
		return f
	case errors.As(err, &limit):
		return New(TooLarge, "%v; nothing was done", limit).With("limit", limit.Limit)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return New(Cancelled, "the request was cancelled before anything was changed").Because(err)
	default:
		return New(Internal, "this is a mistake in realmconf, not in the request: please report it").Because(err)
	}
}

// Is reports whether an error's chain holds a fault of this kind.
func Is(err error, kind Kind) bool {
	var f *Fault
	return errors.As(err, &f) && f.Kind == kind
}
