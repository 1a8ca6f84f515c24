package rpc

import (
	"slices"

	"realmconf/schema/tree"
)

// The keys of _meta that are read here: MCP 2026-07-28's, and two of ours that
// stand open to plain requests as well.
const (
	keyVersion      = "io.modelcontextprotocol/protocolVersion"
	keyCapabilities = "io.modelcontextprotocol/clientCapabilities"
	keyClientInfo   = "io.modelcontextprotocol/clientInfo"
	keyLogLevel     = "io.modelcontextprotocol/logLevel"
	keyServerInfo   = "io.modelcontextprotocol/serverInfo"
	keySubscription = "io.modelcontextprotocol/subscriptionId"

	keyClient     = "io.realmconf/client"
	keyDiagnostic = "io.realmconf/diagnostic" // the extension's name, too

	// What a resource's contents say about themselves.
	keyGeneration = "io.realmconf/generation"
	keyPaths      = "io.realmconf/resolved_paths"
)

// meta is what a request says about itself, beside what it asks for.
type meta struct {
	claim    revision // the modern revision that it is written in, or empty
	client   client   // who sends it
	paths    bool     // it asks for paths by our own key
	declares bool     // it asks for paths by its client's capabilities
	forms    bool     // its client can put a form before a person
}

// client is a program, by its own word.
type client struct{ name, version string }

// readMeta reads params._meta; absent is nil. The error is a fault, or a
// *versionError.
func readMeta(raw any, present bool) (meta, error) {
	var m meta
	if !present {
		return m, nil
	}
	members, ok := raw.(tree.Object)
	if !ok {
		return m, invalidParams("_meta must be an object, not %s", tree.TypeName(raw))
	}
	if err := m.readClaim(members); err != nil {
		return m, err
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
		if _, m.paths = v.(tree.Object); !m.paths {
			return m, invalidParams("_meta[%q] must be an object: {} asks for paths", keyDiagnostic)
		}
	}
	return m, nil
}

// readClaim reads MCP's own keys. They count only beside a modern protocol
// version; a legacy one in this place says nothing that initialize does not.
func (m *meta) readClaim(members tree.Object) error {
	v, claimed := members[keyVersion]
	if !claimed {
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
	m.claim = revision20260728

	v, ok = members[keyCapabilities]
	if !ok {
		return invalidParams("_meta[%q] is missing: send {} when there are none", keyCapabilities)
	}
	capabilities, ok := v.(tree.Object)
	if !ok {
		return invalidParams("_meta[%q] must be an object, not %s", keyCapabilities, tree.TypeName(v))
	}
	var err error
	if m.declares, err = declaresDiagnostic(capabilities); err != nil {
		return err
	}
	m.forms = declaresForms(capabilities)
	if v, ok := members[keyClientInfo]; ok {
		if m.client, err = readClient(keyClientInfo, v); err != nil {
			return err
		}
	}
	if v, ok := members[keyLogLevel]; ok {
		levels := []string{"debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"}
		if level, ok := v.(string); !ok || !slices.Contains(levels, level) {
			return invalidParams("_meta[%q] is not a log level: use one of %s", keyLogLevel, list(levels))
		}
	}
	return nil
}

// declaresDiagnostic reports whether a modern client's capabilities ask for
// paths.
func declaresDiagnostic(capabilities tree.Object) (bool, error) {
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

// readClient reads who a client is: an object with name and version.
func readClient(key string, v any) (client, error) {
	o, _ := v.(tree.Object)
	c, ok := asClient(o)
	if !ok {
		return client{}, invalidParams("_meta[%q] must be an object with the strings name and version", key)
	}
	return c, nil
}

// asClient reads a client's name and version where they are there. They are
// cut to a length that a history entry can bear.
func asClient(o tree.Object) (client, bool) {
	const longest = 200
	name, hasName := o["name"].(string)
	version, hasVersion := o["version"].(string)
	return client{name: prefix(name, longest), version: prefix(version, longest)}, hasName && hasVersion
}
