package mcp

import (
	"context"
	"encoding/json"

	"realmconf/rpc/internal/conn"
	"realmconf/schema/tree"
)

// maxCompletions is the limit of values in one result, by MCP.
const maxCompletions = 100

// beginComplete begins completion/complete: the values that complete an
// argument of a resource template.
func (s *Server) beginComplete(r *request) (conn.Call, error) {
	ref, _ := r.params["ref"].(tree.Object)
	refType, _ := ref["type"].(string)
	uri, isURI := ref["uri"].(string)
	if refType != "ref/resource" || !isURI {
		return conn.Call{}, invalidParams("ref must be {\"type\":\"ref/resource\",\"uri\":…}: only resources are completed here")
	}
	argument, _ := r.params["argument"].(tree.Object)
	name, hasName := argument["name"].(string)
	value, hasValue := argument["value"].(string)
	if !hasName || !hasValue {
		return conn.Call{}, invalidParams("argument must be an object with the strings name and value")
	}
	return readCall(func(ctx context.Context) (json.RawMessage, error) {
		values, err := s.catalog.resources.Complete(ctx, uri, name, value)
		if err != nil {
			return nil, err
		}
		shown := []any{}
		for _, v := range values[:min(len(values), maxCompletions)] {
			shown = append(shown, v)
		}
		return s.complete(r, tree.Object{"completion": tree.Object{
			"values": shown, "total": len(values), "hasMore": len(shown) < len(values),
		}}), nil
	}), nil
}
