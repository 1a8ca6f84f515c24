package mcp

import (
	"encoding/json"

	"realmconf/rpc/internal/conn"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// extensionMethods is the extension that lists the config/* methods.
const extensionMethods = "io.realmconf/config-methods"

// staticTTL is how long, in milliseconds, a client may keep a result that does
// not change while the server runs.
const staticTTL = 3600_000

// initialize opens the revisions before 2026-07-28. It always succeeds, at any
// time and any number of times, also after requests of the new revision: hosts
// probe with server/discover and send it nevertheless, some of them twice. The
// last one counts. An unknown revision is answered with the newest that has an
// initialize.
func (s *Server) initialize(r *request) (conn.Call, error) {
	if r.Batched {
		return conn.Call{}, fault.New(fault.InvalidRequest, "initialize cannot be part of a batch: send it alone")
	}
	asked, _ := r.params["protocolVersion"].(string)
	chosen := revision(asked)
	if !chosen.legacy() {
		chosen = revision20251125
	}
	info, _ := r.params["clientInfo"].(tree.Object)
	capabilities, _ := r.params["capabilities"].(tree.Object)
	who, _ := clientOf(info)
	s.session = &session{
		revision:   chosen,
		client:     who,
		wantsPath:  wantsPathLegacy(capabilities),
		showsForms: chosen.hasElicitation() && declaresForms(capabilities),
		showsApps:  chosen.hasApps() && declaresApps(capabilities),
	}
	s.offerRoots(r, declaresRoots(capabilities))
	const room = 4 << 10 // for the whole result: memory that is too small is given up again and again
	return resultCall(tree.Append(make([]byte, 0, room), tree.Object{
		"capabilities":    s.capabilities(chosen, s.session.showsApps),
		"instructions":    s.catalog.instructions,
		"protocolVersion": string(chosen),
		"serverInfo":      s.serverInfo(chosen),
	})), nil
}

// ping answers that the server is alive.
func (s *Server) ping(*request) (conn.Call, error) { return resultCall(json.RawMessage("{}")), nil }

// discover returns the server's offer to a client of 2026-07-28. It reads no
// configuration: some hosts start a process, ask this, and kill it.
func (s *Server) discover(r *request) (conn.Call, error) {
	return resultCall(s.complete(r, tree.Object{
		"cacheScope":        "private",
		"capabilities":      s.capabilities(r.revision(), r.showsApps()),
		"instructions":      s.catalog.instructions,
		"supportedVersions": revisions(),
		"ttlMs":             staticTTL,
	})), nil
}

// declaresForms reports whether a client can show a form to a person. An empty
// declaration says so, too; a declaration of URLs alone does not (MCP
// 2025-11-25, client/elicitation).
func declaresForms(capabilities tree.Object) bool {
	elicitation, ok := capabilities["elicitation"].(tree.Object)
	if !ok {
		return false
	}
	form, hasForm := elicitation["form"]
	_, forms := form.(tree.Object)
	_, urls := elicitation["url"]
	return forms || !hasForm && !urls
}

// wantsPathLegacy reports whether the capabilities of an initialize ask for
// paths. Clients without extensions put them under experimental, where the bare
// name counts, too.
func wantsPathLegacy(capabilities tree.Object) bool {
	for _, place := range []tree.Pointer{
		{"extensions", keyDiagnostic},
		{"experimental", keyDiagnostic},
		{"experimental", "diagnostic"},
	} {
		v, _, _ := place.Get(capabilities)
		if _, ok := v.(tree.Object); ok {
			return true
		}
	}
	return false
}

// capabilities returns what the server offers in a revision, to a client that shows
// pages or not.
func (s *Server) capabilities(in revision, showsApps bool) tree.Object {
	extensions := tree.Object{extensionMethods: tree.Object{"methods": s.methods.configMethods()}}
	if s.options.Diagnostic != Never {
		extensions[keyDiagnostic] = tree.Object{}
	}
	if showsApps && s.catalog.resources != nil {
		extensions[extensionApps] = tree.Object{}
	}
	offered := tree.Object{"tools": tree.Object{}, "extensions": extensions}
	if s.catalog.resources != nil {
		offered["resources"] = tree.Object{"subscribe": true}
		if in.hasCompletions() {
			offered["completions"] = tree.Object{}
		}
	}
	if in.legacy() {
		offered["experimental"] = extensions
	}
	return offered
}

// serverName is the name of this program. A client that gives it counts as one
// without a name: it would look like the command line in the history and in
// questions.
const serverName = "realmconf"

// serverTitle is the name of this program for people, if it serves a realm.
const serverTitle = "Realm configuration"

// serverInfo returns the name and the version of this program.
func (s *Server) serverInfo(in revision) tree.Object {
	info := tree.Object{"name": serverName, "version": s.options.Version}
	if in.hasTitles() {
		info["title"] = s.options.Title
	}
	return info
}
