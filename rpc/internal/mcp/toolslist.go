package mcp

import (
	"realmconf/rpc/internal/conn"
	"realmconf/schema/tree"
)

// listTools lists the tools on one page, because some clients read no second
// one. An older revision gets only the members that it knows: some hosts drop
// every tool because of one unknown member. What has to do with the page is for clients
// that show it.
func (s *Server) listTools(r *request) (conn.Call, error) {
	all := make([]any, 0, len(s.catalog.operations))
	for _, o := range s.catalog.operations {
		tool := o.describe(r.revision())
		if o.Writes() && s.showsPage(r) {
			tool["_meta"] = tree.Object{"ui": tree.Object{"resourceUri": uriReview}}
		}
		all = append(all, tool)
	}
	if s.mayAnswer(r) {
		all = append(all, answerDescription())
	}
	return s.staticList(r, tree.Object{"tools": all})
}

// staticList returns a list that never changes and has one page.
func (s *Server) staticList(r *request, result tree.Object) (conn.Call, error) {
	if v := r.params["cursor"]; v != nil && v != "" { // some clients send an empty one for the first page
		return conn.Call{}, invalidParams("cursor is unknown: the list has one page, leave cursor out")
	}
	if r.modern() {
		result["cacheScope"] = "public"
		if r.showsApps() { // the list differs from that of other clients
			result["cacheScope"] = "private"
		}
		result["ttlMs"] = staticTTL
	}
	return resultCall(s.complete(r, result)), nil
}

// describe returns the operation as a tool of a revision.
func (o *operation) describe(in revision) tree.Object {
	tool := tree.Object{
		"description": o.Description,
		"inputSchema": o.input(),
		"name":        o.Tool(),
	}
	if in.hasAnnotations() {
		tool["annotations"] = o.annotations()
	}
	if in.hasTitles() {
		tool["title"] = o.Title
	}
	if in.hasStructure() {
		tool["outputSchema"] = o.output()
	}
	return tool
}

// annotations returns what a call may do, and the title once more: some hosts show
// only that. A write is not idempotent: with the same generation it is refused the
// second time.
func (o *operation) annotations() tree.Object {
	if o.effect != conn.Writes {
		return tree.Object{"title": o.Title, "readOnlyHint": true, "openWorldHint": false}
	}
	return tree.Object{
		"title":           o.Title,
		"readOnlyHint":    false,
		"destructiveHint": true,
		"idempotentHint":  false,
		"openWorldHint":   false,
	}
}
