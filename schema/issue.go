package schema

import (
	"encoding/json"

	"realmconf/schema/tree"
)

// Issue is one thing that is wrong with a configuration, or worth a warning.
// Members that say nothing are absent from its JSON.
type Issue struct {
	Column   int    `json:"column,omitempty"`   // in a file, from 1; whoever has the file's positions fills it in
	Expected any    `json:"expected,omitempty"` // a type's name, or the list of allowed values
	Got      any    `json:"got,omitempty"`      // the value, where it may be shown and is short
	Hint     string `json:"hint,omitempty"`     // what to do, or what was probably meant
	Kind     Kind   `json:"kind"`
	Line     int    `json:"line,omitempty"` // in a file, from 1
	Message  string `json:"message"`        // never holds a value
	Path     string `json:"path"`           // JSON Pointer (RFC 6901)
}

// Kind is the stable name of a sort of issue: what a client may branch on.
type Kind string

// The kinds. Check and Canonical report the first eight; the others are for
// those who know files, secrets and histories.
const (
	Type       Kind = "type"        // a value of another type
	UnknownKey Kind = "unknown_key" // a key that does not exist
	Missing    Kind = "missing"     // a required key that is not there
	Enum       Kind = "enum"        // not one of the allowed values
	Range      Kind = "range"       // a number outside its limits
	Format     Kind = "format"      // text that does not read as what it must be
	Rule       Kind = "rule"        // fields that do not go together
	Duplicate  Kind = "duplicate"   // two names of one key, both given

	SecretToken      Kind = "secret_token"      // a secret's token where it may not stand
	Reformatted      Kind = "reformatted"       // written anew, since it could not be changed in place
	ReconcilePending Kind = "reconcile_pending" // the file and its generation do not agree yet
	Reference        Kind = "reference"         // a name that nothing has
)

// Text is the issue in one line: place, what is wrong, what to do.
func (i Issue) Text() string {
	place := i.Path
	if place == "" {
		place = "the configuration"
	}
	text := place + ": " + i.Message
	if i.Hint != "" {
		text += "; " + i.Hint
	}
	return text
}

// maxGot is how long a text may be, in bytes, to be shown in an issue.
const maxGot = 200

// MarshalJSON keeps numbers as they were written: 8080.0, the wrong way to
// write a port, must not be reported as 8080.
func (i Issue) MarshalJSON() ([]byte, error) {
	type plain Issue
	p := plain(i)
	if i.Got != nil {
		p.Got = json.RawMessage(tree.Append(nil, i.Got))
	}
	if i.Expected != nil {
		p.Expected = json.RawMessage(tree.Append(nil, i.Expected))
	}
	return tree.Append(nil, p), nil
}

// showable is a value as an issue may quote it: nil for what is long, and for
// lists and objects, which may hold anything.
func showable(v any) any {
	switch v := v.(type) {
	case string:
		if len(v) > maxGot {
			return nil
		}
		return v
	case bool, int64, uint64, float64:
		return v
	default:
		return nil
	}
}
