package hosts

import (
	"slices"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// refuseRemote refuses to put a program into an entry that is the address of a server.
// With both, Codex does not start, and other hosts connect to the address.
func (h Host) refuseRemote(entry tree.Object) error {
	for _, name := range []string{"url", "httpUrl", "serverUrl", "uri", "endpoint", "type", "transport"} {
		value, found := entry[name]
		if !found || (name == "type" || name == "transport") && isLocal(value) {
			continue
		}
		return fault.New(fault.InvalidConfig, "the settings have another server %q already, which is an address and no program (%s): rename or remove it first", h.server(), name)
	}
	return nil
}

// isLocal reports whether the value of an entry's type is that of a program.
func isLocal(value any) bool {
	return slices.Contains([]any{"stdio", "local"}, value)
}
