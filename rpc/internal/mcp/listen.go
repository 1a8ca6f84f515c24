package rpc

import (
	"context"
	"encoding/json"
	"slices"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// beginSubscribe begins resources/subscribe, of the older revisions.
func (d *dispatcher) beginSubscribe(r *request) (call, error) {
	uri, err := uriOf(r)
	if err != nil {
		return call{}, err
	}
	if _, _, ok := d.catalog.resources.Watchable(uri); !ok {
		return call{}, resourceError(r, uri, fault.New(fault.NotFound, "no such resource: resources/list and resources/templates/list say which there are"))
	}
	wanted := &subscription{kind: resource, key: uri, uris: []string{uri}, framing: r.framing}
	return d.subscribing(wanted, func() tree.Object { return tree.Object{} }, r), nil
}

// beginUnsubscribe begins resources/unsubscribe. To end what is not open is no
// error: it is what was wanted.
func (d *dispatcher) beginUnsubscribe(r *request) (call, error) {
	uri, err := uriOf(r)
	if err != nil {
		return call{}, err
	}
	return reading(func(context.Context) (json.RawMessage, error) {
		d.subscriptions.end(resource, uri)
		return d.complete(r, tree.Object{}), nil
	}), nil
}

// beginListen begins subscriptions/listen: the request stays open, and is
// acknowledged by a notification that says what will be told. What this server
// never tells is left out of it.
func (d *dispatcher) beginListen(r *request) (call, error) {
	filter, ok := r.params["notifications"].(tree.Object)
	if !ok {
		return call{}, invalidParams("notifications must be an object: it says what to be told of")
	}
	for _, name := range []string{"toolsListChanged", "promptsListChanged", "resourcesListChanged"} {
		if _, isBool := filter[name].(bool); filter[name] != nil && !isBool {
			return call{}, invalidParams("notifications.%s must be true or false, not %s", name, tree.TypeName(filter[name]))
		}
	}
	uris := []string{}
	if v := filter["resourceSubscriptions"]; v != nil {
		all, isList := v.([]any)
		if !isList {
			return call{}, invalidParams("notifications.resourceSubscriptions must be a list of URIs, not %s", tree.TypeName(v))
		}
		for _, v := range all {
			uri, isText := v.(string)
			if !isText {
				return call{}, invalidParams("notifications.resourceSubscriptions must hold URIs, not %s", tree.TypeName(v))
			}
			if _, _, ok := d.catalog.resources.Watchable(uri); ok && !slices.Contains(uris, uri) {
				uris = append(uris, uri)
			}
		}
	}
	wanted := &subscription{kind: listen, key: idKey(r.id), id: r.id, uris: uris, framing: r.framing}
	return d.subscribing(wanted, func() tree.Object {
		honoured := tree.Object{}
		if len(uris) > 0 {
			honoured["resourceSubscriptions"] = uris
		}
		params := wanted.mark()
		params["notifications"] = honoured
		d.subscriptions.send(wanted, "notifications/subscriptions/acknowledged", params)
		return nil // the request stays open
	}, r), nil
}
