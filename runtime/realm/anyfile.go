package realm

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
	"realmconf/runtime/store/file"
	"realmconf/schema/meerkat/realmid"
)

// IsFile reports whether the configuration is any TOML file, and not that of a realm.
func (s Selection) IsFile() bool { return s.File != "" }

// FileName returns the name of the file, or "" for a realm.
func (s Selection) FileName() string {
	if !s.IsFile() {
		return ""
	}
	return filepath.Base(s.File)
}

// DefaultStore returns the store that the environment names. A file is in none.
func (s Selection) DefaultStore(getenv func(string) string) string {
	if s.IsFile() {
		return ""
	}
	return getenv("REALMCONF_STORE")
}

// checkFile checks the flags of a file. Flags that choose a realm have no meaning for it.
func (s Selection) checkFile() error {
	for _, f := range append(s.paths(), flagPath{"--realm", s.Realm}, flagPath{"--isolated", trueText(s.Isolated)},
		flagPath{"--realm-backend", s.Backend}, flagPath{"--store", s.Store}) {
		if f.path != "" && f.flag != fileFlag {
			return fault.New(fault.InvalidParams, "%s is about realms, and --file names a file that is none: leave one of them out", f.flag)
		}
	}
	if last := s.File[len(s.File)-1]; os.IsPathSeparator(last) || filepath.Base(s.File) == "." || filepath.Base(s.File) == ".." {
		return fault.New(fault.InvalidParams, "--file %q is a directory: name the file in it", s.File)
	}
	return CheckPath(fileFlag, s.File)
}

// fileFlag is the flag of Selection.File.
const fileFlag = "--file"

// stateSuffix follows the name of a file, after a dot, in the name of the directory that
// keeps its state.
const stateSuffix = ".realmconf"

// FileLocation is the place of any file and its state.
type FileLocation struct {
	Name     string // of the file
	Path     string // of the file, absolute; it may be a link
	Target   string // the file to which Path leads
	StateDir string // the directory beside Target that keeps the state

	rules disk.Rules
}

// LocateFile finds the file of a selection and the place of its state. It writes nothing.
// The file need not exist. Two paths that lead to one file have one state.
func LocateFile(s Selection, env Environment) (*FileLocation, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	path, err := env.absolute(s.File)
	if err != nil {
		return nil, err
	}
	l := &FileLocation{Name: filepath.Base(path), Path: path}
	l.rules = s.fileRules(path, env)
	if l.Target, err = l.resolve(); err != nil {
		return nil, fault.FromOS("read "+l.Name, err)
	}
	if disk.IsKernels(l.Target) {
		return nil, fault.New(fault.InvalidParams, "%s %q is a file of the system, which is no configuration: name a file on a disk", fileFlag, s.File)
	}
	dir := filepath.Dir(l.Target)
	l.StateDir = filepath.Join(dir, "."+filepath.Base(l.Target)+stateSuffix)
	if l.Target != path { // the way to it was examined as a whole
		l.rules.Roots = append(l.rules.Roots, dir)
	}
	return l, s.refuseRealm(l, env)
}

// fileRules returns how far the links on the way to a file are followed. A project may
// come from a stranger: below the outermost directory of a version control system no link
// is followed, but for one in the place of the file that leads to another file of the
// project.
func (s Selection) fileRules(path string, env Environment) disk.Rules {
	dir := filepath.Dir(path)
	r := disk.Rules{Roots: []string{dir}, Realm: dir, Links: disk.LinksOwned}
	if project, ok := s.checkoutOf(dir, env); ok {
		r = disk.Rules{Roots: []string{project}, Realm: project, Links: disk.LinksInside}
	}
	if s.FollowLinks {
		r.Roots, r.Links = []string{dir}, disk.LinksAnywhere
	}
	return r
}

// checkoutOf returns the outermost directory above a file that a version control system
// keeps, other than the home directory: many users keep that in one.
func (s Selection) checkoutOf(dir string, env Environment) (project string, ok bool) {
	for ; ; dir = filepath.Dir(dir) {
		for _, name := range []string{".git", ".hg", ".jj", ".svn"} {
			if _, err := os.Lstat(filepath.Join(dir, name)); err == nil && !s.isHome(dir, env) {
				project, ok = dir, true
			}
		}
		if dir == filepath.Dir(dir) {
			return project, ok
		}
	}
}

