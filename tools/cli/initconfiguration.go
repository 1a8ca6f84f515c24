package cli

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"realmconf/runtime/realm"
)

// chooseConfiguration asks for the realm or the file, unless a flag names it, and says
// where it is.
func (s *Session) chooseConfiguration(ctx context.Context) error {
	if !s.Realm.IsFile() && !s.gives("realm") && !s.gives("isolated") && s.isTerminal(s.Stdin) {
		ids := s.announceRealms(ctx)
		answer, err := s.askLine(ctx, "which configuration? a realm's number or id, the path of a TOML file, or Enter for the realm of this project:")
		switch {
		case err != nil:
			return errReported
		case isFilePath(answer):
			s.choose(&s.Realm.File, "file", answer)
			if !s.gives("store") { // an environment's is for realms
				s.Realm.Store = ""
			}
		case answer != "":
			n, numberErr := strconv.Atoi(answer)
			if numberErr == nil && n >= 1 && n <= len(ids) && !slices.Contains(ids, answer) {
				answer = ids[n-1]
			}
			s.choose(&s.Realm.Realm, "realm", answer)
		}
		if err := s.Realm.Check(); err != nil {
			return err
		}
	}
	switch {
	case s.Realm.IsFile():
		return s.announceFile()
	case s.Realm.IsShared():
		s.message("realm %s in %s", s.Realm.Realm, s.sharedPlace(ctx))
		return nil
	}
	return s.announceRealm(ctx)
}

// announceRealms lists the realms that there are, with numbers, and returns their ids.
func (s *Session) announceRealms(ctx context.Context) (ids []string) {
	const most = 20
	if s.Realm.IsShared() {
		return nil
	}
	list, more, err := realm.List(ctx, s.Realm, realm.Environment{})
	if err != nil { // the question can be answered without it
		return nil
	}
	for _, l := range list {
		if slices.Contains(ids, l.ID) {
			continue
		}
		if len(ids) == most {
			more = true
			break
		}
		ids = append(ids, l.ID)
		s.message("%d  %-15s %s", len(ids), l.ID, l.Root)
	}
	if more {
		s.message("there are more: realmconf realms lists them")
	}
	return ids
}

// choose sets a part of the selection as the flag of that name does.
func (s *Session) choose(part *string, flag, value string) {
	*part = value
	s.invocation.given = append(s.invocation.given, setting{flag, value})
}

// isFilePath reports whether an answer is a path. The id of a realm has neither a
// separator nor a dot.
func isFilePath(answer string) bool {
	return strings.ContainsAny(answer, "/.~"+string(filepath.Separator))
}

// announceFile says where the selected file is.
func (s *Session) announceFile() error {
	if err := s.checkDirectories(); err != nil {
		return err
	}
	location, err := realm.LocateFile(s.Realm, realm.Environment{})
	if err != nil {
		return err
	}
	state := ""
	switch info, err := os.Stat(location.Target); {
	case err != nil:
		state = ", which does not exist yet: the first change makes it"
	case info.IsDir():
		return s.usageError("%s is a directory: name the TOML file in it", location.Path)
	}
	s.message("file %s%s", location.Path, state)
	if !s.gives("schema") {
		s.message("any key may be there: --schema FILE names its JSON Schema")
	}
	return nil
}

// announceRealm says where the selected realm is.
func (s *Session) announceRealm(ctx context.Context) error {
	location, err := realm.Locate(s.Realm, realm.Environment{})
	if err != nil {
		return err
	}
	manifest, err := location.Manifest(ctx)
	if err != nil {
		return err
	}
	state := ""
	if manifest == nil {
		state = ", which does not exist yet: the first change makes it"
	}
	s.message("realm %s in %s%s", location.ID, location.Root, state)
	return nil
}
