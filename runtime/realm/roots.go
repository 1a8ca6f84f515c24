package realm

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
)

// stateRoot chooses the directory of all realms. other is the directory that it
// did not choose, or zero if only one was possible.
//
//  1. --state-root decides, without a look at the disk.
//  2. A realm that exists is used where it is: in the project, or in the user's
//     data directory. If it is in both, only the user can decide.
//  3. A new realm goes into the project.
func (s Selection) stateRoot(id string, source IDSource, env Environment) (root, other stateRoot, err error) {
	if s.StateRoot != "" {
		path, err := env.absolute(s.StateRoot)
		return s.trust(path, env), stateRoot{}, err
	}
	path, err := s.projectRealms(env)
	local := s.trust(path, env)
	if err != nil || source == Generated { // its id is new, so it cannot exist
		return local, stateRoot{}, err
	}
	if path, err = env.userRealms(); err != nil {
		return stateRoot{}, stateRoot{}, err
	}
	global := s.trust(path, env)
	same := sameDir(local.path, global.path)
	if same { // a link to the user's own directory is the user's own
		local.followed, local.links = local.path, global.links
	}
	inLocal, err := local.holds(id)
	if err != nil && s.inspected { // the inspection says what is in the way
		return local, stateRoot{}, nil
	}
	if err != nil {
		return stateRoot{}, stateRoot{}, err
	}
	if same {
		return local, stateRoot{}, nil
	}
	inGlobal, err := global.holds(id)
	switch {
	case err != nil && s.inspected:
		return global, stateRoot{}, nil
	case err != nil:
		return stateRoot{}, stateRoot{}, err
	case inLocal && inGlobal:
		return stateRoot{}, stateRoot{}, existsTwiceFault(id, local.path, global.path)
	case inGlobal:
		return global, local, nil
	default:
		return local, global, nil
	}
}

// projectRealms returns the directory of the project's own realms. The project is
// the nearest ancestor of the context root that has an entry .rkat of any kind;
// if there is none, the context root itself. The search for a relative context
// root ends at the working directory, as in Meerkat.
func (s Selection) projectRealms(env Environment) (string, error) {
	context, err := s.contextRoot(env)
	if err != nil {
		return "", err
	}
	project := context
	for _, dir := range ancestors(context) {
		full, err := env.rooted(dir)
		if err != nil {
			return "", err
		}
		// Not filepath.Join, which would remove a ".." together with the symbolic
		// link before it.
		if _, err := os.Stat(full + string(filepath.Separator) + projectDir); err == nil {
			project = full
			break
		}
	}
	project, err = env.absolute(project)
	if err != nil {
		return "", err
	}
	return filepath.Join(project, projectDir, "realms"), nil
}

// userRealms returns the directory of the realms in the user's data directory.
func (e Environment) userRealms() (string, error) {
	return e.absolute(filepath.Join(e.dataDir(runtime.GOOS), "meerkat", "realms"))
}

// holds reports whether a state root has this realm. It returns false without an
// error only if the manifest does not exist: after any other error the realm
// could be there, and would be created again under the other root. A manifest
// that is there and may not be read counts as the realm's. For an inspection,
// which is to say what is wrong with it, so does any that cannot be read.
func (r stateRoot) holds(id string) (bool, error) {
	path := filepath.Join(r.path, dirName(id), manifestName)
	m, err := readManifest(disk.Within(r.rules()), path)
	if errors.Is(err, fs.ErrPermission) || err != nil && r.inspected {
		if _, lstatErr := os.Lstat(path); lstatErr == nil {
			return true, nil
		}
	}
	switch {
	case err != nil:
		return false, accessFault(id, "find realm", err)
	case m == nil:
		return false, nil
	case r.inspected:
		return true, nil
	}
	return true, m.checkIdentity(id)
}

// sameDir reports whether two paths lead to one directory, also through links.
func sameDir(a, b string) bool {
	if a == b {
		return true
	}
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// ExistsTwice is the cause of the fault of a realm that exists under both state roots.
type ExistsTwice struct {
	ID            string
	Local, Global string // the state roots: the project's, and that of the user's data directory
}

// Error has the paths of the state roots.
func (e *ExistsTwice) Error() string {
	return fmt.Sprintf("one under %s, one under %s", e.Local, e.Global)
}

// existsTwiceFault returns the fault of a realm that exists under both state roots.
func existsTwiceFault(id, local, global string) error {
	return fault.New(fault.Storage, "realm %q exists twice, in the project's .rkat/realms and in the user's data directory: say which with --state-root, or remove one; realmconf doctor says how", id).
		With("op", "find realm").With("reason", fault.IO).
		Because(&ExistsTwice{ID: id, Local: local, Global: global})
}
