package rpc

import (
	"context"
	"encoding/json"
	"errors"
	"sync"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools"
)

// beginTool begins an operation as a tool.
func (d *dispatcher) beginTool(r *request) (call, error) {
	name, ok := r.params["name"].(string)
	if !ok {
		return call{}, invalidParams("name must be a string: it names the tool")
	}
	arguments, err := argumentsOf(r)
	if err != nil {
		return call{}, err
	}
	tool, ok := d.catalog.tools[name]
	if !ok {
		return call{}, unknownName(fault.InvalidParams, "tool", name, d.catalog.toolNames)
	}
	given, err := readInput(r)
	if err != nil {
		return call{}, err
	}
	caller := r.caller(store.Tool, d.diagnostic)
	c := call{effect: d.catalog.effects[name]}
	d.written(&c, &caller, func(reply json.RawMessage) json.RawMessage { return d.toolReply(r, reply) })
	c.do = func(ctx context.Context, t *turn) (json.RawMessage, error) {
		caller.Entered = t.entered
		switch {
		case r.modern() && r.meta.forms:
			caller.Ask = func(ctx context.Context, q tools.Question) (tools.Answer, error) {
				about := consent{tool: name, arguments: arguments, subject: q.Subject, client: caller.Name}
				return given.answer(ctx, d.seal(), about, q.Message)
			}
		case !r.modern() && r.session.forms:
			caller.Ask = func(ctx context.Context, q tools.Question) (tools.Answer, error) {
				return d.questions.ask(ctx, t, r.framing, q.Message)
			}
		}
		reply, err := tool.CallTool(ctx, caller, arguments)
		return d.toolResult(r, reply, err)
	}
	return c, nil
}

// argumentsOf are the arguments of a tool call. Some hosts send them as text,
// whole or one by one: the whole is read here, and one by one the operation reads
// them, which knows their types.
func argumentsOf(r *request) (tree.Object, error) {
	given, ok := r.params["arguments"]
	if !ok {
		return nil, nil
	}
	meant := given
	if text, isText := given.(string); isText {
		if read, err := tree.Decode([]byte(text)); err == nil {
			meant = read
		}
	}
	arguments, ok := meant.(tree.Object)
	if !ok {
		return nil, invalidParams("arguments must be an object, not %s: name the parameters that tools/list shows for the tool, as in {\"path\":\"/rest\"}, or leave arguments out", tree.TypeName(given))
	}
	return arguments, nil
}

// toolResult is what came of a tool. What the operation refuses is a result,
// which the model gets to read and can act upon; an error of the protocol is one
// of the host program, which the model may never see.
func (d *dispatcher) toolResult(r *request, reply json.RawMessage, err error) (json.RawMessage, error) {
	var asks *inputRequired
	if errors.As(err, &asks) {
		return d.inputResult(r, asks), nil
	}
	if err != nil {
		f := fault.Of(err)
		if f.Kind == fault.Internal || f.Kind == fault.Cancelled {
			return nil, err
		}
		return d.complete(r, tree.Object{
			"content": []any{text(f.Message), text(string(errorData(f)))},
			"isError": true,
		}), nil
	}
	return d.toolReply(r, reply), nil
}

// toolReply is an operation's reply as a tool's result.
func (d *dispatcher) toolReply(r *request, reply json.RawMessage) json.RawMessage {
	return d.toolReplies.of(reply, r.revision(), func() json.RawMessage {
		result := tree.Object{"content": []any{text(string(reply))}}
		if r.revision().hasStructure() {
			result["structuredContent"] = reply
		}
		return d.complete(r, result)
	})
}

// lastReply is the newest reply of an operation as a tool's result. Operations
// hand out the same bytes as long as nothing has changed, and to write them as
// text is most of what a tool call costs.
type lastReply struct {
	mu     sync.Mutex // protects the fields below
	reply  json.RawMessage
	era    revision
	result json.RawMessage
}

// of is the result for a reply: the last one if the reply is the same bytes in
// the same place, which cannot be written over as long as they are kept here.
func (l *lastReply) of(reply json.RawMessage, era revision, render func() json.RawMessage) json.RawMessage {
	l.mu.Lock()
	same := len(reply) > 0 && len(reply) == len(l.reply) && &reply[0] == &l.reply[0] && era == l.era
	result := l.result
	l.mu.Unlock()
	if same {
		return result
	}
	result = render()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reply, l.era, l.result = reply, era, result
	return result
}

// text is a content block.
func text(s string) tree.Object { return tree.Object{"text": s, "type": "text"} }
