package rpc

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools"
)

// beginMethod begins an operation as a method of its own. It needs no
// handshake. A request that claims a modern revision gets the members that
// modern clients insist on, whatever the method.
func (d *dispatcher) beginMethod(r *request) call {
	operation, caller := d.catalog.methods[r.method], r.caller(store.RPC, d.diagnostic)
	result := func(reply json.RawMessage) json.RawMessage {
		if !r.modern() {
			return reply
		}
		return addMembers(reply, d.complete(r, tree.Object{}))
	}
	c := call{effect: d.catalog.effects[r.method]}
	d.written(&c, &caller, result)
	c.do = func(ctx context.Context, t *turn) (json.RawMessage, error) {
		caller.Entered = t.entered
		reply, err := operation.Call(ctx, caller, r.params)
		if err != nil {
			return nil, err
		}
		return result(reply), nil
	}
	return c
}

// written lets a write tell of its success: to the subscriptions, which owe the
// news of it, and to the call, whose shortest result it becomes.
func (d *dispatcher) written(c *call, caller *tools.Caller, result func(reply json.RawMessage) json.RawMessage) {
	if c.effect != writes {
		return
	}
	var brief json.RawMessage
	caller.Origin = d.subscriptions
	caller.Written = func(generation uint64, reply json.RawMessage) {
		brief = reply
		d.subscriptions.wrote(generation)
	}
	c.brief = func() json.RawMessage {
		if brief == nil {
			return nil
		}
		return result(brief)
	}
}

// addMembers is an object with the members of another one added, all of them
// sorted; their values' bytes stay as they are. There is at least one.
func addMembers(object, more json.RawMessage) json.RawMessage {
	var all []tree.Member
	for _, part := range []json.RawMessage{object, more} {
		members, err := tree.Members(part)
		if err != nil {
			panic(fmt.Sprintf("rpc: an operation's result is not an object: %v", err))
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
