package mcp

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"realmconf/rpc/internal/conn"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools"
)

// beginOperation begins an operation as a method, config/get for example. It
// needs no initialize. A request that names its revision gets the members that
// its clients require of every result.
func (s *Server) beginOperation(r *request, o *operation) (conn.Call, error) {
	c := conn.Call{Effect: o.effect, Quick: o.calls.IsQuick()}
	if o.effect != conn.Writes { // the caller is made when it is needed, because a Do that holds one takes more memory
		c.Do = func(ctx context.Context, _ *conn.Turn) (json.RawMessage, error) {
			reply, err := o.calls.Call(ctx, r.caller(store.RPC, s.options.Diagnostic), r.params)
			if err != nil {
				return nil, err
			}
			return s.operationResult(r, reply), nil
		}
		return c, nil
	}
	caller := r.caller(store.RPC, s.options.Diagnostic)
	s.observeWrite(&c, &caller, func(reply json.RawMessage) json.RawMessage { return s.operationResult(r, reply) })
	c.Do = func(ctx context.Context, t *conn.Turn) (json.RawMessage, error) {
		caller.OnQueued, caller.OnDone = t.Entered, t.Done
		reply, err := o.calls.Call(ctx, caller, r.params)
		if err != nil {
			return nil, err
		}
		return s.operationResult(r, reply), nil
	}
	return c, nil
}

// operationResult returns an operation's reply as the result of a method.
func (s *Server) operationResult(r *request, reply json.RawMessage) json.RawMessage {
	if !r.modern() {
		return reply
	}
	return addMembers(reply, s.complete(r, tree.Object{}))
}

// observeWrite makes a write report its success to the subscriptions, which then
// wait for the notification of it, and to the call, whose minimal result it is.
func (s *Server) observeWrite(c *conn.Call, caller *tools.Caller, result func(reply json.RawMessage) json.RawMessage) {
	if c.Effect != conn.Writes {
		return
	}
	var minimal json.RawMessage
	caller.ClientID = s.subscriptions
	caller.OnSuccess = func(generation uint64, reply json.RawMessage) {
		minimal = reply
		s.subscriptions.wrote(generation)
	}
	c.MinimalResult = func() json.RawMessage {
		if minimal == nil {
			return nil
		}
		return result(minimal)
	}
}

// addMembers returns an object with the members of both objects, sorted. The
// bytes of their values stay. There must be at least one member.
func addMembers(object, more json.RawMessage) json.RawMessage {
	var all []tree.Member
	for _, part := range []json.RawMessage{object, more} {
		members, err := tree.Members(part)
		if err != nil {
			panic(fmt.Sprintf("mcp: the result of an operation is not an object: %v", err))
		}
		all = append(all, members...)
	}
	slices.SortFunc(all, func(a, b tree.Member) int { return cmp.Compare(a.Name, b.Name) })
	sum := make([]byte, 0, len(object)+len(more))
	for _, m := range all {
		sum = append(tree.Append(append(sum, ','), m.Name), ':')
		sum = append(sum, m.Value...)
	}
	sum[0] = '{'
	return append(sum, '}')
}
