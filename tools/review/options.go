package review

import (
	"context"
	"log/slog"

	"realmconf/runtime/store"
)

// Options are what the questions of a server need. The zero value works.
type Options struct {
	// Directory is the place of the socket; empty for the user's own.
	Directory string
	// BeforeListen is called before a socket is made, which must be removed again
	// however the program ends. It may be nil.
	BeforeListen func()
	// Version returns the current version of the realm. A question about an older
	// generation is neither listed nor answered. If Version is nil or fails, such a
	// question is known until the next one is opened; its yes is worth nothing.
	Version func(context.Context) (store.Version, error)
	// Unordered says that generations may be in no order, as those of a file are before
	// its first write, which are made of its texts: then Version alone tells which
	// question is outdated.
	Unordered bool
	// Clock is that of the system if it is nil.
	Clock Clock
	// Log is for what no reply says; nil discards it.
	Log *slog.Logger
}
