package tools

import (
	"context"
	"encoding/json"
	"os"

	"realmconf/runtime"
	"realmconf/runtime/document"
	"realmconf/runtime/store"
	"realmconf/tools/policy"
	"realmconf/tools/review"
)

// Caller is the client that calls an operation: everything that its connection
// knows and the parameters do not have.
type Caller struct {
	Name           string                 // the name that the client program gives itself; may be empty
	Version        string                 // of the client program
	Surface        store.Surface          // how it calls: as a method, a tool or a command
	Era            string                 // the MCP revision of the connection, empty for a plain request
	PathVisibility runtime.PathVisibility // whether replies show file system paths

	// Arrival is equal for requests that were there at the same moment: a state of the
	// configuration that was read for one of them is current enough for the others. It
	// is compared with == and may be nil.
	Arrival any

	// Ask asks the person who uses the client. Its own errors end the call and
	// are returned unchanged: in some revisions of MCP the question is sent as
	// such an error. It is nil if no person can be asked. It is called while no
	// lock is held. A repeated call may ask another question, if the
	// configuration has changed meanwhile.
	Ask func(ctx context.Context, q policy.Question) (policy.Answer, error)

	// Questions has the questions that wait for realmconf review. It is nil if a
	// person cannot be asked in that way.
	Questions *review.Questions

	// OnHeld is called with the question of a call that is refused because no person
	// has answered it. It may be nil.
	OnHeld func(q policy.Question)

	// HasPage reports whether the client then shows a page on which a person can answer
	// the question.
	HasPage bool

	// ClientID identifies the connection, so that it can tell its own changes from
	// others. It is compared with == and may be nil.
	ClientID any

	// Given is the text of a configuration or patch that the client has parsed as TOML: a
	// write keeps its types. It is nil if the client gives JSON.
	Given *document.Document

	// OnQueued is called when a write has its place in the order of writes, so
	// that the next call may begin. It may be nil.
	OnQueued func()

	// OnDone is called when a write is done, before its reply is made, with the size
	// of the configuration in bytes. It may be nil.
	OnDone func(size int)

	// OnSuccess is called when a write has succeeded, before its reply is
	// returned: with the generation that is current then, and with the shortest
	// form of the reply, in case the whole is too long to be sent. It may be nil.
	OnSuccess func(generation uint64, minimal json.RawMessage)
}

// showsQuestions reports whether there is any way to show a question.
func (c Caller) showsQuestions() bool {
	return c.Ask != nil || c.OnHeld != nil || c.Questions != nil
}

// actor returns the caller in the form that the history keeps.
func (c Caller) actor() store.Actor {
	return store.Actor{Name: c.Name, Version: c.Version, Surface: c.Surface, Era: c.Era, PID: os.Getpid()}
}
