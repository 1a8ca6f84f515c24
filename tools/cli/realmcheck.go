package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"realmconf/runtime/fault"
	"realmconf/runtime/realm"
	"realmconf/schema/tree"
)

// checkRealm refuses a selection that is almost certainly a mistake: a directory that
// does not exist, or another backend than the realm has.
func (s *Session) checkRealm(ctx context.Context) error {
	if err := s.checkDirectories(); err != nil {
		return err
	}
	if s.Realm.IsFile() {
		return nil
	}
	if s.Realm.Backend == "" || s.command.examines || s.Realm.IsShared() {
		return nil
	}
	if _, err := s.manifest(ctx); fault.Is(err, fault.InvalidParams) {
		// The flag is well-formed; the realm contradicts it. So this is no usage error.
		return &hintedError{fault.New(fault.NotFound, "%s", fault.Of(err).Message).Because(err), ""}
	}
	return nil
}

// checkDirectories refuses directories of flags that do not exist. The server does so,
// too, at the first request that needs them.
func (s *Session) checkDirectories() error {
	err := s.Realm.CheckDirectories(realm.Environment{})
	var missing *realm.MissingDirectory
	switch {
	case !errors.As(err, &missing):
		return err
	case s.command.examines && missing.Flag != "--context-root": // it says more about the place
		return nil
	}
	next := "give a directory that exists, or make it first"
	if missing.Flag == "--context-root" {
		next = "give the project's directory, or leave the flag out for the working directory"
	}
	return &hintedError{fault.New(fault.NotFound, "%v: nothing was done", missing), next}
}

// manifest reads the manifest of the selected realm; nil if the realm does not
// exist yet.
func (s *Session) manifest(ctx context.Context) (*realm.Manifest, error) {
	location, err := realm.Locate(s.Realm, realm.Environment{})
	if err != nil {
		return nil, err
	}
	return location.Manifest(ctx)
}

// warnNewRealm warns that a reply is about a realm or a file that does not exist yet: a
// mistyped name looks like one with the defaults. An isolated realm is always new.
func (s *Session) warnNewRealm(ctx context.Context, reply tree.Object, shown string) {
	id, hasID := reply["realm_id"].(string)
	if s.Realm.IsFile() && reply["generation"] == int64(0) && reply["reconcile_pending"] != true {
		s.message("warning: file %q does not exist yet: %s, and the first write makes it", s.Realm.File, shown)
		return
	}
	if !hasID || reply["generation"] != int64(0) || reply["reconcile_pending"] == true || s.Realm.Isolated {
		return
	}
	if s.Realm.IsShared() { // at generation 0, nobody has made it
		s.message("warning: realm %q does not exist yet: %s", id, shown)
	} else if manifest, err := s.manifest(ctx); err == nil && manifest == nil {
		s.message("warning: realm %q does not exist yet: %s", id, shown)
	}
}

// faultPath describes the path of a storage fault: the file in the place of a
// directory, or else the path itself. It is empty if the fault has no path. A
// user of the command line may see paths; a client may not.
func faultPath(f *fault.Fault) string {
	var at *fs.PathError
	if f.Kind != fault.Storage || !errors.As(f.Cause, &at) {
		return ""
	}
	if file := fileAbove(at.Path); file != "" {
		return file + " is not a directory"
	}
	return "the path is " + at.Path
}

// fileAbove returns the file that is in the place of a directory above path, or
// "".
func fileAbove(path string) string {
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		switch {
		case err == nil && info.IsDir():
			return ""
		case err == nil:
			return dir
		case dir == filepath.Dir(dir): // the root
			return ""
		}
	}
}
