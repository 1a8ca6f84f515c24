package cli

import (
	"fmt"

	"realmconf/runtime/store/file"
)

// grantCommand returns the next step for a file that this user lacks rights on: the
// command that gives them, and who can run it. rights are letters of chmod.
func grantCommand(path, rights string) string {
	switch a := file.AccessOf(path); {
	case !a.Known:
		return "give the user that runs realmconf the right to use this file and the directories above it"
	case a.Owner == a.User:
		return fmt.Sprintf("chmod u+%s %s (its mode is %04o)", rights, shellWord(path), a.Mode)
	default:
		return fmt.Sprintf("as the administrator, chown %d %s: it belongs to user %d with mode %04o, and this process runs as user %d; look at it first if you do not know who made it",
			a.User, shellWord(path), a.Owner, a.Mode, a.User)
	}
}
