package realm

import (
	"strings"

	"realmconf/runtime/fault"
)

// CheckPath refuses the path of a flag that the program which started this one was to
// expand and did not: hosts pass "${workspaceFolder}" and "~" of their settings as they
// are, and a directory of that name would be made in the working directory. It opens no
// file.
func CheckPath(flag, path string) error {
	what, instead := "", "write the path itself: a host's settings are not expanded as by a shell"
	switch {
	case strings.Contains(path, "${"):
		what = "a variable that the host did not expand"
	case hasVariable(path):
		what = "a variable, which only a shell expands"
	case strings.HasPrefix(path, "~"):
		what = "the home directory as only a shell expands it"
	case hasScheme(path, "file"):
		what, instead = "an address and not a path", "leave file:// out, and write the characters for %20 and the like"
	case strings.Contains(path, "://"):
		what, instead = "an address and not a path", "give a directory of this machine"
	default:
		return nil
	}
	return fault.New(fault.InvalidParams, "%s %q is %s: %s", flag, path, what, instead)
}

// hasVariable reports whether a path begins with a variable of a shell: $HOME or
// %USERPROFILE%.
func hasVariable(path string) bool {
	if rest, ok := strings.CutPrefix(path, "%"); ok {
		return strings.Contains(rest, "%")
	}
	rest, ok := strings.CutPrefix(path, "$")
	return ok && rest != "" && (rest[0] == '_' || rest[0]|0x20 >= 'a' && rest[0]|0x20 <= 'z')
}

// hasScheme reports whether a path begins with the scheme of an address.
func hasScheme(path, scheme string) bool {
	return len(path) > len(scheme) && strings.EqualFold(path[:len(scheme)], scheme) && path[len(scheme)] == ':'
}

// checkPaths is CheckPath for the paths of a selection.
func (s Selection) checkPaths() error {
	for _, p := range s.paths() {
		if err := CheckPath(p.flag, p.path); err != nil {
			return err
		}
	}
	return nil
}

// contextRootFlag is the flag of Selection.ContextRoot.
const contextRootFlag = "--context-root"

type flagPath struct{ flag, path string }

// paths returns the paths of a selection with their flags.
func (s Selection) paths() []flagPath {
	return []flagPath{{contextRootFlag, s.ContextRoot}, {"--state-root", s.StateRoot}, {"--user-config-root", s.UserConfigRoot}}
}
