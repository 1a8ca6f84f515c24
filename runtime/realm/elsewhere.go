package realm

import (
	"path/filepath"
	"slices"

	"realmconf/schema/meerkat/realmid"
)

// Elsewhere returns the state roots in the user's data directories that have a realm with
// the same id as a realm that was located: the data directory of this environment, and
// that of a program that is given no XDG_DATA_HOME, as many hosts give none. A realm that
// was chosen among two state roots is in one of these roots itself, which is left out.
// A root that cannot be read has none.
func Elsewhere(s Selection, l *Location) []string {
	if l.ID == realmid.Global { // its document is one for all roots
		return nil
	}
	var roots []string
	var bare Environment
	bare.Getenv = func(string) string { return "" }
	for _, env := range []Environment{{}, bare} {
		path, err := env.userRealms()
		if err != nil || sameDir(path, l.StateRoot) || slices.ContainsFunc(roots, func(known string) bool { return sameDir(known, path) }) {
			continue
		}
		if has, err := s.trust(path, env).holds(l.ID); err == nil && has {
			roots = append(roots, filepath.Clean(path))
		}
	}
	return roots
}
