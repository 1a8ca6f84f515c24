package realm

import (
	"slices"

	"realmconf/runtime/fault"
)

// Selection is how a user names a realm: the flags, as they were given; an
// empty field is a flag that was not. The zero value is the workspace realm of
// the working directory.
type Selection struct {
	Realm          string // --realm
	Isolated       bool   // --isolated: a new realm of its own
	Instance       string // --instance: a label for this process, shown with the configuration
	Backend        string // --realm-backend: what a new realm keeps its sessions in
	StateRoot      string // --state-root: the directory of all realms
	ContextRoot    string // --context-root: in place of the working directory
	UserConfigRoot string // --user-config-root: in place of the home directory
}

// defaultBackend is the backend of a new realm when no flag asks for another.
const defaultBackend = "sqlite"

// knownBackends are the backends that keep a realm on this disk. One of the
// past, redb, is left out: the peer refuses it too.
var knownBackends = []string{defaultBackend, "jsonl", "memory"}

// Check reports what is wrong with the flags by themselves, as an
// invalid_params fault. It touches no file, so a program can call it before it
// reads its first request.
func (s Selection) Check() error {
	if s.Realm != "" && s.Isolated {
		return fault.New(fault.InvalidParams, "--realm and --isolated cannot be used together: leave one out")
	}
	if s.Realm != "" {
		if err := ExplicitID(s.Realm); err != nil {
			return err
		}
	}
	if s.Backend != "" && !slices.Contains(knownBackends, s.Backend) {
		return fault.New(fault.InvalidParams, "--realm-backend %q is unknown: use sqlite, jsonl or memory, or leave the flag out", s.Backend)
	}
	return nil
}
