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
	caller := r.caller(store.RPC, s.options.Diagnostic)
	result := func(reply json.RawMessage) json.RawMessage {
		if !r.modern() {
			return reply
		}
		return addMembers(reply, s.complete(r, tree.Object{}))
	}
	c := conn.Call{Effect: o.effect, Quick: o.calls.IsQuick()}
	s.observeWrite(&c, &caller, result)
	known := caller // a variable that never changes, so that Do has it without an allocation
	c.Do = func(ctx context.Context, t *conn.Turn) (json.RawMessage, error) {
		caller := known
		if o.effect == conn.Writes {
			caller.OnQueued, caller.OnDone = t.Entered, t.Done
		}
		reply, err := o.calls.Call(ctx, caller, r.params)
		if err != nil {
			return nil, err
		}
		return result(reply), nil
	}
	return c, nil
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
