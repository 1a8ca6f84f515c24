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

// meant refuses a choice of realm that nobody can mean: a project that is not
// there, whose realm would be an empty one, or another backend than the realm
// has. The server takes the first as Meerkat does, for clients that make the
// directory later; doctor tells of the second by itself.
func (s *Session) meant(ctx context.Context) error {
	if missing := s.missing("--context-root", s.Realm.ContextRoot); missing != "" {
		return &hinted{
			fault.New(fault.NotFound, "%s: nothing was done", missing),
			"give the project's directory, or leave the flag out for the working directory",
		}
	}
	if s.Realm.Backend == "" || s.command.name == "doctor" {
		return nil
	}
	location, err := realm.Locate(s.Realm, realm.Environment{})
	if err != nil {
		return err
	}
	if _, err := location.Manifest(ctx); fault.Is(err, fault.InvalidParams) {
		// The flag is a right one. It is the realm that refuses it.
		return &hinted{fault.New(fault.NotFound, "%s", fault.Of(err).Message).Because(err), ""}
	}
	return nil
}

// missing says that a flag's directory does not exist, or is none; else it is
// empty. What cannot be looked at may be there.
func (s *Session) missing(flag, dir string) string {
	if dir == "" {
		return ""
	}
	info, err := os.Stat(dir)
	switch {
	case err == nil && info.IsDir():
		return ""
	case err == nil, inTheWay(dir) != "":
		return flag + " " + dir + " is not a directory"
	case errors.Is(err, fs.ErrNotExist):
		return flag + " " + dir + " does not exist"
	}
	return ""
}

// warnAbsent says that a realm was read that does not exist yet: a name that is
// mistyped looks like one that has the defaults. A new one of its own is not
// mistyped.
func (s *Session) warnAbsent(ctx context.Context, reply tree.Object, what string) {
	id, named := reply["realm_id"].(string)
	if !named || reply["generation"] != int64(0) || reply["reconcile_pending"] == true || s.Realm.Isolated {
		return
	}
	location, err := realm.Locate(s.Realm, realm.Environment{})
	if err != nil {
		return
	}
	if manifest, err := location.Manifest(ctx); err == nil && manifest == nil {
		s.say("warning: realm %q does not exist yet: %s", id, what)
	}
}

// obstacle says which place a storage fault is about: of what is no directory
// and should be, or else of the file itself. Who uses the command line may know
// it; where nothing tells, it is empty.
func obstacle(f *fault.Fault) string {
	var at *fs.PathError
	if f.Kind != fault.Storage || !errors.As(f.Cause, &at) {
		return ""
	}
	if path := inTheWay(at.Path); path != "" {
		return path + " is not a directory"
	}
	return "the place is " + at.Path
}

// inTheWay is the file that stands where a directory above path should be;
// empty when none does.
func inTheWay(path string) string {
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		switch {
		case err == nil && info.IsDir():
			return ""
		case err == nil:
			return dir
		case dir == filepath.Dir(dir):
			return ""
		}
	}
}
