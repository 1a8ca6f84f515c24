package rpc

import (
	"encoding/json"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// notified takes a notification. It overtakes every request, also those that
// came before it: it may take one of them back. Other notifications say nothing
// that is needed here, and a method without an id is not done, since nobody
// could be told how it went.
func (w *worker) notified(m *message) {
	switch m.method {
	case "notifications/cancelled": // MCP: whoever sends it waits for no answer
		w.cancel(m, "requestId", silently)
	case "$/cancelRequest": // the Language Server Protocol: the answer is still owed
		w.cancel(m, "id", answered)
	default:
		w.log.Debug("notification ignored", "method", prefix(m.method, maxShown))
	}
}

// cancel takes back the request that a notification names. One that is not
// there any more, or never was, is no matter: the two crossed.
func (w *worker) cancel(m *message, member string, how revocation) {
	members, err := tree.Members(m.params)
	if err != nil {
		return
	}
	for _, named := range members {
		if named.Name != member {
			continue
		}
		if id := named.Value; !w.stream.pending.revoke(id, how) {
			w.endListen(m.framing, id, how)
		}
		return
	}
}

// endListen ends a listen, which waits nowhere: it is a subscription.
func (w *worker) endListen(f framing, id json.RawMessage, how revocation) {
	if !w.dispatcher.subscriptions.end(listen, idKey(id)) || how == silently {
		return
	}
	reply := &message{id: id, framing: f}
	reply.settle(nil, fault.New(fault.Cancelled, "the subscription was ended"), w.maxReply)
	if err := w.stream.writer.append(w.stream.rendered(reply)); err != nil {
		w.log.Debug("reply not written", "error", err)
	}
}
