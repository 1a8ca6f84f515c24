package mcp

import (
	"encoding/json"
	"slices"

	"realmconf/rpc/internal/conn"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// revision is a revision of MCP, by its date: later ones compare greater. The
// empty revision is plain JSON-RPC.
type revision string

// The supported revisions. In the newest every request names its revision; the
// others begin with initialize.
const (
	revision20260728 revision = "2026-07-28"
	revision20251125 revision = "2025-11-25"
	revision20250618 revision = "2025-06-18"
	revision20250326 revision = "2025-03-26"
	revision20241105 revision = "2024-11-05"
)

// legacyRevisions returns the revisions that begin with initialize, newest
// first.
func legacyRevisions() []revision {
	return []revision{revision20251125, revision20250618, revision20250326, revision20241105}
}

// revisions returns all revisions, newest first.
func revisions() []any {
	all := []any{string(revision20260728)}
	for _, r := range legacyRevisions() {
		all = append(all, string(r))
	}
	return all
}

// legacy reports whether the revision begins with initialize.
func (r revision) legacy() bool { return slices.Contains(legacyRevisions(), r) }

// hasAnnotations: a tool says whether it writes.
func (r revision) hasAnnotations() bool { return r >= revision20250326 }

// hasCompletions: completion is a capability.
func (r revision) hasCompletions() bool { return r >= revision20250326 }

// hasContentMeta: a resource and its contents have a _meta.
func (r revision) hasContentMeta() bool { return r >= revision20250618 }

// hasTitles: tools and programs have a name for people.
func (r revision) hasTitles() bool { return r >= revision20250618 }

// hasElicitation: a server may ask the person who uses the client.
func (r revision) hasElicitation() bool { return r >= revision20250618 }

// hasApps: tools and results have a _meta, with which a host finds a page.
func (r revision) hasApps() bool { return r >= revision20250618 }

// hasStructure: the result of a tool is JSON with a schema.
func (r revision) hasStructure() bool { return r >= revision20250618 }

// versionError is the error for a revision that is not supported. Clients read
// its data to choose another one.
type versionError struct{ requested string }

// Error names the revision.
func (e *versionError) Error() string {
	return "protocol version " + conn.QuoteShort(e.requested) + " is not supported: use one of data.supported"
}

// Unwrap returns the error as a fault, which has another number.
func (e *versionError) Unwrap() error { return invalidParams("%s", e.Error()) }

// ErrorObject returns UnsupportedProtocolVersionError, of MCP 2026-07-28.
func (e *versionError) ErrorObject() json.RawMessage {
	return tree.Append(nil, tree.Object{
		"code":    -32022,
		"data":    tree.Object{"requested": fault.Clip(e.requested), "supported": revisions()},
		"message": e.Error(),
	})
}
