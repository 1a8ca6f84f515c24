package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"sync"

	"realmconf/rpc/internal/conn"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// beginTool begins an operation as a tool.
func (s *Server) beginTool(r *request) (conn.Call, error) {
	name := r.params["name"].(string)
	arguments, err := readArguments(r)
	if err != nil {
		return conn.Call{}, err
	}
	if name == toolAnswer && s.mayAnswer(r) {
		return s.beginAnswer(r, arguments), nil
	}
	o := s.catalog.tool(name)
	if o == nil {
		return conn.Call{}, unknownName(fault.InvalidParams, "tool", name, s.catalog.toolNames())
	}
	brought, err := readInput(r)
	if err != nil {
		return conn.Call{}, err
	}
	r.params = nil // the call needs no other members, which may be large while it waits
	c := conn.Call{Effect: o.effect, Quick: o.calls.IsQuick()}
	if c.Quick { // a read: no person is asked
		c.Do = func(ctx context.Context, _ *conn.Turn) (json.RawMessage, error) {
			reply, err := o.calls.CallTool(ctx, r.caller(store.Tool, s.options.Diagnostic), arguments)
			return s.toolResult(r, reply, err)
		}
		return c, nil
	}
	caller := r.caller(store.Tool, s.options.Diagnostic)
	s.observeWrite(&c, &caller, func(reply json.RawMessage) json.RawMessage { return s.toolReply(r, reply) })
	c.Do = func(ctx context.Context, t *conn.Turn) (json.RawMessage, error) {
		caller.OnQueued, caller.OnDone, caller.Questions = t.Entered, t.Done, s.options.Questions
		var held *policy.Question
		if s.showsPage(r) {
			caller.OnHeld, caller.HasPage = func(q policy.Question) { held = &q }, s.mayAnswer(r) && s.appQuestions.hasPage()
		}
		switch {
		case r.modern() && r.meta.showsForms:
			caller.Ask = func(ctx context.Context, q policy.Question) (policy.Answer, error) {
				about := askedCall{tool: name, arguments: arguments, subject: q.Subject, client: caller.Name}
				return brought.answer(ctx, s.seals(), s.clock(), about, q.Message)
			}
		case !r.modern() && r.session.showsForms:
			caller.Ask = func(ctx context.Context, q policy.Question) (policy.Answer, error) {
				return s.ask(ctx, t, r, q.Message)
			}
		}
		reply, err := o.calls.CallTool(ctx, caller, arguments)
		if err != nil && held != nil {
			return s.heldResult(r, err, *held, caller.HasPage)
		}
		return s.toolResult(r, reply, err)
	}
	return c, nil
}

// readArguments reads the arguments of a tool call. Some hosts send them as
// text, all in one or one by one. All in one is read here; one by one is left to
// the operation, which knows their types.
func readArguments(r *request) (tree.Object, error) {
	given, ok := r.params["arguments"]
	if !ok {
		return nil, nil
	}
	read := given
	if text, isText := given.(string); isText {
		v, err := tree.Decode([]byte(text))
		if limit := (*tree.LimitError)(nil); errors.As(err, &limit) {
			return nil, err
		}
		if err == nil {
			read = v
		}
	}
	arguments, ok := read.(tree.Object)
	if !ok {
		return nil, invalidParams("arguments must be an object, not %s: name the parameters that tools/list shows for the tool, as in {\"path\":\"/rest\"}, or leave arguments out", tree.TypeName(given))
	}
	return arguments, nil
}

// toolResult returns the outcome of a tool. A refusal by the operation is a
// result, which the model reads and can act upon; an error of the protocol is
// for the host program, and the model may never see it.
func (s *Server) toolResult(r *request, reply json.RawMessage, err error) (json.RawMessage, error) {
	if err == nil {
		return s.toolReply(r, reply), nil
	}
	var question *inputRequired
	if errors.As(err, &question) {
		return s.inputResult(r, question), nil
	}
	result, err := refusal(err)
	if err != nil {
		return nil, err
	}
	return s.complete(r, result), nil
}

// refusal returns the members of the result of a tool that refused a call. The error is
// one of the protocol.
func refusal(err error) (tree.Object, error) {
	f := fault.Of(err)
	if f.Kind == fault.Internal || f.Kind == fault.Cancelled {
		return nil, err
	}
	return tree.Object{
		"content": []any{textBlock(f.Message + "\n"), textBlock(string(conn.ErrorData(f)))}, // hosts join blocks with nothing
		"isError": true,
	}, nil
}

// toolReply returns an operation's reply as the result of a tool.
func (s *Server) toolReply(r *request, reply json.RawMessage) json.RawMessage {
	return s.toolReplies.of(reply, r.revision(), func() json.RawMessage {
		reply := trimFloats(reply)
		result := tree.Object{"content": []any{textBlock(string(reply))}}
		if r.revision().hasStructure() {
			result["structuredContent"] = reply
		}
		return s.complete(r, result)
	})
}

// textBlock returns a content block.
func textBlock(s string) tree.Object { return tree.Object{"text": s, "type": "text"} }

// lastReply caches the newest result of a tool. Operations return the same
// bytes as long as nothing has changed, and to quote them as text is most of the
// cost of a tool call.
type lastReply struct {
	mu       sync.Mutex // protects the fields below
	reply    json.RawMessage
	revision revision
	result   json.RawMessage
}

// of returns the result for a reply: the cached one if the reply is the same
// memory. It cannot have been reused, because the cache refers to it.
func (l *lastReply) of(reply json.RawMessage, in revision, render func() json.RawMessage) json.RawMessage {
	l.mu.Lock()
	same := len(reply) > 0 && len(reply) == len(l.reply) && &reply[0] == &l.reply[0] && in == l.revision
	result := l.result
	l.mu.Unlock()
	if same {
		return result
	}
	result = render()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reply, l.revision, l.result = reply, in, result
	return result
}
