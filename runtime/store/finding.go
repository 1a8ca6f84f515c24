package store

import "context"

// Inspector is a Store that can examine the place where it keeps the configuration, for
// a person who wants to know what is wrong.
//
// The Store of a directory is not one. Its inspection (file.Inspect) returns facts and not
// findings: what they mean depends on Meerkat's files beside them, on the mounts and on the
// users of the machine, which the command doctor knows and a store does not; and it must
// also examine a directory that cannot be opened as a Store.
type Inspector interface {
	// Inspect returns what it finds, the general facts first. It changes nothing. What it
	// cannot find out is a finding too.
	Inspect(ctx context.Context) []Finding
}

// Finding is one fact about the place of a configuration.
type Finding struct {
	Level Level
	What  string
	Where string // a server or a key; may be empty
	Do    string // the next step; may be empty
}

// Level is the severity of a finding.
type Level string

// The levels.
const (
	Note    Level = "note"    // a normal state
	Warning Level = "warning" // it can become a problem
	Problem Level = "problem" // the configuration cannot be used, or is at risk
)
