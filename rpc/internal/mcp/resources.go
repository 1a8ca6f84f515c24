package mcp

import (
	"context"
	"encoding/json"

	"realmconf/rpc/internal/conn"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools"
)

// listResources lists the documents that always exist.
func (s *Server) listResources(r *request) (conn.Call, error) {
	all := describeResources(s.catalog.resources.List(), "uri", r.revision())
	if r.showsApps() {
		all = append(all, reviewResource())
	}
	return s.staticList(r, tree.Object{"resources": all})
}

// listTemplates lists the URI templates of the other documents.
func (s *Server) listTemplates(r *request) (conn.Call, error) {
	return s.staticList(r, tree.Object{"resourceTemplates": describeResources(s.catalog.resources.Templates(), "uriTemplate", r.revision())})
}

// describeResources returns resources as a revision has them.
func describeResources(resources []tools.Resource, uri string, in revision) []any {
	all := make([]any, 0, len(resources))
	for _, r := range resources {
		o := tree.Object{uri: r.URI, "name": r.Name, "description": r.Description, "mimeType": r.MIMEType}
		if in.hasTitles() {
			o["title"] = r.Title
		}
		all = append(all, o)
	}
	return all
}

// beginRead begins resources/read. A client may not cache the result: the next
// commit can come at any time.
func (s *Server) beginRead(r *request) (conn.Call, error) {
	uri := r.params["uri"].(string)
	if uri == uriReview {
		return resultCall(s.complete(r, s.readReview(r))), nil
	}
	caller := r.caller(store.RPC, s.options.Diagnostic)
	return readCall(func(ctx context.Context) (json.RawMessage, error) {
		document, err := s.catalog.resources.Read(ctx, caller, uri)
		if err != nil {
			return nil, resourceError(r, uri, err)
		}
		content := tree.Object{"uri": uri, "mimeType": document.MIMEType, "text": document.Text}
		result := tree.Object{"contents": []any{content}}
		if r.modern() {
			result["cacheScope"], result["ttlMs"] = "private", 0
		}
		if meta := documentMeta(document); len(meta) > 0 {
			if r.revision().hasContentMeta() {
				content["_meta"] = meta
			} else {
				result["_meta"] = meta
			}
		}
		return s.complete(r, result), nil
	}), nil
}

// documentMeta returns the _meta of a document. The schema has no generation.
func documentMeta(document *tools.Document) tree.Object {
	meta := tree.Object{}
	if document.Versioned {
		meta[keyGeneration] = document.Generation
	}
	if document.Paths != nil {
		meta[keyPaths] = document.Paths
	}
	return meta
}

// resourceError returns an error about a resource. For a missing resource MCP
// has a number of its own, which depends on the revision.
func resourceError(r *request, uri string, err error) error {
	f := fault.Of(err)
	if f.Kind != fault.NotFound {
		return err
	}
	number := -32602
	if !r.modern() {
		number = -32002
	}
	return &resourceNotFound{fault: f.With("uri", fault.Clip(uri)), number: number}
}

// resourceNotFound is a fault with MCP's number for it.
type resourceNotFound struct {
	fault  *fault.Fault
	number int
}

// Error returns the fault's message.
func (e *resourceNotFound) Error() string { return e.fault.Message }

// Unwrap returns the fault.
func (e *resourceNotFound) Unwrap() error { return e.fault }

// ErrorObject returns the error object of the reply.
func (e *resourceNotFound) ErrorObject() json.RawMessage {
	return tree.Append(nil, tree.Object{
		"code":    e.number,
		"data":    conn.ErrorData(e.fault),
		"message": e.fault.Message,
	})
}
