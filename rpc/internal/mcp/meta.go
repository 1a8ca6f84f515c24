package mcp

import (
	"slices"
	"strings"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// The keys of _meta: those of MCP 2026-07-28, and those of this server. A plain
// request may use keyClient and keyDiagnostic, too.
const (
	keyVersion      = "io.modelcontextprotocol/protocolVersion"
	keyCapabilities = "io.modelcontextprotocol/clientCapabilities"
	keyClientInfo   = "io.modelcontextprotocol/clientInfo"
	keyLogLevel     = "io.modelcontextprotocol/logLevel"
	keyServerInfo   = "io.modelcontextprotocol/serverInfo"
	keySubscription = "io.modelcontextprotocol/subscriptionId"
	keyProgress     = "progressToken" // of all revisions

	keyClient     = "io.realmconf/client"
	keyDiagnostic = "io.realmconf/diagnostic" // also the name of the extension

	// In the _meta of a resource's contents.
	keyGeneration = "io.realmconf/generation"
	keyPaths      = "io.realmconf/resolved_paths"
)

// noMeta is the _meta of a request that has none.
var noMeta meta

// meta is the _meta of a request. It never changes.
type meta struct {
	revision     revision // 2026-07-28 if the request names it, otherwise empty
	client       client   // who sends it
	wantsPath    bool     // keyDiagnostic asks for paths
	declaresPath bool     // the client's capabilities ask for paths
	showsForms   bool     // the client can show a form to a person
	showsApps    bool     // the client shows pages of the server

	progressToken any // names the request in notifications of its progress; nil if the client wants none
}

// client is the name and the version of a client program, as it says itself.
type client struct{ name, version string }

// readMeta reads params._meta. The error is a fault or a *versionError.
func readMeta(raw any) (meta, error) {
	var m meta
	members, ok := raw.(tree.Object)
	if !ok {
		return m, invalidParams("_meta must be an object, not %s", tree.TypeName(raw))
	}
	if err := m.readRevision(members); err != nil {
		return m, err
	}
	switch v := members[keyProgress].(type) {
	case string, int64, uint64:
		m.progressToken = v
	}
	if v, ok := members[keyClient]; ok {
		c, err := readClient(keyClient, v)
		if err != nil {
			return m, err
		}
		if m.client == (client{}) {
			m.client = c
		}
	}
	if v, ok := members[keyDiagnostic]; ok {
		if _, m.wantsPath = v.(tree.Object); !m.wantsPath {
			return m, invalidParams("_meta[%q] must be an object: {} asks for paths", keyDiagnostic)
		}
	}
	return m, nil
}

// readRevision reads MCP's keys. They count only beside the new revision; an old
// revision in this place says nothing that initialize does not say.
func (m *meta) readRevision(members tree.Object) error {
	v, named := members[keyVersion]
	if !named {
		for _, key := range []string{keyCapabilities, keyClientInfo} {
			if _, ok := members[key]; ok {
				return invalidParams("_meta[%q] is missing beside %q: name the protocol version", keyVersion, key)
			}
		}
		return nil
	}
	version, ok := v.(string)
	switch {
	case !ok:
		return invalidParams("_meta[%q] must be a string, not %s", keyVersion, tree.TypeName(v))
	case revision(version).legacy():
		return nil
	case revision(version) != revision20260728:
		return &versionError{requested: version}
	}
	m.revision = revision20260728

	v, ok = members[keyCapabilities]
	if !ok {
		return invalidParams("_meta[%q] is missing: send {} when there are none", keyCapabilities)
	}
	capabilities, ok := v.(tree.Object)
	if !ok {
		return invalidParams("_meta[%q] must be an object, not %s", keyCapabilities, tree.TypeName(v))
	}
	var err error
	if m.declaresPath, err = declaresPath(capabilities); err != nil {
		return err
	}
	m.showsForms, m.showsApps = declaresForms(capabilities), declaresApps(capabilities)
	if v, ok := members[keyClientInfo]; ok {
		if m.client, err = readClient(keyClientInfo, v); err != nil {
			return err
		}
	}
	if v, ok := members[keyLogLevel]; ok {
		levels := []string{"debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"}
		if level, ok := v.(string); !ok || !slices.Contains(levels, level) {
			return invalidParams("_meta[%q] is not a log level: use one of %s", keyLogLevel, tree.JoinWords(levels, "and", len(levels)))
		}
	}
	return nil
}

// declaresPath reports whether a client's capabilities in _meta ask for paths.
func declaresPath(capabilities tree.Object) (bool, error) {
	v, ok := capabilities["extensions"]
	if !ok {
		return false, nil
	}
	extensions, ok := v.(tree.Object)
	if !ok {
		return false, invalidParams("_meta[%q].extensions must be an object, not %s", keyCapabilities, tree.TypeName(v))
	}
	v, ok = extensions[keyDiagnostic]
	if !ok {
		return false, nil
	}
	if _, ok := v.(tree.Object); !ok {
		return false, invalidParams("_meta[%q].extensions[%q] must be an object: {} asks for paths", keyCapabilities, keyDiagnostic)
	}
	return true, nil
}

// readClient reads a client: an object with name and version.
func readClient(key string, v any) (client, error) {
	o, _ := v.(tree.Object)
	c, ok := clientOf(o)
	if !ok {
		return client{}, invalidParams("_meta[%q] must be an object with the strings name and version", key)
	}
	return c, nil
}

// clientOf returns the name for people (title, else name) and the version in an
// object, as far as they are there, and whether name and version are. They are
// clipped, because every history entry has them.
func clientOf(o tree.Object) (client, bool) {
	name, hasName := o["name"].(string)
	version, hasVersion := o["version"].(string)
	if title, ok := o["title"].(string); ok && title != "" {
		name = title
	}
	if isOwnName(name) {
		name = ""
	}
	return client{name: fault.Clip(name), version: fault.Clip(version)}, hasName && hasVersion
}

// isOwnName reports whether a client calls itself what this program is called: some
// send the server's name as their own.
func isOwnName(name string) bool {
	name = strings.TrimSpace(name)
	return strings.EqualFold(name, serverName) || strings.EqualFold(name, serverTitle)
}
