package file

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

// LockName is the name of the lock file that Meerkat's programs take, in the
// directory of the state.
const LockName = "config_state.lock"

// StateName is the name of the file that has the generation of a realm's config.
const StateName = stateName

// The names in a realm's directory. The first one is Meerkat's too, the others are
// realmconf's.
const (
	stateName   = "config_state.json"
	guardName   = "config_state.guard"
	historyName = "config_history"
)

// The limits of the two files that every read looks at, in bytes. A state has
// a hundred.
const (
	maxText  = store.MaxText
	maxState = 64 << 10
)

// maxRead is the longest file that is read, in bytes: far longer than any of a
// realm's may be, and short enough to be held in memory.
const maxRead = 64 << 20

// configName is the name of a realm's config.
const configName = "config.toml"

// name returns the name of the config in faults, which never have its path.
func (s *Store) name() string {
	if s.options.Name != "" {
		return s.options.Name
	}
	return configName
}

// The kinds of temporary files: the kind follows the commit id in the name.
const (
	tempConfig = "config" // the next text, in the config's own directory
	tempState  = "state"  // the next state
)

func (s *Store) path(name string) string { return filepath.Join(s.options.Dir, name) }

// temp returns the path of a temporary file. The realm's tag tells apart realms
// whose configs are in the same directory.
func (s *Store) temp(dir, id, kind string) string {
	return filepath.Join(dir, s.prefix()+id+"."+kind)
}

// isText reports whether a temporary file of a kind holds a config's text: a
// new one, or a displaced one.
func isText(kind string) bool {
	return kind == tempConfig || strings.HasPrefix(kind, tempConfig+".")
}

func (s *Store) prefix() string { return ".realmconf-" + s.options.RealmTag + "-" }

// parseTemp returns the id and the kind in the name of a temporary file of this
// realm. The id is checked because the tag of another realm may begin with this
// one's.
func (s *Store) parseTemp(name string) (id, kind string, ok bool) {
	rest, isTemp := strings.CutPrefix(name, s.prefix())
	id, kind, ok = strings.Cut(rest, ".")
	return id, kind, ok && isTemp && isID(id)
}

// isID reports whether a text is a UUID in its usual form.
func isID(text string) bool {
	id, err := uuid.Parse(text)
	return err == nil && id.String() == text
}

// configPath returns the path of the config without symbolic links, so that a
// commit replaces the file and not the link. A link to nothing is an error: to
// treat it as a missing config would lose its text.
func (s *Store) configPath() (string, error) {
	info, err := s.fs.Lstat(s.options.Document)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s.options.Document, nil
	case err != nil:
		return "", fault.FromOS("read "+s.name(), err)
	case info.Mode()&fs.ModeSymlink == 0:
		return s.options.Document, nil
	}
	target, err := s.fs.Resolve(s.options.Document)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fault.New(fault.Storage, "%s is a link to a file that does not exist: restore the file, or remove the link", s.name()).
			With("op", "read "+s.name()).With("reason", fault.Gone).Because(err)
	}
	if err != nil {
		return "", fault.FromOS("read "+s.name(), err)
	}
	return target, nil
}

// dirs returns the directories in which temporary files of this realm may be,
// each once: the realm's, that of the config without symbolic links, and those of
// the lock files.
func (s *Store) dirs(configPath string) []string {
	dirs := []string{s.options.Dir}
	for _, path := range append([]string{configPath}, s.mutex.Files...) {
		if dir := filepath.Dir(path); !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// recordFile returns the name of the history file that begins at a generation.
func recordFile(first uint64) string { return strconv.FormatUint(first, 10) + ".json" }

// parseRecordFile returns the first generation in the name of a history file.
// Only the exact form is accepted.
func parseRecordFile(name string) (uint64, bool) {
	digits, ok := strings.CutSuffix(name, ".json")
	if !ok {
		return 0, false
	}
	first, err := strconv.ParseUint(digits, 10, 64)
	return first, err == nil && first > 0 && first <= store.MaxGeneration && recordFile(first) == name
}
