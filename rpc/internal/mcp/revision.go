package rpc

import (
	"encoding/json"
	"slices"

	"realmconf/schema/tree"
)

// revision is a revision of MCP, by its date: later ones compare greater. The
// empty revision stands for plain JSON-RPC.
type revision string

// The revisions that are spoken here. In the newest every request stands on
// its own; the others begin with initialize.
const (
	revision20260728 revision = "2026-07-28"
	revision20251125 revision = "2025-11-25"
	revision20250618 revision = "2025-06-18"
	revision20250326 revision = "2025-03-26"
	revision20241105 revision = "2024-11-05"
)

// legacyRevisions are those that begin with initialize, newest first.
func legacyRevisions() []revision {
	return []revision{revision20251125, revision20250618, revision20250326, revision20241105}
}

// revisions are all, newest first.
func revisions() []any {
	all := []any{string(revision20260728)}
	for _, r := range legacyRevisions() {
		all = append(all, string(r))
	}
	return all
}

func (r revision) legacy() bool { return slices.Contains(legacyRevisions(), r) }

// hasAnnotations: tools say whether they write.
func (r revision) hasAnnotations() bool { return r >= revision20250326 }

// hasCompletions: completion is a capability of its own.
func (r revision) hasCompletions() bool { return r >= revision20250326 }

// hasContentMeta: a resource, and what is read of it, has a _meta.
func (r revision) hasContentMeta() bool { return r >= revision20250618 }

// hasTitles: tools and programs have a name for people.
func (r revision) hasTitles() bool { return r >= revision20250618 }

// hasElicitation: a server may ask the person behind its client.
func (r revision) hasElicitation() bool { return r >= revision20250618 }

// hasStructure: a tool's result is JSON, with a schema.
func (r revision) hasStructure() bool { return r >= revision20250618 }

// versionError is a claim to speak a revision that we do not know. Clients
// read its data to choose another one.
type versionError struct{ requested string }

// Error names the version.
func (e *versionError) Error() string {
	return "protocol version " + clip(e.requested) + " is not supported: use one of data.supported"
}

// Unwrap makes it a fault where the number does not matter.
func (e *versionError) Unwrap() error { return invalidParams("%s", e.Error()) }

// object is the error as MCP 2026-07-28 has it: UnsupportedProtocolVersionError.
func (e *versionError) object() json.RawMessage {
	return tree.Append(nil, tree.Object{
		"code":    -32022,
		"data":    tree.Object{"requested": e.requested, "supported": revisions()},
		"message": e.Error(),
	})
}
