package rpc

import (
	"context"
	"encoding/json"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// Our own way to be told of changes, for clients without MCP.
const (
	methodWatch   = "config/watch"
	methodUnwatch = "config/unwatch"
	methodChanged = "config/changed"
)

// offersWatch reports whether a method is one of the two, and offered.
func (d *dispatcher) offersWatch(method string) bool {
	return d.catalog.resources != nil && (method == methodWatch || method == methodUnwatch)
}

// beginWatch begins config/watch or config/unwatch. Both take their place among
// the reads, so that each sees what was sent before it.
func (d *dispatcher) beginWatch(r *request) (call, error) {
	for name := range r.params {
		if name != "path" {
			return call{}, invalidParams("%s has no parameter %s: its only one is path; nothing was done", r.method, clip(name)).
				With("path", tree.Pointer{name}.String())
		}
	}
	text, isText := r.params["path"].(string)
	if _, given := r.params["path"]; given && !isText {
		return call{}, invalidParams("parameter \"path\" of %s must be a string, not %s; nothing was done", r.method, tree.TypeName(r.params["path"])).
			With("path", "/path")
	}
	path, err := tree.ParsePointer(text)
	if err != nil {
		return call{}, invalidParams("%v", err).With("path", "/path")
	}
	if r.method == methodUnwatch {
		_, given := r.params["path"]
		return d.unwatch(r, path, !given), nil
	}
	wanted := &subscription{kind: watch, key: path.String(), path: path, framing: r.framing}
	return d.subscribing(wanted, func() tree.Object {
		return tree.Object{"watching": true, "generation": wanted.since.Generation}
	}, r), nil
}

// subscribing is a call that begins a subscription. Its answer is written
// before the first news of it.
func (d *dispatcher) subscribing(wanted *subscription, result func() tree.Object, r *request) call {
	begun := false
	c := reading(func(ctx context.Context) (json.RawMessage, error) {
		if wanted.kind == watch {
			if err := d.catalog.resources.Known(ctx, wanted.path); err != nil {
				return nil, err
			}
		}
		if err := d.subscriptions.begin(ctx, wanted); err != nil {
			return nil, err
		}
		begun = true
		if ctx.Err() != nil { // taken back meanwhile
			d.subscriptions.end(wanted.kind, wanted.key)
			return nil, ctx.Err()
		}
		if o := result(); o != nil {
			return d.complete(r, o), nil
		}
		return nil, nil
	})
	c.after = func() {
		if begun {
			d.subscriptions.begun()
		}
	}
	return c
}

// unwatch ends one watch, or all.
func (d *dispatcher) unwatch(r *request, path tree.Pointer, all bool) call {
	return reading(func(context.Context) (json.RawMessage, error) {
		if all {
			d.subscriptions.endWatches()
		} else if !d.subscriptions.end(watch, path.String()) {
			return nil, fault.New(fault.NotFound, "%q is not watched on this connection: leave path out to end every watch", path.String()).
				With("path", path.String())
		}
		return d.complete(r, tree.Object{"watching": d.subscriptions.watches()}), nil
	})
}
