package tools

import (
	"encoding/json"
	"os"

	"realmconf.io/realmconf/runtime"
	"realmconf.io/realmconf/runtime/store"
)

// Caller is who calls an operation, and how: what the connection knows and the
// parameters do not say.
type Caller struct {
	Name    string        // the client program, by its own word; may be empty
	Version string        // of the client program
	Surface store.Surface // the door it came through
	Era     string        // the MCP revision spoken, empty for a plain request
	Policy  runtime.Policy

	Origin  any    // stands for the connection in its own changes; compared with ==, may be nil
	Entered func() // called when a write has its place among the writes; may be nil

	// Written is called when a write has succeeded, before its reply is
	// returned: with the generation that is current then, and with the reply in
	// its shortest form, for whoever cannot carry the whole. May be nil.
	Written func(generation uint64, brief json.RawMessage)
}

// actor is the caller as the history keeps it.
func (c Caller) actor() store.Actor {
	return store.Actor{Name: c.Name, Version: c.Version, Surface: c.Surface, Era: c.Era, PID: os.Getpid()}
}
