package rpc

import (
	"cmp"
	"log/slog"

	"realmconf/rpc/internal/mcp"
	"realmconf/tools/review"
)

// DiagnosticMode is the choice whether replies may show where the configuration
// is: the resolved_paths of an envelope.
type DiagnosticMode = mcp.DiagnosticMode

const (
	// Negotiate shows paths to the clients that ask for them. It is the default.
	Negotiate = mcp.Negotiate
	// Never shows no paths and does not offer them.
	Never = mcp.Never
	// Always shows paths to every client.
	Always = mcp.Always
)

// Roots asks the client of a connection for its first root.
type Roots = mcp.Roots

// Options are the choices of one connection. The zero value works.
type Options struct {
	Diagnostic DiagnosticMode // whether replies may show file system paths
	Version    string         // of this program, for serverInfo; empty becomes "devel"
	Title      string         // of the configuration, for serverInfo; empty becomes "Realm configuration"
	Log        *slog.Logger   // for errors that no reply reports; nil discards it

	// Questions keeps the questions of tool calls for realmconf review. Without it, a
	// client that cannot show a question is refused what needs a person's yes.
	Questions *review.Questions
	// ApproveInApp lets the review page answer these questions in a host that shows it.
	ApproveInApp bool

	// Roots learns from a client's initialize how to ask it for its roots; may be nil.
	Roots *Roots

	// Limits; zero is the default. The largest line and the largest reply are
	// below the strictest limit of a client library (10 MiB).
	MaxLine           int // bytes of one message of input: 8 MiB
	MaxReply          int // bytes of one reply: 8 MiB
	MaxInFlight       int // requests accepted and not yet answered: 1024
	MaxInFlightMemory int // bytes that these requests hold, decoded: 64 MiB
	MaxSubscriptions  int // watches and subscribed resources of the connection: 256
}

// withDefaults returns the options with every default filled in.
func (o Options) withDefaults() Options {
	o.Version = cmp.Or(o.Version, "devel")
	o.Title = cmp.Or(o.Title, "Realm configuration")
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.MaxLine = orDefault(o.MaxLine, 8<<20)
	o.MaxReply = orDefault(o.MaxReply, 8<<20)
	o.MaxInFlight = orDefault(o.MaxInFlight, 1024)
	o.MaxInFlightMemory = orDefault(o.MaxInFlightMemory, 64<<20)
	o.MaxSubscriptions = orDefault(o.MaxSubscriptions, 256)
	return o
}

func orDefault(limit, otherwise int) int {
	if limit <= 0 {
		return otherwise
	}
	return limit
}

// answers returns what takes the answers of the review page; nil if it may not answer.
func (o Options) answers() mcp.Answers {
	if !o.ApproveInApp || o.Questions == nil {
		return nil
	}
	return o.Questions
}
