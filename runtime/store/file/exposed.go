package file

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"realmconf/runtime/internal/disk"
	"realmconf/runtime/store"
)

// othersRead and othersWrite are rights of everybody.
const (
	othersRead  fs.FileMode = 0o004
	othersWrite fs.FileMode = 0o002
)

// noteExposed notes whether the config of a view is another user's, in that user's
// directory, and readable for everybody. Its owner decides about that, and the secrets
// that this user writes into it are readable too. Where a group shares the directory,
// that is agreed on. In the ordinary case, a config of this user or a directory of the
// administrator, it costs nothing or one stat.
func (s *Store) noteExposed(v view) {
	isExposed := v.configFile.Exists() && v.configFile.Info.Mode()&othersRead != 0 && s.isStrangers(v)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.exposed = isExposed
}

// isStrangers reports whether the config of a view and its directory are other users'.
func (s *Store) isStrangers(v view) bool {
	owner, _, known := disk.Owner(v.configFile.Info)
	if !known || int(owner) == os.Geteuid() {
		return false
	}
	dir, err := s.fs.Stat(filepath.Dir(v.configPath))
	if err != nil {
		return false
	}
	if dir.Mode()&othersWrite != 0 {
		return true
	}
	owner, _, known = disk.Owner(dir)
	return known && owner != 0 && int(owner) != os.Geteuid() && dir.Mode()&fs.ModeSetgid == 0
}

// exposedNotice tells of a config that everybody may read because of another user.
func (s *Store) exposedNotice() store.Notice {
	return store.Notice{
		Kind:    store.Exposed,
		Message: fmt.Sprintf("%s belongs to another user and is readable for everybody: so are the secrets that are written into it, except in a directory that everybody may write to, where a write leaves it readable for its owner alone", s.name()),
		Hint:    "ask your user before you write a secret; realmconf doctor shows the file's mode and the command that changes it",
	}
}
