package file

import (
	"fmt"
	"strings"

	"realmconf/runtime/store"
)

// A text or a state that is kept in the history's directory is told with every
// read, until a person has looked at the file and removed it.

// The names of damaged states in the history's directory.
const (
	damagedPrefix    = "damaged-"
	damagedExtension = ".state"
)

// isKept reports whether a name in the history's directory is that of a kept
// file, exactly as keep forms it: the names are shown to clients.
func isKept(name string) bool {
	for prefix, extensions := range map[string][]string{
		displacedPrefix: {textExtension, otherExtension},
		damagedPrefix:   {damagedExtension},
	} {
		rest, ok := strings.CutPrefix(name, prefix)
		for _, extension := range extensions {
			if id, is := strings.CutSuffix(rest, extension); ok && is && isID(id) {
				return true
			}
		}
	}
	return false
}

// notices returns what a person should know of the kept files.
func (s *Store) notices() []store.Notice {
	var displaced, damaged []string
	for _, name := range s.history.keptNames() {
		if strings.HasPrefix(name, damagedPrefix) {
			damaged = append(damaged, name)
		} else {
			displaced = append(displaced, name)
		}
	}
	var notices []store.Notice
	if len(displaced) > 0 {
		notices = append(notices, store.Notice{
			Kind:    store.Displaced,
			Message: fmt.Sprintf("a file that another program saved in the moment of a commit, or that a crash left, was not applied; it is kept in %s", nameKept(displaced)),
			Hint:    "tell the person who keeps this configuration to copy from it what is needed, and then to remove it",
		})
	}
	if len(damaged) > 0 {
		notices = append(notices, store.Notice{
			Kind:    store.Damaged,
			Message: fmt.Sprintf("%s was damaged, and its number was replaced; the damaged file is kept in %s", stateName, nameKept(damaged)),
			Hint:    "tell the person who keeps this configuration to look at it, and then to remove it",
		})
	}
	return notices
}

// nameKept lists at most three names.
func nameKept(names []string) string {
	const most = 3
	more := ""
	if n := len(names) - most; n > 0 {
		names, more = names[:most], fmt.Sprintf(" and %d more", n)
	}
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = historyName + "/" + name
	}
	return strings.Join(paths, ", ") + more
}
