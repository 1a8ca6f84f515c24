// Package tools is what a client may do with a configuration. One operation
// stands in one file: its names and texts, its arguments and its result, and
// the call. A JSON-RPC method and an MCP tool of the same act are the same
// operation; the few ways in which a tool call differs are in one place,
// CallTool.
package tools

import (
	"context"
	"encoding/json"

	"realmconf.io/realmconf/schema/tree"
)

// Operation is one thing that a client may do.
type Operation struct {
	Name        string          // "get": the method is config/get, the tool config_get
	Title       string          // for people
	Description string          // for models: what it does, and when to use it
	Writes      bool            // it may change the configuration
	Input       json.RawMessage // JSON Schema of the tool's arguments, in the subset that every host takes
	Output      json.RawMessage // JSON Schema of the result

	signature *signature
	bare      func(params tree.Object) (wrapped tree.Object, err error) // nil: there is no bare form
	call      func(ctx context.Context, caller Caller, params tree.Object) (tree.Object, error)
}

// Method is the operation's JSON-RPC method.
func (o *Operation) Method() string { return "config/" + o.Name }

// Tool is the operation's MCP tool name. It has no slash: hosts refuse one.
func (o *Operation) Tool() string { return "config_" + o.Name }

// Call runs the operation as a method. Params are its parameters without
// _meta; nil counts as an empty object. The result is a JSON object with
// sorted members. Errors are faults.
func (o *Operation) Call(ctx context.Context, caller Caller, params tree.Object) (json.RawMessage, error) {
	if o.bare != nil {
		wrapped, err := o.bare(params)
		if err != nil {
			return nil, err
		}
		params = wrapped
	}
	return o.run(ctx, caller, o.Method(), params, methodReply, expectedGeneration)
}

// CallTool runs the operation as a tool. It differs from a method in this:
// arguments sent as text are read, there is no bare form, a write must name the
// generation that it is based on, and its reply is kept short.
func (o *Operation) CallTool(ctx context.Context, caller Caller, args tree.Object) (json.RawMessage, error) {
	return o.run(ctx, caller, o.Tool(), o.signature.fromText(args), toolReply)
}

func (o *Operation) run(ctx context.Context, caller Caller, called string, params tree.Object, fit fitting, optional ...string) (json.RawMessage, error) {
	if err := o.signature.check(called, params, optional...); err != nil {
		return nil, err
	}
	result, err := o.call(ctx, caller, params)
	if err != nil {
		return nil, err
	}
	if !o.Writes {
		return tree.Append(nil, result), nil
	}
	reply := fit.reply(result)
	if caller.Written != nil {
		generation, _ := result["generation"].(uint64)
		caller.Written(generation, brief.reply(result))
	}
	return reply, nil
}
