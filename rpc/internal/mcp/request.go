package rpc

import (
	"encoding/json"
	"strings"

	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools"
)

// session is what a connection remembers between requests: the last initialize
// that it saw. It is no lock: modern, legacy and plain requests may come on
// one connection in any order, since real hosts probe with one and go on with
// another. The zero session has seen none.
type session struct {
	revision revision
	client   client
	declares bool // that client asked for paths
	forms    bool // it can put a form before a person
}

// request is one request as the methods see it: its parameters, and the era it
// is spoken in, which is decided for each request anew.
type request struct {
	method  string
	params  tree.Object // without _meta
	meta    meta
	session session

	id      json.RawMessage
	framing framing
	batched bool // it is an element of a batch
}

// revision is the MCP revision that the request is spoken in: what it claims,
// or else what initialize settled. It is empty before any initialize.
func (r *request) revision() revision {
	if r.meta.claim != "" {
		return r.meta.claim
	}
	return r.session.revision
}

// modern reports whether the request claims a revision by itself.
func (r *request) modern() bool { return r.meta.claim != "" }

// caller is who the operations take the request to come from.
func (r *request) caller(surface store.Surface, mode DiagnosticMode) tools.Caller {
	who := r.meta.client
	if who == (client{}) && !r.modern() {
		who = r.session.client
	}
	var asked bool
	era := r.revision()
	switch {
	case r.modern():
		asked = r.meta.declares
	case surface == store.RPC:
		// A plain request, whatever else the connection speaks.
		asked = r.meta.paths || r.session.declares
		era = ""
	default:
		asked = r.session.declares
	}
	return tools.Caller{
		Name:    who.name,
		Version: who.version,
		Surface: surface,
		Era:     string(era),
		Policy:  mode.policy(asked),
	}
}

// scope says in which eras MCP has a method.
type scope int

const (
	unknown    scope = iota // not a method of MCP
	everywhere              // in all revisions
	modernOnly              // from 2026-07-28 on
	legacyOnly              // before
)

// scopeOf knows every request that a client may send by MCP, whether it is
// offered here or not.
func scopeOf(method string) scope {
	switch method {
	case "tools/list", "tools/call",
		"resources/list", "resources/templates/list", "resources/read",
		"prompts/list", "prompts/get", "completion/complete":
		return everywhere
	case "server/discover", "subscriptions/listen":
		return modernOnly
	case "initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe":
		return legacyOnly
	}
	if strings.HasPrefix(method, "tasks/") {
		return legacyOnly
	}
	return unknown
}
