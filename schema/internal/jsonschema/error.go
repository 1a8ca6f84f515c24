package jsonschema

import (
	"strconv"

	"realmconf/schema/tree"
)

// Error says why a schema cannot be used.
type Error struct {
	At     tree.Pointer // in the schema
	Reason string
	File   string // that is missing, "" if none is
}

// Error returns the reason with the place.
func (e *Error) Error() string {
	return "the schema is not understood at " + strconv.Quote(clip(e.At.String())) + ": " + e.Reason
}

func notUnderstood(at tree.Pointer, reason string) error { return &Error{At: at, Reason: reason} }
