package mcp

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"realmconf/rpc/internal/conn"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// beginSubscribe begins resources/subscribe, of the older revisions.
func (s *Server) beginSubscribe(r *request) (conn.Call, error) {
	uri := r.params["uri"].(string)
	if err := checkURI(uri); err != nil {
		return conn.Call{}, err
	}
	if _, _, ok := s.catalog.resources.WatchTarget(uri); !ok {
		return conn.Call{}, resourceError(r, uri, fault.New(fault.NotFound, "no such resource: resources/list and resources/templates/list say which there are"))
	}
	wanted := &subscription{kind: resource, key: uri, uris: []string{uri}, framing: r.Framing}
	return s.beginSubscription(wanted, func() tree.Object { return tree.Object{} }, r), nil
}

// beginUnsubscribe begins resources/unsubscribe. It also succeeds if there is no
// such subscription.
func (s *Server) beginUnsubscribe(r *request) (conn.Call, error) {
	return readCall(func(context.Context) (json.RawMessage, error) {
		s.subscriptions.end(resource, r.params["uri"].(string))
		return s.complete(r, tree.Object{}), nil
	}), nil
}

// beginListen begins subscriptions/listen: the request stays open, and is
// acknowledged by a notification with the part of its filter that is served.
func (s *Server) beginListen(r *request) (conn.Call, error) {
	filter := r.params["notifications"].(tree.Object)
	for _, name := range []string{"toolsListChanged", "promptsListChanged", "resourcesListChanged"} {
		if _, isBool := filter[name].(bool); filter[name] != nil && !isBool {
			return conn.Call{}, invalidParams("notifications.%s must be true or false, not %s", name, tree.TypeName(filter[name]))
		}
	}
	uris, err := s.watchableURIs(filter["resourceSubscriptions"])
	if err != nil {
		return conn.Call{}, err
	}
	wanted := &subscription{kind: listen, key: conn.IDKey(r.ID), id: bytes.Clone(r.ID), uris: uris, framing: r.Framing}
	return s.beginSubscription(wanted, func() tree.Object {
		served := tree.Object{}
		if len(uris) > 0 {
			served["resourceSubscriptions"] = uris
		}
		params := wanted.mark()
		params["notifications"] = served
		s.subscriptions.send(wanted, "notifications/subscriptions/acknowledged", params)
		return nil // the request stays open
	}, r), nil
}

// watchableURIs returns the URIs of a list that can be watched, each once.
func (s *Server) watchableURIs(wanted any) ([]string, error) {
	uris := []string{}
	if wanted == nil {
		return uris, nil
	}
	all, isList := wanted.([]any)
	if !isList {
		return nil, invalidParams("notifications.resourceSubscriptions must be a list of URIs, not %s", tree.TypeName(wanted))
	}
	for _, v := range all {
		uri, isText := v.(string)
		if !isText {
			return nil, invalidParams("notifications.resourceSubscriptions must hold URIs, not %s", tree.TypeName(v))
		}
		if err := checkURI(uri); err != nil {
			return nil, err
		}
		if _, _, ok := s.catalog.resources.WatchTarget(uri); ok && !slices.Contains(uris, uri) {
			uris = append(uris, uri)
		}
	}
	return uris, nil
}

// checkURI refuses the URI of a subscription that is too long to be held.
func checkURI(uri string) error {
	if len(uri) > maxTarget {
		return invalidParams("a URI to subscribe to is longer than %d bytes: name a part above it", maxTarget)
	}
	return nil
}
