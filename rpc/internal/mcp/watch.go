package mcp

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"realmconf/rpc/internal/conn"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools"
)

// methodChanged is the notification of config/watch.
const methodChanged = tools.MethodPrefix + string(tools.Changed)

// beginWatch begins config/watch, the subscription for clients without MCP. It
// has a place among the reads, so that it comes after the writes before it.
func (s *Server) beginWatch(r *request) (conn.Call, error) {
	path, view, _, err := watchPath(r)
	if err != nil {
		return conn.Call{}, err
	}
	wanted := &subscription{kind: watch, key: watchKey(path, view), path: path, view: view, framing: r.Framing}
	return s.beginSubscription(wanted, func() tree.Object {
		return tree.Object{"watching": true, "generation": wanted.since.Generation}
	}, r), nil
}

// beginUnwatch begins config/unwatch, which ends one watch or all.
func (s *Server) beginUnwatch(r *request) (conn.Call, error) {
	path, view, given, err := watchPath(r)
	if err != nil {
		return conn.Call{}, err
	}
	return readCall(func(context.Context) (json.RawMessage, error) {
		if !given {
			s.subscriptions.endWatches()
		} else if !s.subscriptions.end(watch, watchKey(path, view)) {
			return nil, fault.New(fault.NotFound, "%q is not watched on this connection: leave path out to end every watch", fault.Clip(path.String())).
				With("path", fault.Clip(path.String()))
		}
		return s.complete(r, tree.Object{"watching": s.subscriptions.watches()}), nil
	}), nil
}

// watchKey identifies a watch among those of a connection.
func watchKey(path tree.Pointer, view string) string { return view + path.String() }

// watchPath reads the parameters of config/watch and config/unwatch. given reports
// whether there is one.
func watchPath(r *request) (path tree.Pointer, view string, given bool, err error) {
	for _, name := range slices.Sorted(maps.Keys(r.params)) { // so that the same request gets the same error
		if name != "path" && name != "view" {
			return nil, "", false, invalidParams("%s has no parameter %s: it has path and view; nothing was done", r.Method, conn.QuoteShort(name)).
				With("path", fault.Clip(tree.Pointer{name}.String()))
		}
	}
	wantedView := r.params["view"]
	hasView := wantedView != nil
	if hasView && wantedView != tools.ViewEffective {
		return nil, "", false, invalidParams("parameter \"view\" of %s must be \"effective\", or be left out; nothing was done", r.Method).With("path", "/view")
	}
	if hasView {
		view = tools.ViewEffective
	}
	value, given := r.params["path"]
	text, isText := value.(string)
	if given && !isText {
		return nil, "", false, invalidParams("parameter \"path\" of %s must be a string, not %s; nothing was done", r.Method, tree.TypeName(value)).
			With("path", "/path")
	}
	if len(text) > maxTarget {
		return nil, "", false, invalidParams("path is longer than %d bytes: name a part above it", maxTarget).With("path", "/path")
	}
	if path, err = tree.ParsePointer(text); err != nil {
		return nil, "", false, invalidParams("%v", err).With("path", "/path")
	}
	return path, view, given || hasView, nil
}

// beginSubscription returns the call that adds a subscription. Its reply is
// written before the first notification, unless it is part of a batch.
func (s *Server) beginSubscription(wanted *subscription, result func() tree.Object, r *request) conn.Call {
	var release func() // lets the notifications go; nil until the subscription is added
	return conn.Call{
		Effect: conn.Reads,
		Do: func(ctx context.Context, t *conn.Turn) (json.RawMessage, error) {
			if wanted.kind == watch {
				if err := s.catalog.resources.CheckPath(ctx, wanted.path); err != nil {
					return nil, err
				}
			}
			var err error
			if release, err = s.subscriptions.begin(ctx, t, wanted); err != nil {
				return nil, err
			}
			if ctx.Err() != nil { // cancelled while it was added
				if !s.subscriptions.end(wanted.kind, wanted.key) && wanted.kind == listen {
					return nil, nil // the cancellation has ended it, and replied
				}
				return nil, ctx.Err()
			}
			if o := result(); o != nil {
				return s.complete(r, o), nil
			}
			return nil, nil
		},
		After: func() {
			if release != nil {
				release()
			}
		},
	}
}
