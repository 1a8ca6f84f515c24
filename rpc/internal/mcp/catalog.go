package rpc

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"realmconf/schema/tree"
	"realmconf/tools"
)

// Operations is what the wire needs of the operations. *tools.Operations is
// one.
type Operations interface {
	// All are the operations in the order in which they are shown, the same
	// at every call.
	All() []*tools.Operation
	// Instructions tell a model how the operations belong together, in at
	// most 2048 bytes: hosts cut what is longer.
	Instructions() string
	// Resources are the same configuration as documents, and the news of its
	// changes. nil offers neither.
	Resources() *tools.Resources
}

// operation is one operation's two doors.
type operation interface {
	Call(ctx context.Context, caller tools.Caller, params tree.Object) (json.RawMessage, error)
	CallTool(ctx context.Context, caller tools.Caller, arguments tree.Object) (json.RawMessage, error)
}

var _ operation = (*tools.Operation)(nil)

// catalog is the operations by their names on the wire.
type catalog struct {
	instructions string
	described    []description
	methods      map[string]operation
	tools        map[string]operation
	effects      map[string]effect // of methods and tools
	methodNames  []string          // in the operations' order
	toolNames    []string
	resources    *tools.Resources // nil: there are none
}

// description is how a tool shows itself.
type description struct {
	name, title, text string
	writes            bool
	input, output     func() json.RawMessage // compact
}

func newCatalog(ops Operations) *catalog {
	c := &catalog{
		instructions: ops.Instructions(),
		methods:      make(map[string]operation),
		tools:        make(map[string]operation),
		resources:    ops.Resources(),
	}
	for _, o := range ops.All() {
		c.add(o, o)
	}
	return c
}

// add adds an operation: what it says of itself, and what is called.
func (c *catalog) add(o *tools.Operation, calls operation) {
	if c.effects == nil {
		c.effects = make(map[string]effect)
	}
	effect := reads
	if o.Writes {
		effect = writes
	}
	c.effects[o.Method()], c.effects[o.Tool()] = effect, effect
	c.methods[o.Method()], c.tools[o.Tool()] = calls, calls
	c.methodNames = append(c.methodNames, o.Method())
	c.toolNames = append(c.toolNames, o.Tool())
	c.described = append(c.described, description{
		name: o.Tool(), title: o.Title, text: o.Description, writes: o.Writes,
		input: compact(o.Input), output: compact(o.Output),
	})
}

// compact is a JSON text without line breaks, its members in their order, made
// when it is asked for.
func compact(raw func() json.RawMessage) func() json.RawMessage {
	return sync.OnceValue(func() json.RawMessage {
		var b bytes.Buffer
		if err := json.Compact(&b, raw()); err != nil {
			panic(fmt.Sprintf("rpc: an operation hands out what is not JSON: %v", err))
		}
		return b.Bytes()
	})
}
