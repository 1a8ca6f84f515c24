package mcp

import (
	"context"
	"encoding/json"
	"sync"

	"realmconf/rpc/internal/conn"
	"realmconf/schema/tree"
	"realmconf/tools"
)

// Operations is what can be done with a configuration. *tools.Operations
// implements it.
type Operations interface {
	// All returns the operations in the order in which clients see them, the
	// same at every call.
	All() []*tools.Operation
	// Instructions tells a model how the operations belong together, in at most
	// 2048 bytes: hosts cut what is longer.
	Instructions() string
	// Resources returns the configuration as documents, with the notifications
	// of its changes; nil offers neither.
	Resources() *tools.Resources
}

// callable runs an operation as a method and as a tool. A *tools.Operation does;
// a test has a function in its place, because only package tools can make an
// operation that does something.
type callable interface {
	Call(ctx context.Context, caller tools.Caller, params tree.Object) (json.RawMessage, error)
	CallTool(ctx context.Context, caller tools.Caller, arguments tree.Object) (json.RawMessage, error)
	IsQuick() bool
}

var _ callable = (*tools.Operation)(nil)

// operation is one operation as the protocol offers it: a tools.Operation, which
// has its names and texts, and what the protocol derives from that.
type operation struct {
	*tools.Operation
	calls         callable // runs it
	effect        conn.Effect
	input, output func() json.RawMessage // JSON Schemas in one line
}

// catalog is everything that a server offers.
type catalog struct {
	instructions string
	operations   []*operation
	resources    *tools.Resources // nil if they are not offered
}

func newCatalog(ops Operations) *catalog {
	c := &catalog{instructions: ops.Instructions(), resources: ops.Resources()}
	for _, o := range ops.All() {
		c.add(o, o)
	}
	return c
}

// add adds an operation with the names and texts of o, which calls runs.
func (c *catalog) add(o *tools.Operation, calls callable) {
	effect := conn.Reads
	if o.Writes() {
		effect = conn.Writes
	}
	c.operations = append(c.operations, &operation{o, calls, effect, encodeOnce(o.Input), encodeOnce(o.Output)})
}

// tool returns the operation with a tool's name, or nil.
func (c *catalog) tool(name string) *operation {
	for _, o := range c.operations {
		if o.Tool() == name {
			return o
		}
	}
	return nil
}

// toolNames returns the names of all tools.
func (c *catalog) toolNames() []string {
	names := make([]string, 0, len(c.operations))
	for _, o := range c.operations {
		names = append(names, o.Tool())
	}
	return names
}

// encodeOnce returns a function that makes the JSON of a schema at its first call.
func encodeOnce(schema func() tree.Object) func() json.RawMessage {
	return sync.OnceValue(func() json.RawMessage { return tree.Append(nil, schema()) })
}
