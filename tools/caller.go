package tools

import (
	"context"
	"encoding/json"
	"os"

	"realmconf/runtime"
	"realmconf/runtime/store"
	"realmconf/tools/policy"
)

// Caller is who calls an operation, and how: what the connection knows and the
// parameters do not say.
type Caller struct {
	Name    string        // the client program, by its own word; may be empty
	Version string        // of the client program
	Surface store.Surface // the door it came through
	Era     string        // the MCP revision spoken, empty for a plain request
	Policy  runtime.Policy

	// Ask puts a question to the person behind the client, and returns what
	// became of it. An error of Ask's own ends the call and is passed on as it
	// is: it may be how the question travels. nil means that there is nobody to
	// ask. It is called without any lock, and the call may be asked again with
	// another question when the configuration has changed meanwhile.
	Ask func(ctx context.Context, q policy.Question) (policy.Answer, error)

	Origin any // stands for the connection in its own changes; compared with ==, may be nil

	// OnQueued is called when a write has its place in the order of writes, so
	// that the next call may begin. It may be nil.
	OnQueued func()

	// OnSuccess is called when a write has succeeded, before its reply is
	// returned: with the generation that is current then, and with the shortest
	// form of the reply, in case the whole is too long to be sent. It may be nil.
	OnSuccess func(generation uint64, minimal json.RawMessage)
}

// actor is the caller as the history keeps it.
func (c Caller) actor() store.Actor {
	return store.Actor{Name: c.Name, Version: c.Version, Surface: c.Surface, Era: c.Era, PID: os.Getpid()}
}
