package rpc

import (
	"realmconf/schema/tree"
)

// listTools shows the tools, all at once: clients stop reading long lists. An
// older revision sees only the members that it knows; some hosts drop every
// tool over one that they do not.
func (d *dispatcher) listTools(r *request) (call, error) {
	all := make([]any, 0, len(d.catalog.described))
	for _, described := range d.catalog.described {
		all = append(all, described.tool(r.revision()))
	}
	return d.staticList(r, tree.Object{"tools": all})
}

// staticList is the answer to a list that never changes and has one page.
func (d *dispatcher) staticList(r *request, result tree.Object) (call, error) {
	if v := r.params["cursor"]; v != nil {
		return call{}, invalidParams("cursor is not one of ours: the list has one page, leave it out")
	}
	if r.modern() {
		result["cacheScope"] = "public"
		result["ttlMs"] = staticTTL
	}
	return settled(d.complete(r, result)), nil
}

// tool is the description as a revision has it.
func (t description) tool(in revision) tree.Object {
	tool := tree.Object{
		"description": t.text,
		"inputSchema": t.input(),
		"name":        t.name,
	}
	if in.hasAnnotations() {
		tool["annotations"] = t.annotations()
	}
	if in.hasTitles() {
		tool["title"] = t.title
	}
	if in.hasStructure() {
		tool["outputSchema"] = t.output()
	}
	return tool
}

// annotations say what a call may do. A write is not idempotent: repeated with
// the same generation it is refused.
func (t description) annotations() tree.Object {
	if !t.writes {
		return tree.Object{"readOnlyHint": true, "openWorldHint": false}
	}
	return tree.Object{
		"readOnlyHint":    false,
		"destructiveHint": true,
		"idempotentHint":  false,
		"openWorldHint":   false,
	}
}
