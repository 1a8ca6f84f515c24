package mcp

import (
	"strings"

	"realmconf/rpc/internal/conn"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools"
)

// The methods that are named in more than one place.
const (
	methodInitialize = "initialize"
	methodWatch      = tools.MethodPrefix + string(tools.Watch)
	methodUnwatch    = tools.MethodPrefix + string(tools.Unwatch)
)

// method is one row of the table of methods: how this server serves a method of
// MCP or of its own. A tools.Name is the name of an operation, whose method is
// one of them.
type method struct {
	name  string
	scope scope
	param *param // a required parameter; may be nil

	// begin returns the call that a request asks for. It is nil for a method of
	// MCP that this server does not offer.
	begin func(s *Server, r *request) (conn.Call, error)
}

// scope is the set of revisions that have a method.
type scope int

const (
	notMCP        scope = iota // a method beside MCP: needs no revision
	everyRevision              // of MCP
	modernOnly                 // from 2026-07-28 on
	legacyOnly                 // before 2026-07-28
	legacyOpening              // like legacyOnly, but needs no initialize before it
)

// param is a required parameter of a method.
type param struct {
	name    string
	object  bool   // it is an object; otherwise a string
	purpose string // "it …"
}

// methodTable is every method that a client may send, in the order in which
// errors list them. It never changes.
type methodTable struct {
	rows   []method
	byName map[string]*method
}

// newMethodTable returns the table: the operations' methods, those that need no
// resources, those that do, and what MCP has beyond them.
func newMethodTable(c *catalog) *methodTable {
	var (
		uri    = &param{name: "uri", purpose: "names the resource"}
		tool   = &param{name: "name", purpose: "names the tool"}
		filter = &param{name: "notifications", object: true, purpose: "lists the changes to be notified of"}
	)
	rows := make([]method, 0, len(c.operations)+32)
	for _, o := range c.operations {
		rows = append(rows, method{o.Method(), notMCP, nil, func(s *Server, r *request) (conn.Call, error) { return s.beginOperation(r, o) }})
	}
	if c.resources != nil {
		rows = append(rows,
			method{methodWatch, notMCP, nil, (*Server).beginWatch},
			method{methodUnwatch, notMCP, nil, (*Server).beginUnwatch},
		)
	}
	rows = append(rows,
		method{methodInitialize, legacyOpening, nil, (*Server).initialize},
		method{"ping", legacyOpening, nil, (*Server).ping},
		method{"server/discover", modernOnly, nil, (*Server).discover},
		method{"tools/call", everyRevision, tool, (*Server).beginTool},
		method{"tools/list", everyRevision, nil, (*Server).listTools},
	)
	ofResources := []method{
		{"completion/complete", everyRevision, nil, (*Server).beginComplete},
		{"resources/list", everyRevision, nil, (*Server).listResources},
		{"resources/read", everyRevision, uri, (*Server).beginRead},
		{"resources/subscribe", legacyOnly, uri, (*Server).beginSubscribe},
		{"resources/templates/list", everyRevision, nil, (*Server).listTemplates},
		{"resources/unsubscribe", legacyOnly, uri, (*Server).beginUnsubscribe},
		{"subscriptions/listen", modernOnly, filter, (*Server).beginListen},
	}
	if c.resources == nil {
		for i := range ofResources {
			ofResources[i].begin = nil
		}
	}
	rows = append(rows, ofResources...)
	rows = append(rows,
		method{"logging/setLevel", legacyOnly, nil, nil},
		method{"prompts/get", everyRevision, nil, nil},
		method{"prompts/list", everyRevision, nil, nil},
		method{"tasks/", legacyOnly, nil, nil}, // every method with this prefix
	)
	t := &methodTable{rows: rows, byName: make(map[string]*method, len(rows))}
	for i := range rows {
		t.byName[rows[i].name] = &rows[i]
	}
	return t
}

// find returns the row of a method, or nil.
func (t *methodTable) find(name string) *method {
	if m := t.byName[name]; m != nil {
		return m
	}
	group, _, _ := strings.Cut(name, "/")
	return t.byName[name[:min(len(group)+1, len(name))]]
}

// check returns an error if the method may not be used by a request. A client
// that has sent no initialize learns both ways to name a revision.
func (m *method) check(r *request) error {
	switch {
	case m.scope == notMCP:
	case r.modern() && (m.scope == legacyOnly || m.scope == legacyOpening):
		return fault.New(fault.MethodNotFound, "method %s is not part of MCP %s: leave it out", conn.QuoteShort(r.Method), r.revision())
	case !r.modern() && m.scope == modernOnly:
		return invalidParams("method %q needs _meta[%q]: name the protocol version", r.Method, keyVersion)
	case m.scope == legacyOpening:
	case r.revision() == "":
		return invalidParams("method %s needs a protocol version: send initialize first, or _meta[%q] with every request", conn.QuoteShort(r.Method), keyVersion)
	}
	switch {
	case m.begin == nil:
		return fault.New(fault.MethodNotFound, "method %s is not offered here: the capabilities say what is", conn.QuoteShort(r.Method))
	case m.param != nil:
		return m.param.check(r.params)
	}
	return nil
}

// check returns an error if the parameter is missing or has another type.
func (p *param) check(params tree.Object) error {
	if p.object {
		if _, ok := params[p.name].(tree.Object); !ok {
			return invalidParams("%s must be an object: it %s", p.name, p.purpose)
		}
	} else if _, ok := params[p.name].(string); !ok {
		return invalidParams("%s must be a string: it %s", p.name, p.purpose)
	}
	return nil
}

// unknown returns the error for a method that does not exist, with the nearest
// name.
func (t *methodTable) unknown(name string) error {
	var offered []string
	for _, m := range t.rows {
		if m.begin != nil {
			offered = append(offered, m.name)
		}
	}
	return unknownName(fault.MethodNotFound, "method", name, offered)
}

// configMethods returns the names of the methods that are not MCP's.
func (t *methodTable) configMethods() []any {
	names := []any{}
	for _, m := range t.rows {
		if m.scope == notMCP {
			names = append(names, m.name)
		}
	}
	return names
}
