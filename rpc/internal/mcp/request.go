package mcp

import (
	"realmconf/rpc/internal/conn"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools"
)

// request is one request as the methods see it. Its revision is its own:
// requests of the new revision, of an old one and of plain JSON-RPC may come on
// one connection in any order, since hosts probe with one and go on with
// another.
type request struct {
	*conn.Request
	params  tree.Object // without _meta
	meta    *meta
	session *session // content of the last initialize before the request
}

// session is the content of the last initialize; zero before the first. It never changes.
type session struct {
	revision   revision
	client     client
	wantsPath  bool // the client asked for paths
	showsForms bool // the client can show a form to a person
	showsApps  bool // the client shows pages of the server
}

// revision returns the MCP revision of the request: the one in its _meta,
// otherwise the session's. It is empty before any initialize.
func (r *request) revision() revision {
	if r.modern() {
		return r.meta.revision
	}
	return r.session.revision
}

// modern reports whether the request names its revision itself, as it must from
// 2026-07-28 on.
func (r *request) modern() bool { return r.meta.revision != "" }

// caller returns the caller that the operations see.
func (r *request) caller(surface store.Surface, mode DiagnosticMode) tools.Caller {
	who := r.meta.client
	if who == (client{}) && !r.modern() {
		who = r.session.client
	}
	var asked bool
	era := r.revision()
	switch {
	case r.modern():
		asked = r.meta.declaresPath
	case surface == store.RPC:
		// A plain request, whichever revision the connection speaks.
		asked = r.meta.wantsPath || r.session.wantsPath
		era = ""
	default:
		asked = r.session.wantsPath
	}
	return tools.Caller{
		Name:           who.name,
		Version:        who.version,
		Surface:        surface,
		Era:            string(era),
		PathVisibility: mode.visibility(asked),
		Arrival:        r.Arrival,
	}
}
