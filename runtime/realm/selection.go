package realm

import (
	"context"
	"slices"

	"realmconf/runtime/fault"
)

// Selection names a realm, by the flags that the user gave; an empty field is a
// flag that was not given. The zero value is the workspace realm of the working
// directory.
type Selection struct {
	Realm          string // --realm
	Isolated       bool   // --isolated: a new realm of its own
	Instance       string // --instance: a label for this process, shown with the configuration
	Backend        string // --realm-backend: where a new realm keeps its sessions
	StateRoot      string // --state-root: the directory of all realms
	ContextRoot    string // --context-root: in place of the working directory
	UserConfigRoot string // --user-config-root: in place of the home directory
	Store          string // --store: the URL of servers that keep the realm; empty for a directory
	File           string // --file: any TOML file, in place of a realm; then the flags above have no meaning
	FollowLinks    bool   // --follow-links: links may lead out of a realm's directory to any regular file
	Force          bool   // --force: replace a config.toml that is protected against writing

	AnyRealm bool // no realm need be named, because none is opened
	Mirrored bool // the realm is both in Store and in a directory, as Sides says

	// IsText reports whether bytes are a configuration, as in [file.Options].
	IsText func([]byte) bool
	// ClientRoot, if not nil, returns the first root of the client, or "" if that has
	// none. If neither StateRoot nor ContextRoot is given, [Open] calls it, and the store
	// does so before each read and write: it must be quick while the root stays the same.
	ClientRoot func(context.Context) (string, error)
	// BeforeWrite, if not nil, is called before each write.
	BeforeWrite func()

	isClientRoot bool // ContextRoot is the client's

	inspected bool // the realm is only examined: a manifest that is unusable is one too
}

// defaultBackend is the backend of a new realm if no flag asks for another.
const defaultBackend = "sqlite"

// knownBackends are the backends that keep a realm on this disk. An earlier one,
// redb, is left out: Meerkat refuses it too.
var knownBackends = []string{defaultBackend, "jsonl", "memory"}

// Check returns an invalid_params fault if the flags are wrong in themselves. It
// opens no file, so a program can call it before it reads its first request.
func (s Selection) Check() error {
	if s.IsFile() {
		return s.checkFile()
	}
	if s.Realm != "" && s.Isolated {
		return fault.New(fault.InvalidParams, "--realm and --isolated cannot be used together: leave one out")
	}
	if s.Realm != "" {
		if err := checkID(s.Realm); err != nil {
			return err
		}
	}
	if s.Backend != "" && !slices.Contains(knownBackends, s.Backend) {
		return fault.New(fault.InvalidParams, "--realm-backend %q is unknown: use sqlite, jsonl or memory, or leave the flag out", s.Backend)
	}
	if s.IsShared() {
		return s.checkShared()
	}
	return s.checkPaths()
}
