package rpc

import (
	"context"
	"encoding/json"

	"realmconf/schema/tree"
)

// maxCompletions is how many values one answer may have, by MCP.
const maxCompletions = 100

// beginComplete begins completion/complete: how the argument of a resource's
// template may go on.
func (d *dispatcher) beginComplete(r *request) (call, error) {
	ref, _ := r.params["ref"].(tree.Object)
	kind, _ := ref["type"].(string)
	uri, isURI := ref["uri"].(string)
	if kind != "ref/resource" || !isURI {
		return call{}, invalidParams("ref must be {\"type\":\"ref/resource\",\"uri\":…}: only resources are completed here")
	}
	argument, _ := r.params["argument"].(tree.Object)
	name, hasName := argument["name"].(string)
	value, hasValue := argument["value"].(string)
	if !hasName || !hasValue {
		return call{}, invalidParams("argument must be an object with the strings name and value")
	}
	return reading(func(ctx context.Context) (json.RawMessage, error) {
		values, err := d.catalog.resources.Complete(ctx, uri, name, value)
		if err != nil {
			return nil, err
		}
		shown := []any{}
		for _, v := range values[:min(len(values), maxCompletions)] {
			shown = append(shown, v)
		}
		return d.complete(r, tree.Object{"completion": tree.Object{
			"values": shown, "total": len(values), "hasMore": len(shown) < len(values),
		}}), nil
	}), nil
}
