// Package realm knows where a realm is: its id, its directory and files, and
// the manifest that says whose directory it is. A realm is what agents share:
// one config.toml and, beside it, the state that the platform's programs keep.
//
// Ids, directory names, the choice between two possible state roots and the
// manifest are the platform's own (the peer's, as of its command line 0.8.26),
// so that both see the same realm. Where the peer would guess or overwrite,
// this package refuses and says which flag decides.
//
// No error's message names a path, because it may be shown to a client; the
// error's cause does, for the log.
package realm

import (
	"path/filepath"

	"github.com/google/uuid"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
)

// Names in a realm's directory.
const (
	configName   = "config.toml"
	manifestName = "realm_manifest.json"
)

// Location says which realm it is and where its files lie. Every path is
// absolute. A location is fixed once found, and safe for concurrent use.
type Location struct {
	ID               string
	Origin           Origin  // how the id came about; the manifest keeps it
	Instance         *string // what --instance said; nil when it was not given
	RequestedBackend string  // what --realm-backend said; empty when it was not given

	StateRoot          string // the directory of all realms
	Root               string // the realm's own directory in it
	ManifestPath       string
	ConfigPath         string // of the realm global: in the home directory
	StateDir           string // where the generation, its lock and the history lie: beside the document
	SessionsSQLitePath string
	SessionsJSONLDir   string

	elsewhere []string // the state roots that could have held the realm, and did not
	fs        disk.FS  // nil means disk.OS
}

// Locate finds the realm that a selection means. It reads and writes nothing
// but what it needs to choose between the two possible state roots: the
// manifests there. The realm need not exist. For an isolated realm each call
// makes up a new id, so call it once and keep the location.
//
// Errors are faults: invalid_params for a selection that Check refuses,
// storage when the working or home directory is unknown, when a manifest
// cannot be read or belongs to another realm, and when the realm exists under
// both state roots.
func Locate(s Selection, env Environment) (*Location, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	id, origin, err := s.identity(env)
	if err != nil {
		return nil, err
	}
	root, elsewhere, err := s.stateRoot(id, origin, env)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(root, DirName(id))
	l := &Location{
		ID:                 id,
		Origin:             origin,
		RequestedBackend:   s.Backend,
		StateRoot:          root,
		Root:               dir,
		ManifestPath:       filepath.Join(dir, manifestName),
		ConfigPath:         filepath.Join(dir, configName),
		SessionsSQLitePath: filepath.Join(dir, "sessions.sqlite3"),
		SessionsJSONLDir:   filepath.Join(dir, "sessions_jsonl"),
		elsewhere:          elsewhere,
	}
	if id == globalID {
		if l.ConfigPath, err = s.globalDocument(env); err != nil {
			return nil, err
		}
	}
	l.StateDir = filepath.Dir(l.ConfigPath)
	if s.Instance != "" {
		l.Instance = &s.Instance
	}
	return l, nil
}

// identity is the realm's id and how it came about.
func (s Selection) identity(env Environment) (string, Origin, error) {
	switch {
	case s.Realm != "":
		return s.Realm, Explicit, nil
	case s.Isolated:
		u, err := uuid.NewV7()
		if err != nil {
			return "", "", fault.Of(err)
		}
		return "realm-" + u.String(), Generated, nil
	default:
		context, err := s.contextRoot(env)
		if err != nil {
			return "", "", err
		}
		full, err := env.rooted(context)
		if err != nil {
			return "", "", err
		}
		// A path that cannot be resolved counts as it was given: the peer
		// derives the same id from it.
		if real, err := canonical(full); err == nil {
			context = real
		}
		return WorkspaceID(context), Workspace, nil
	}
}

// contextRoot is the directory that the realm belongs to, as it was given.
func (s Selection) contextRoot(env Environment) (string, error) {
	if s.ContextRoot != "" {
		return s.ContextRoot, nil
	}
	return env.workingDir()
}

// globalDocument is the path of the document that all realms inherit from. It
// lies in the home directory, whatever the state root.
func (s Selection) globalDocument(env Environment) (string, error) {
	home := s.UserConfigRoot
	if home == "" {
		var err error
		if home, err = env.home(); err != nil {
			return "", fault.New(fault.Storage, "realm %q keeps its document in the home directory, and that is unknown: set HOME, or give --user-config-root", globalID).
				With("op", "find home directory").With("reason", fault.Gone).Because(err)
		}
	}
	home, err := env.absolute(home)
	if err != nil {
		return "", err
	}
	return filepath.Join(home, ".rkat", configName), nil
}