// resolve returns the file to which the path leads.
func (l *FileLocation) resolve() (string, error) {
	info, err := os.Lstat(l.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return l.Path, nil
	case err != nil:
		return "", err
	case info.Mode()&fs.ModeSymlink == 0:
		return l.Path, nil
	}
	return disk.Within(l.rules).Resolve(l.Path)
}

// refuseRealm refuses the config.toml of a realm: Meerkat's programs would not see a
// change in time, and the server would not see their rules.
func (s Selection) refuseRealm(l *FileLocation, env Environment) error {
	if filepath.Base(l.Target) != configName {
		return nil
	}
	dir := filepath.Dir(l.Target)
	flags := "--realm and --state-root"
	switch m, err := readManifest(disk.OS{}, filepath.Join(dir, manifestName)); {
	case err == nil && m != nil && realmid.IsSlug(m.RealmID):
		flags = "--realm " + fault.Clip(m.RealmID)
	case filepath.Base(dir) == projectDir && s.isHome(filepath.Dir(dir), env):
		flags = "--realm " + realmid.Global
	default:
		_, noState := os.Lstat(filepath.Join(dir, file.StateName))
		if _, noManifest := os.Lstat(filepath.Join(dir, manifestName)); noState != nil && noManifest != nil {
			return nil
		}
	}
	return fault.New(fault.InvalidParams, "--file names the %s of a Meerkat realm, which other programs read and change too: use %s in its place, and nothing was read or written", configName, flags)
}

// fileOptions returns the places of the files.
func (l *FileLocation) fileOptions(history int) file.Options {
	return file.Options{
		Document: l.Path, Dir: l.StateDir, Beside: true, Name: l.Name,
		RealmTag: filepath.Base(l.StateDir), Rules: l.rules, History: history,
	}
}

// metadata returns what the location says of the file.
func (l *FileLocation) metadata() store.Metadata {
	return store.Metadata{
		File: fault.Clip(l.Name), Project: filepath.Base(filepath.Dir(l.Path)), Place: l.Path,
		Paths: &store.ResolvedPaths{ConfigPath: l.Path, Root: filepath.Dir(l.Path)},
	}
}

// openFile opens the store of any file.
func openFile(s Selection, history int) (store.Store, error) {
	if err := s.CheckDirectories(Environment{}); err != nil {
		return nil, missingFault(err)
	}
	l, err := LocateFile(s, Environment{})
	if err != nil {
		return nil, err
	}
	o := l.fileOptions(history)
	o.Force, o.IsText = s.Force, s.IsText
	f := &fileStore{Store: file.Open(o), location: l, beforeWrite: s.BeforeWrite, metadata: l.metadata()}
	f.metadata.InstanceID = optional(s.Instance)
	return f, nil
}

// InspectFile finds the file of a selection and examines it and its state. It takes no
// lock and changes nothing.
func InspectFile(s Selection) (*FileLocation, file.Inspection, error) {
	l, err := LocateFile(s, Environment{})
	if err != nil {
		return nil, file.Inspection{}, err
	}
	return l, file.Inspect(l.fileOptions(0)), nil
}

// fileStore is the store of any file under its name.
type fileStore struct {
	*file.Store
	location    *FileLocation
	metadata    store.Metadata
	beforeWrite writeHook
}

// Metadata returns the file's identity.
func (f *fileStore) Metadata() store.Metadata { return f.metadata }

// Load reads the file.
func (f *fileStore) Load(ctx context.Context) (store.State, error) {
	if err := f.checkTarget(); err != nil {
		return store.State{}, err
	}
	return f.Store.Load(ctx)
}

// CompareAndSwap commits, unless the link leads elsewhere now. The options' BeforeWrite
// runs first.
func (f *fileStore) CompareAndSwap(ctx context.Context, from store.Version, next []store.Record) error {
	f.beforeWrite.call()
	if err := f.checkTarget(); err != nil {
		return err
	}
	return f.Store.CompareAndSwap(ctx, from, next)
}

// checkTarget refuses a link that leads elsewhere than when the store was opened: the
// state is beside the file to which it led.
func (f *fileStore) checkTarget() error {
	l := f.location
	if l.Target == l.Path {
		return nil
	}
	target, err := l.resolve()
	switch {
	case errors.Is(err, fs.ErrNotExist): // the store says what to do
		return nil
	case err != nil:
		return fault.FromOS("read "+l.Name, err)
	case target != l.Target:
		return fault.New(fault.Storage, "%s is a link that leads to another file than when this program started: restart it", l.Name).
			With("op", "read "+l.Name).With("reason", fault.Link)
	}
	return nil
}
