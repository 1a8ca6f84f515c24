package store

import (
	"slices"
	"time"
)

// Record is one generation in a configuration's history.
type Record struct {
	Version
	Parent     Version   // the generation that it was made from
	Supersedes Version   // zero, or a generation that was current and that Parent does not descend from: another program had written over it
	Superseded bool      // it was current, and the current generation does not descend from it; set by Record and List
	CommitID   string    // UUID version 7, shared by the records of one commit
	Time       time.Time // in UTC
	Operation  Operation
	Actor      Actor
	Reason     string    // why, in the client's words; may be empty
	Approval   *Approval // nil if no approval was needed
	RollbackTo *uint64   // of a rollback, the generation that was restored
	Reverts    *uint64   // of a revert, the generation that was undone
	Mirrors    *Version  // of a mirror's record, the version of the other store that it was made with
	Text       []byte    // the whole configuration at this generation
}

// Clone returns a copy that shares no memory with r.
func (r Record) Clone() Record {
	r.Text = slices.Clone(r.Text)
	if r.RollbackTo != nil {
		to := *r.RollbackTo
		r.RollbackTo = &to
	}
	if r.Reverts != nil {
		n := *r.Reverts
		r.Reverts = &n
	}
	if r.Mirrors != nil {
		v := *r.Mirrors
		r.Mirrors = &v
	}
	if r.Approval != nil {
		a := *r.Approval
		a.Fields = slices.Clone(a.Fields)
		r.Approval = &a
	}
	return r
}

// Operation is the kind of change that made a generation.
type Operation string

// The operations. The last three are not writes of this program.
const (
	Set       Operation = "set"
	Patch     Operation = "patch"
	Rollback  Operation = "rollback"
	Revert    Operation = "revert"
	External  Operation = "external"  // a person's edit, or another program's
	Peer      Operation = "peer"      // a commit by one of Meerkat's programs
	Recovered Operation = "recovered" // a generation that was found without its record
)

// Actor is the client that asked for a change, as it names itself.
type Actor struct {
	Name    string // the client program; may be empty
	Version string
	Surface Surface
	Era     string // the MCP revision of the request; empty for plain requests
	PID     int    // of the process of this program that served it
	Host    string // the machine of that process; a store of one machine leaves it empty
}

// Surface is the interface through which a change came.
type Surface string

// The surfaces.
const (
	Tool            Surface = "tool"     // an MCP tool
	RPC             Surface = "rpc"      // a JSON-RPC method
	CLI             Surface = "cli"      // the command line
	ExternalSurface Surface = "external" // not through this program
)
