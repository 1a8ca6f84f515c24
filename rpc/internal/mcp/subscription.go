package mcp

import (
	"encoding/json"
	"maps"
	"slices"

	"realmconf/rpc/internal/frame"
	"realmconf/runtime"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools"
)

// maxTarget is the limit of the path or the URI of a subscription, in bytes. It is
// held until the subscription ends.
const maxTarget = 4096

// subscription is one subscription of a client to notifications of changes.
type subscription struct {
	kind    subscriptionKind
	key     string // of a watch: its path; of a resource: its URI; of a listen: its id's key
	framing frame.Framing
	since   store.Version // known to the subscriber from the beginning

	// isCaughtUp says that the watch has reached since, so that each further event is
	// news. Protected by subscriptions.notifying.
	isCaughtUp bool
	isPassed   bool // there was an event of another text before that; protected likewise

	sinceEffective *runtime.Effective // the same of what agents run with; nil if it does not watch that

	path tree.Pointer    // of a watch
	view string          // of a watch: "" or effective
	id   json.RawMessage // of a listen
	uris []string        // of a resource: one; of a listen: any number
}

// subscriptionKind is the method by which a subscription was made.
type subscriptionKind int

const (
	watch    subscriptionKind = iota // config/watch
	resource                         // resources/subscribe
	listen                           // subscriptions/listen
)

// watchesEffective reports whether a subscriber wants changes of what agents run
// with.
func (o *subscription) watchesEffective(source *tools.Resources) bool {
	return o.view != "" || slices.ContainsFunc(o.uris, func(uri string) bool {
		_, isEffective := source.EffectiveTarget(uri)
		return isEffective
	})
}

// weight returns how much of the limit a subscription takes.
func (o *subscription) weight() int { return max(1, len(o.uris)) }

// about returns the params of a notification about a resource.
func (o *subscription) about(uri string) tree.Object {
	params := tree.Object{"uri": uri}
	maps.Copy(params, o.mark())
	return params
}

// mark returns the _meta by which a client distinguishes the notifications of its
// listens: the id of the request, with the same JSON type.
func (o *subscription) mark() tree.Object {
	if o.kind != listen {
		return nil
	}
	return tree.Object{"_meta": tree.Object{keySubscription: o.id}}
}

// unseen says what a subscriber does not know of an event.
type unseen int

const (
	unseenNothing unseen = iota // its reply had this text, or a later one
	unseenChanges               // the changes of the event
	unseenUnknown               // what lies between the text of its reply and that of the event
)

// unseenOf returns what a subscriber does not know of an event. The watch may be behind the
// reply, and pass over its text. Until it has reached that, the generations decide, unless
// they are in no order: an event too many does no harm then.
func (o *subscription) unseenOf(e *runtime.Event) unseen {
	isChange := e.Version != e.Previous // else it can be read no more, or again
	switch {
	case o.isCaughtUp:
		return unseenChanges
	case isChange && e.Version == o.since:
		o.isCaughtUp = true
		return unseenNothing
	case e.Version.Generation < o.since.Generation && !e.Unordered:
		return unseenNothing
	case !isChange:
		return unseenChanges
	}
	// Without an order, one event may be of a text that was read before the reply's.
	o.isCaughtUp = !e.Unordered || o.isPassed
	o.isPassed = true
	return unseenUnknown
}
