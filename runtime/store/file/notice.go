package file

import (
	"fmt"
	"strconv"
	"strings"

	"realmconf/runtime/store"
)

// A text or a state that is kept in the history's directory is reported with every
// read, until a person has looked at the file and removed it. So is a generation
// that another program has written over.

// The names of damaged states in the history's directory, and of the files that
// say which generation was superseded.
const (
	damagedPrefix       = "damaged-"
	damagedExtension    = ".state"
	supersededPrefix    = "superseded-"
	supersededExtension = ".txt"
)

// keptPrefix returns the prefix of a kept file's name in the history's directory, or
// nothing for another name. The whole name must be as keep forms it, because kept
// files are shown to clients. A name that is only similar is foreign, and doctor
// counts it as that.
func keptPrefix(name string) string {
	for prefix, extensions := range map[string][]string{
		displacedPrefix: {textExtension, otherExtension},
		damagedPrefix:   {damagedExtension},
	} {
		rest, ok := strings.CutPrefix(name, prefix)
		for _, extension := range extensions {
			if id, is := strings.CutSuffix(rest, extension); ok && is && isID(id) {
				return prefix
			}
		}
	}
	if _, is := parseSupersededFile(name); is {
		return supersededPrefix
	}
	return ""
}

// notices returns what a person should know of the kept files.
func (s *Store) notices() []store.Notice {
	var displaced, damaged, superseded []string
	for _, name := range s.history.keptNames() {
		switch keptPrefix(name) {
		case damagedPrefix:
			damaged = append(damaged, name)
		case supersededPrefix:
			superseded = append(superseded, name)
		default:
			displaced = append(displaced, name)
		}
	}
	var notices []store.Notice
	s.mu.Lock()
	isExposed := s.exposed
	s.mu.Unlock()
	if isExposed {
		notices = append(notices, s.exposedNotice())
	}
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
	if len(superseded) > 0 {
		var numbers []string
		for _, name := range superseded {
			n, _ := parseSupersededFile(name)
			numbers = append(numbers, strconv.FormatUint(n, 10))
		}
		notices = append(notices, store.Notice{
			Kind:    store.Superseded,
			Message: fmt.Sprintf("another program wrote over a committed generation without having read it (%s); the history has it as superseded", nameFirst(numbers)),
			Hint:    fmt.Sprintf("compare that generation with the current one, and repeat its change if it is still wanted; then tell the person who keeps this configuration to remove %s", nameKept(superseded)),
		})
	}
	return notices
}

// nameKept lists the paths of at most three files.
func nameKept(names []string) string {
	paths := make([]string, len(names))
	for i, name := range names {
		paths[i] = historyName + "/" + name
	}
	return nameFirst(paths)
}

// nameFirst lists at most three names.
func nameFirst(names []string) string {
	const most = 3
	more := ""
	if n := len(names) - most; n > 0 {
		names, more = names[:most], fmt.Sprintf(" and %d more", n)
	}
	return strings.Join(names, ", ") + more
}
