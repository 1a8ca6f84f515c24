package rpc

import (
	"encoding/json"

	"realmconf/schema/tree"
)

// staticTTL is how long, in milliseconds, a client may keep what does not
// change while a server runs.
const staticTTL = 3600_000

// discover tells a modern client what is here. It needs no configuration and
// touches none: hosts start a process, ask this, and kill it.
func (d *dispatcher) discover(r *request) json.RawMessage {
	return d.complete(r, tree.Object{
		"cacheScope":        "private",
		"capabilities":      d.capabilities(r.revision()),
		"instructions":      d.catalog.instructions,
		"supportedVersions": revisions(),
		"ttlMs":             staticTTL,
	})
}
