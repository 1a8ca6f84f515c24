package rpc

import "log/slog"

// The limits that hold when Options leaves them zero. A line's and a reply's
// are the same, and below what the strictest client library reads (10 MiB).
const (
	defaultMaxLine          = 8 << 20
	defaultMaxReply         = 8 << 20
	defaultMaxInFlight      = 1024
	defaultMaxInFlightBytes = 64 << 20
	defaultMaxSubscriptions = 256
)

// Options are the choices of one connection. The zero value works.
type Options struct {
	Diagnostic DiagnosticMode // whether replies may show file system paths
	Version    string         // of this program, for serverInfo; empty becomes "devel"
	Log        *slog.Logger   // for what goes wrong; nil discards it

	// Limits; zero stands for the default.
	MaxLine          int // bytes of one message of input: 8 MiB
	MaxReply         int // bytes of one reply: 8 MiB
	MaxInFlight      int // requests accepted and not yet answered: 1024
	MaxInFlightBytes int // bytes of these requests together: 64 MiB
	MaxSubscriptions int // watches and subscribed resources of the connection: 256
}

// withDefaults is a copy of the options without holes.
func (o Options) withDefaults() Options {
	if o.Version == "" {
		o.Version = "devel"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	for limit, otherwise := range map[*int]int{
		&o.MaxLine:          defaultMaxLine,
		&o.MaxReply:         defaultMaxReply,
		&o.MaxInFlight:      defaultMaxInFlight,
		&o.MaxInFlightBytes: defaultMaxInFlightBytes,
		&o.MaxSubscriptions: defaultMaxSubscriptions,
	} {
		if *limit <= 0 {
			*limit = otherwise
		}
	}
	return o
}
