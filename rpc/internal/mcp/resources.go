package rpc

import (
	"context"
	"encoding/json"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools"
)

// listResources shows the documents that are always there.
func (d *dispatcher) listResources(r *request) (call, error) {
	return d.staticList(r, tree.Object{"resources": described(d.catalog.resources.Listed(), "uri", r.revision())})
}

// listTemplates shows the URI templates of the others.
func (d *dispatcher) listTemplates(r *request) (call, error) {
	return d.staticList(r, tree.Object{"resourceTemplates": described(d.catalog.resources.Templates(), "uriTemplate", r.revision())})
}

// described are resources as a revision has them.
func described(resources []tools.Resource, uri string, in revision) []any {
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

// beginRead begins resources/read. A client may keep nothing of it: the next
// commit can come at any time.
func (d *dispatcher) beginRead(r *request) (call, error) {
	uri, err := uriOf(r)
	if err != nil {
		return call{}, err
	}
	caller := r.caller(store.RPC, d.diagnostic)
	return reading(func(ctx context.Context) (json.RawMessage, error) {
		document, err := d.catalog.resources.Read(ctx, caller, uri)
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
		return d.complete(r, result), nil
	}), nil
}

// documentMeta is what a document says beside its text. The schema belongs to
// no generation.
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

// uriOf is the resource that a request is about.
func uriOf(r *request) (string, error) {
	uri, ok := r.params["uri"].(string)
	if !ok {
		return "", invalidParams("uri must be a string: it names the resource")
	}
	return uri, nil
}

// resourceError is an error about a resource. One that there is not has a
// number of its own, which is not the same in all revisions.
func resourceError(r *request, uri string, err error) error {
	f := fault.Of(err)
	if f.Kind != fault.NotFound {
		return err
	}
	number := -32602
	if !r.modern() {
		number = -32002
	}
	return &resourceNotFound{fault: f.With("uri", uri), number: number}
}

// resourceNotFound is a fault with a number by MCP.
type resourceNotFound struct {
	fault  *fault.Fault
	number int
}

// Error is the fault's message.
func (e *resourceNotFound) Error() string { return e.fault.Message }

// Unwrap is the fault.
func (e *resourceNotFound) Unwrap() error { return e.fault }

// object is the error as the wire has it.
func (e *resourceNotFound) object() json.RawMessage {
	return tree.Append(nil, tree.Object{
		"code":    e.number,
		"data":    json.RawMessage(errorData(e.fault)),
		"message": e.fault.Message,
	})
}
