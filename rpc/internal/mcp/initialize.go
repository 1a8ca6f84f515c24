package rpc

import (
	"encoding/json"

	"realmconf/schema/tree"
)

const extensionMethods = "io.realmconf/config-methods"

// initialize opens the older revisions. It always succeeds, at any time and
// any number of times, also after modern requests: hosts probe with
// server/discover and then send it nevertheless, some of them twice. The last
// one counts. A revision that we do not know is answered with the newest that
// has an initialize.
func (d *dispatcher) initialize(r *request) json.RawMessage {
	asked, _ := r.params["protocolVersion"].(string)
	settled := revision(asked)
	if !settled.legacy() {
		settled = revision20251125
	}
	info, _ := r.params["clientInfo"].(tree.Object)
	capabilities, _ := r.params["capabilities"].(tree.Object)
	who, _ := asClient(info)
	d.session = session{
		revision: settled,
		client:   who,
		declares: legacyDiagnostic(capabilities),
		forms:    settled.hasElicitation() && declaresForms(capabilities),
	}
	return tree.Append(nil, tree.Object{
		"capabilities":    d.capabilities(settled),
		"instructions":    d.catalog.instructions,
		"protocolVersion": string(settled),
		"serverInfo":      d.serverInfo(settled),
	})
}

// declaresForms reports whether a client can put a form before a person: an
// empty declaration says so, too, and one of URLs alone does not (MCP
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

// legacyDiagnostic reports whether a legacy client's capabilities ask for
// paths. Clients that know no extensions put them under experimental, where
// the bare name counts as well.
func legacyDiagnostic(capabilities tree.Object) bool {
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

// capabilities are what this server offers in a revision.
func (d *dispatcher) capabilities(in revision) tree.Object {
	methods := []any{}
	for _, name := range d.methods() {
		methods = append(methods, name)
	}
	extensions := tree.Object{extensionMethods: tree.Object{"methods": methods}}
	if d.diagnostic != Never {
		extensions[keyDiagnostic] = tree.Object{}
	}
	offered := tree.Object{"tools": tree.Object{}, "extensions": extensions}
	if d.catalog.resources != nil {
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

// serverInfo is who we are.
func (d *dispatcher) serverInfo(in revision) tree.Object {
	info := tree.Object{"name": "realmconf", "version": d.version}
	if in.hasTitles() {
		info["title"] = "Realm configuration"
	}
	return info
}
