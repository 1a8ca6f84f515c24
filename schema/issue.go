package schema

import (
	"encoding/json"
	"slices"

	"realmconf/schema/tree"
)

// Issue is one mistake in a configuration, or a warning. Zero members are absent
// from its JSON.
type Issue struct {
	Column   int    `json:"column,omitempty"`   // in a file, from 1; the caller of Check fills it in
	Expected any    `json:"expected,omitempty"` // a type's name, or the list of allowed values
	Got      any    `json:"got,omitempty"`      // the value, if it may be shown and is short
	Hint     string `json:"hint,omitempty"`     // what to do, or the key or value that was probably meant
	Kind     Kind   `json:"kind"`
	Line     int    `json:"line,omitempty"`  // in a file, from 1
	Message  string `json:"message"`         // never holds a value
	Path     string `json:"path"`            // JSON Pointer (RFC 6901)
	Realm    string `json:"realm,omitempty"` // of NoEffect, the realm that causes it
}

// Kind is the stable name of a sort of issue, on which a client may branch. Later
// versions may add kinds, so a client shows the message of one that it does not
// know.
type Kind string

// The kinds. Check and Canonical report the first eight; the packages that know
// files, secrets and histories report the others. Displaced, Recovered,
// Superseded, Unreadable and Exposed are those of store.Notice: facts about the files and not about a
// value, with an empty path, in the warnings of reads alone.
const (
	Type       Kind = "type"        // a value of another type
	UnknownKey Kind = "unknown_key" // a key that does not exist
	Missing    Kind = "missing"     // a required key that is not there
	Enum       Kind = "enum"        // not one of the allowed values
	Range      Kind = "range"       // a number outside its limits
	Format     Kind = "format"      // text in another format
	Rule       Kind = "rule"        // fields that do not go together
	Duplicate  Kind = "duplicate"   // two names of one key, both given

	SecretToken      Kind = "secret_token"      // a secret's token in a place that cannot hold one
	NotTOML          Kind = "not_toml"          // a text that is not TOML was replaced
	Reformatted      Kind = "reformatted"       // rewritten, since it could not be changed in place
	ReconcilePending Kind = "reconcile_pending" // the file and its generation do not agree yet
	Reference        Kind = "reference"         // a name that refers to nothing
	Displaced        Kind = "displaced"         // a text that was not applied is kept for a person
	Recovered        Kind = "recovered"         // a generation that was lost got a new number
	Superseded       Kind = "superseded"        // another program wrote over a committed generation
	Unreadable       Kind = "unreadable"        // a part of the history cannot be read
	Exposed          Kind = "exposed"           // another user's file, which everybody may read
	NoEffect         Kind = "no_effect"         // written, and changes nothing in what programs run with
	NewRealm         Kind = "new_realm"         // a write has made the realm: its id may be mistyped
)

// Text returns the issue in one line: place, mistake, hint.
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

// sortIssues sorts the issues of what a client has sent by their places, so that
// equal configurations give equal answers.
func sortIssues(issues []Issue) []Issue {
	places := make(map[string]tree.Pointer, len(issues))
	for _, i := range issues {
		places[i.Path], _ = tree.ParsePointer(i.Path)
	}
	slices.SortStableFunc(issues, func(a, b Issue) int { return tree.ComparePointers(places[a.Path], places[b.Path]) })
	return issues
}

// maxGot is the length in bytes up to which an issue shows a text.
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

// showable returns a value as an issue may quote it: nil for long texts, and for
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
