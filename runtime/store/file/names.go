package file

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"realmconf/runtime/fault"
)

// The names in a realm's directory. The first two are the platform's; the
// others are ours alone.
const (
	stateName   = "config_state.json"
	lockName    = "config_state.lock"
	guardName   = "config_state.guard"
	historyName = "config_history"
)

// maxRead is the longest file that is read, in bytes: far longer than any of a
// realm's may be, and short enough to be held in memory.
const maxRead = 64 << 20

// The texts of faults name files so, never by their place.
const documentName = "config.toml"

// What follows the commit id in the name of a temporary file.
const (
	tempConfig = "config" // the next text, in the document's own directory
	tempState  = "state"  // the next state
)

func (s *Store) path(name string) string { return filepath.Join(s.options.Dir, name) }

// temp is the name of a temporary file. The realm's tag keeps apart the realms
// whose documents lie in one directory.
func (s *Store) temp(dir, id, what string) string {
	return filepath.Join(dir, s.prefix()+id+"."+what)
}

// isText reports whether a temporary file of that kind holds a config's text:
// the next one, or one that it displaced.
func isText(what string) bool {
	return what == tempConfig || strings.HasPrefix(what, tempConfig+".")
}

func (s *Store) prefix() string { return ".realmconf-" + s.options.RealmTag + "-" }

// parseTemp takes the name of a temporary file of this realm apart. The id must
// be one, because the tag of another realm may begin with this one's.
func (s *Store) parseTemp(name string) (id, what string, ok bool) {
	rest, ours := strings.CutPrefix(name, s.prefix())
	id, what, ok = strings.Cut(rest, ".")
	return id, what, ok && ours && isID(id)
}

// isID reports whether a text is a UUID in its usual form.
func isID(text string) bool {
	id, err := uuid.Parse(text)
	return err == nil && id.String() == text
}

// document is the place of the configuration's text: where a symbolic link
// leads, so that a link stays a link. A link that leads nowhere is an error: to
// take it for an absent document would let its text vanish.
func (s *Store) document() (string, error) {
	info, err := s.fs.Lstat(s.options.Document)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s.options.Document, nil
	case err != nil:
		return "", fault.FromOS("read "+documentName, err)
	case info.Mode()&fs.ModeSymlink == 0:
		return s.options.Document, nil
	}
	target, err := s.fs.Resolve(s.options.Document)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fault.New(fault.Storage, "%s is a link to a file that does not exist: restore the file, or remove the link", documentName).
			With("op", "read "+documentName).With("reason", fault.Gone).Because(err)
	}
	if err != nil {
		return "", fault.FromOS("read "+documentName, err)
	}
	return target, nil
}

// recordFile is the name of the history file whose first generation is first.
func recordFile(first uint64) string { return strconv.FormatUint(first, 10) + ".json" }

// parseRecordFile reads a history file's name back. Only the exact form counts.
func parseRecordFile(name string) (uint64, bool) {
	digits, ok := strings.CutSuffix(name, ".json")
	if !ok {
		return 0, false
	}
	first, err := strconv.ParseUint(digits, 10, 64)
	return first, err == nil && first > 0 && recordFile(first) == name
}
