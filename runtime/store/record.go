package store

import "time"

// Record is one generation in a configuration's history: what it was, whose
// change it is, and why.
type Record struct {
	Version
	Parent     Version   // the generation that it was made from
	CommitID   string    // UUID version 7, shared by the records of one commit
	Time       time.Time // in UTC
	Operation  Operation
	Actor      Actor
	Reason     string    // what the client said about why; may be empty
	Approval   *Approval // nil when nothing needed one
	RollbackTo *uint64   // for a rollback, the generation that was restored
	Text       []byte    // the whole configuration at this generation
}

// Operation is what made a generation.
type Operation string

// The operations. External and Peer are changes that others made around us: a
// person's edit, and a commit by one of the platform's own programs. Recovered
// is a generation found whole but without its record.
const (
	Set       Operation = "set"
	Patch     Operation = "patch"
	Rollback  Operation = "rollback"
	External  Operation = "external"
	Peer      Operation = "peer"
	Recovered Operation = "recovered"
)

// Actor is who asked for a change, by its own word.
type Actor struct {
	Name    string // the client program; empty when it did not say
	Version string
	Surface Surface
	Era     string // the MCP revision spoken; empty for plain requests
	PID     int    // the process of ours that served it
}

// Surface is the door that a change came through.
type Surface string

// The surfaces. Elsewhere means not through us at all.
const (
	Tool      Surface = "tool"
	RPC       Surface = "rpc"
	CLI       Surface = "cli"
	Elsewhere Surface = "external"
)

// Approval says who agreed to a change of held fields.
type Approval struct {
	By     string   // person or flag
	Via    string   // the client through which a person was asked
	Fields []string // JSON Pointers
}
