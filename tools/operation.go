// Package tools is what a client may do with a configuration. One operation
// stands in one file: its names and texts, its arguments and its result, and
// the call. A JSON-RPC method and an MCP tool of the same act are the same
// operation; the few ways in which a tool call differs are in one place,
// CallTool.
package tools

import (
	"context"
	"encoding/json"

	"realmconf/runtime"
	"realmconf/schema/tree"
)

// Operation is one thing that a client may do.
type Operation struct {
	Name
	Title       string // for people
	Description string // for models: what it does, and when to use it

	// Input is the JSON Schema of the tool's arguments, in the subset that every
	// host takes, and Output that of the result. They are made when somebody
	// asks: most connections never do, and some name all that there is to set.
	Input, Output func() json.RawMessage

	signature *signature
	bare      func(params tree.Object) (wrapped tree.Object, err error) // nil: there is no bare form

	// read does the act of an operation that does not write. Its reply to a tool
	// is made short, or refused, by fit; nil refuses what is too long.
	read func(ctx context.Context, caller Caller, params tree.Object) (tree.Object, error)
	fit  fit

	// render stands for read, for an operation that gives the same reply many
	// times; nil for others.
	render func(ctx context.Context, caller Caller, params tree.Object, fit fit) (json.RawMessage, error)

	// write does that of one that does. Dropped is what the write of a tool
	// would drop without naming it; nil where that is what it is for.
	write   func(ctx context.Context, params tree.Object, w runtime.Write) (*runtime.Outcome, error)
	dropped func(params tree.Object, c *runtime.Comparison) ([]drop, error)
	guard   *guard
}

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
	if err := o.signature.check(o.Method(), params, expectedGeneration); err != nil {
		return nil, err
	}
	if !o.Writes() {
		return o.reading(ctx, caller, params, whole)
	}
	return o.writing(ctx, caller, params, nil, methodReply)
}

// CallTool runs the operation as a tool. It differs from a method in exactly
// five ways:
//
//  1. arguments sent as text are read, and there is no bare form;
//  2. a write must name the generation that it is based on;
//  3. nothing disappears that the call does not name (would_drop);
//  4. a change of a field with a class of risk needs a person's yes;
//  5. the reply is kept short: a read that is too long is refused, with what
//     to read instead; a write's leaves out what is long.
func (o *Operation) CallTool(ctx context.Context, caller Caller, args tree.Object) (json.RawMessage, error) {
	args = o.signature.fromText(args)
	if err := o.signature.check(o.Tool(), args); err != nil {
		return nil, err
	}
	if !o.Writes() {
		return o.reading(ctx, caller, args, o.fit)
	}
	return o.supervised(ctx, caller, args)
}

// fit is how a reply becomes short enough for who asked.
type fit func(reply tree.Object, params tree.Object) (json.RawMessage, error)

// reading does a read and gives its reply.
func (o *Operation) reading(ctx context.Context, caller Caller, params tree.Object, fit fit) (json.RawMessage, error) {
	if o.render != nil {
		return o.render(ctx, caller, params, fit)
	}
	reply, err := o.read(ctx, caller, params)
	if err != nil {
		return nil, err
	}
	return fit(reply, params)
}

// writing does a write under a review, which may be nil, and gives its reply.
func (o *Operation) writing(ctx context.Context, caller Caller, params tree.Object, r *review, fit fitting) (json.RawMessage, error) {
	if err := o.guard.policy.CheckWritable(); err != nil {
		return nil, err
	}
	w, err := write(caller, params)
	if err != nil {
		return nil, err
	}
	if r != nil {
		w.Review = r.judge
	}
	outcome, err := o.write(ctx, params, w)
	if err != nil {
		return nil, told(err)
	}
	reply := written(outcome, caller, params)
	if w.DryRun {
		if r != nil && len(r.held) > 0 {
			reply["needs_approval"] = fieldsShown(r.held)
		}
		return fit.reply(reply), nil
	}
	text := fit.reply(reply)
	if caller.OnSuccess != nil {
		caller.OnSuccess(outcome.After.Version.Generation, brief.reply(reply))
	}
	return text, nil
}
