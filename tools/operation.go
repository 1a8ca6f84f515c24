// Package tools is what a client may do with a configuration. Each operation is
// one file: its name and texts, its arguments and its result, and the call. A
// JSON-RPC method and an MCP tool with the same name are the same operation; the
// few differences of a tool call are in one place, CallTool.
package tools

import (
	"context"
	"encoding/json"

	"realmconf/schema/tree"
)

// Operation is one thing that a client may do.
type Operation struct {
	Name
	Title       string // for people
	Description string // for models: what it does, and when to use it

	// Input is the JSON Schema of the tool's arguments, in the subset that every
	// host accepts, and Output that of the result. Each call makes a new one: most
	// connections never need them, and some list all settings.
	Input, Output func() tree.Object

	input  *inputSchema
	action action

	// isQuick reports whether a call is likely to end within microseconds. It is nil
	// for an operation that never does.
	isQuick func() bool

	// unwrap turns the bare form of a method's parameters into the wrapped form.
	// It is nil if there is no bare form.
	unwrap func(params tree.Object) (tree.Object, error)
}

// IsQuick reports whether a call now is likely to end within microseconds.
func (o *Operation) IsQuick() bool { return o.isQuick != nil && o.isQuick() }

// action does the work of an operation, with checked parameters. It is a read or
// a write.
type action interface {
	call(ctx context.Context, caller Caller, params tree.Object) (json.RawMessage, error)
	callTool(ctx context.Context, caller Caller, args tree.Object) (json.RawMessage, error)
}

// Call runs the operation as a method. Params are its parameters without
// _meta; nil counts as an empty object. The result is a JSON object with
// sorted members. Errors are faults.
func (o *Operation) Call(ctx context.Context, caller Caller, params tree.Object) (json.RawMessage, error) {
	reply, err := o.call(ctx, caller, params)
	if err != nil {
		return nil, methodLimit.shorten(err)
	}
	return reply, nil
}

func (o *Operation) call(ctx context.Context, caller Caller, params tree.Object) (json.RawMessage, error) {
	if o.unwrap != nil {
		wrapped, err := o.unwrap(params)
		if err != nil {
			return nil, err
		}
		params = wrapped
	}
	if !o.input.isPlain(params) {
		params = o.input.accept(params)
		if err := o.input.check(o.Method, params, expectedGeneration); err != nil {
			return nil, err
		}
	}
	return o.action.call(ctx, caller, params)
}

// CallChecked is Call for parameters that fit the schema in any case, because this
// program has made them. The schema, which they are not compared with, need not be made.
func (o *Operation) CallChecked(ctx context.Context, caller Caller, params tree.Object) (json.RawMessage, error) {
	reply, err := o.action.call(ctx, caller, params)
	if err != nil {
		return nil, methodLimit.shorten(err)
	}
	return reply, nil
}

// CallTool runs the operation as a tool. It differs from a method in exactly
// five ways:
//
//  1. arguments sent as text are decoded, and there is no bare form;
//  2. a write must name the generation that it is based on;
//  3. nothing disappears that the call does not name (would_drop);
//  4. a change of a field with a risk class needs a person's yes;
//  5. the result has at most MaxResult bytes: a read that is too long is
//     refused, with what to read instead; a write's reply and an error leave
//     out what is long.
//
// The first two are here, three and four are package policy's, and the last is
// the limit's.
func (o *Operation) CallTool(ctx context.Context, caller Caller, args tree.Object) (json.RawMessage, error) {
	reply, err := o.callTool(ctx, caller, args)
	if err != nil {
		return nil, toolLimit.shorten(err)
	}
	return reply, nil
}

func (o *Operation) callTool(ctx context.Context, caller Caller, args tree.Object) (json.RawMessage, error) {
	if !o.input.isPlain(args) {
		var err error
		if args, err = o.input.fromText(args); err != nil {
			return nil, err
		}
		args = o.input.accept(args)
		if err := o.input.check(o.Tool, args); err != nil {
			return nil, err
		}
	}
	return o.action.callTool(ctx, caller, args)
}

// read is the action of an operation that changes nothing. do passes its reply to
// encode, which makes it short enough for the client or refuses it.
type read struct {
	do         func(ctx context.Context, caller Caller, params tree.Object, encode encodeFunc) (json.RawMessage, error)
	toolEncode encodeFunc
}

// encodeFunc encodes a reply to a call with params, for one kind of client.
type encodeFunc func(reply tree.Object, params tree.Object) (json.RawMessage, error)

// encodeWhole encodes a reply of any length.
func encodeWhole(reply, params tree.Object) (json.RawMessage, error) {
	size := usualReply
	if _, isPart := params["path"]; isPart {
		size = usualPart
	}
	return tree.Append(make([]byte, 0, size), reply), nil
}

// usualReply is the length of most replies, and usualPart that of most with a part. A
// buffer that grows to it, or is longer, touches more memory for the first time, which
// a program that runs once pays for.
const usualReply, usualPart = 4 << 10, 512

// encodeShort encodes a reply without the parts for which there is no room.
func encodeShort(reply, _ tree.Object) (json.RawMessage, error) { return toolLimit.encode(reply), nil }

func (r read) call(ctx context.Context, caller Caller, params tree.Object) (json.RawMessage, error) {
	return r.do(ctx, caller, params, encodeWhole)
}

func (r read) callTool(ctx context.Context, caller Caller, args tree.Object) (json.RawMessage, error) {
	return r.do(ctx, caller, args, r.toolEncode)
}
