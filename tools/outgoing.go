package tools

import (
	"encoding/json"

	"realmconf.io/realmconf/runtime"
	"realmconf.io/realmconf/schema/tree"
)

// Every value of the configuration that leaves for a client passes one of the
// functions of this file, whatever carries it: a reply, a resource, a
// notification.

// outgoing is a value that stands at a place in a snapshot, as it may be shown.
func outgoing(_ *runtime.Snapshot, _ tree.Pointer, value any) any { return value }

// outgoingConfig is a whole configuration in the resolved view.
func outgoingConfig(s *runtime.Snapshot) json.RawMessage { return s.ResolvedJSON() }

// outgoingChanges are changes as they may be shown; they are not changed.
func outgoingChanges(changes []tree.Change) []tree.Change { return changes }
