// Package realm finds a realm and opens it: its id, its directory and files, and
// the manifest that says which realm the directory belongs to. Agents share a
// realm: one config.toml, and beside it the state that Meerkat's programs keep.
//
// Ids, directory names, the choice between two possible state roots and the
// manifest are those of Meerkat 0.8.26, so that its programs and this one see the
// same realm. Where Meerkat would guess or overwrite, this package refuses, and
// says which flag decides.
//
// No error's message names a path, because clients may see it; the error's cause
// does, for the log.
package realm

import (
	"path/filepath"

	"github.com/google/uuid"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
	"realmconf/schema/meerkat/realmid"
)

// Names in a realm's directory.
const (
	configName   = "config.toml"
	manifestName = "realm_manifest.json"
)

// Location is a realm and the places of its files. Every path is absolute. A
// location does not change, and is safe for concurrent use.
type Location struct {
	ID               string
	IDSource         IDSource // where the id comes from; the manifest keeps it
	Instance         *string  // the value of --instance; nil if it was not given
	RequestedBackend string   // the value of --realm-backend; empty if it was not given
	Project          string   // the name of the project's directory; empty if the realm is in none

	StateRoot          string // the directory of all realms
	Root               string // the realm's own directory in it
	ManifestPath       string
	ConfigPath         string // in Root; that of the realm global is in the home directory
	StateDir           string // of the generation, its lock and the history: the directory of ConfigPath
	SessionsSQLitePath string
	SessionsJSONLDir   string

	inRoot    func(id string) (*Location, error) // another realm of the same state root
	otherRoot stateRoot                          // the state root that could have held the realm, and did not when it was located; zero if there is none
	rules     disk.Rules
	fs        disk.FS // under the rules; nil means disk.OS
}

// Locate finds the realm that a selection names. It writes nothing, and reads
// only the manifests that it needs to choose between the two possible state
// roots. The realm need not exist. For an isolated realm each call makes a new
// id, so call it once and keep the location.
//
// Errors are faults: invalid_params for a selection that Check refuses, storage
// if the working or home directory is unknown, if a manifest cannot be read or
// belongs to another realm, and if the realm exists under both state roots.
func Locate(s Selection, env Environment) (*Location, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	id, source, err := s.identity(env)
	if err != nil {
		return nil, err
	}
	root, other, err := s.stateRoot(id, source, env)
	if err != nil {
		return nil, err
	}
	l, err := s.locateIn(root, id, env)
	if err != nil {
		return nil, err
	}
	l.IDSource, l.RequestedBackend, l.otherRoot = source, s.Backend, other
	l.Instance = optional(s.Instance)
	return l, nil
}

// locateIn returns the places of a realm's files under a state root.
func (s Selection) locateIn(root stateRoot, id string, env Environment) (*Location, error) {
	dir := filepath.Join(root.path, dirName(id))
	l := &Location{
		ID:                 id,
		StateRoot:          root.path,
		Root:               dir,
		ManifestPath:       filepath.Join(dir, manifestName),
		ConfigPath:         filepath.Join(dir, configName),
		SessionsSQLitePath: filepath.Join(dir, "sessions.sqlite3"),
		SessionsJSONLDir:   filepath.Join(dir, "sessions_jsonl"),
		Project:            root.project,
	}
	if id == realmid.Global {
		l.Project = ""
		var err error
		if l.ConfigPath, err = s.globalDocument(env); err != nil {
			return nil, err
		}
	}
	l.StateDir = filepath.Dir(l.ConfigPath)
	l.rules = root.rules()
	if id == realmid.Global { // its document is the user's own, wherever the other realms are
		l.rules.Roots = append(l.rules.Roots, l.StateDir)
		l.rules.Links, l.rules.Top = max(l.rules.Links, disk.LinksOwned), l.StateDir
	}
	l.fs = disk.Within(l.rules)
	l.inRoot = func(id string) (*Location, error) { return s.locateIn(root, id, env) }
	return l, nil
}

// metadata returns what the location says of a realm.
func (l *Location) metadata() store.Metadata {
	return store.Metadata{
		RealmID:    &l.ID,
		InstanceID: l.Instance,
		Project:    l.Project,
		Place:      l.ConfigPath,
		Paths: &store.ResolvedPaths{
			ConfigPath:         l.ConfigPath,
			ManifestPath:       l.ManifestPath,
			Root:               l.Root,
			SessionsJSONLDir:   l.SessionsJSONLDir,
			SessionsSQLitePath: &l.SessionsSQLitePath,
		},
	}
}

// identity returns the realm's id and where it comes from.
func (s Selection) identity(env Environment) (string, IDSource, error) {
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
		// A path that cannot be resolved is hashed as it was given: Meerkat
		// derives the same id from it.
		if real, err := canonical(full); err == nil {
			context = real
		}
		return workspaceID(context), Workspace, nil
	}
}

// contextRoot returns the directory that the realm belongs to, as it was given.
func (s Selection) contextRoot(env Environment) (string, error) {
	if s.ContextRoot != "" {
		return s.ContextRoot, nil
	}
	return env.workingDir()
}

// globalDocument returns the path of the configuration that all realms inherit.
// It is in the home directory, whatever the state root.
func (s Selection) globalDocument(env Environment) (string, error) {
	home, err := s.home(env)
	if err != nil {
		return "", fault.New(fault.Storage, "realm %q keeps its document in the home directory, which is unknown: set HOME, or give --user-config-root", realmid.Global).
			With("op", "find home directory").With("reason", fault.Gone).Because(err)
	}
	if home, err = env.absolute(home); err != nil {
		return "", err
	}
	return filepath.Join(home, projectDir, configName), nil
}

// IsGlobal reports whether the realm is the one whose document is in the home directory.
func (s Selection) IsGlobal() bool { return s.Realm == realmid.Global }

// home returns the directory whose .rkat holds the document of the realm global, as
// it was given.
func (s Selection) home(env Environment) (string, error) {
	if s.UserConfigRoot != "" {
		return s.UserConfigRoot, nil
	}
	return env.home()
}
