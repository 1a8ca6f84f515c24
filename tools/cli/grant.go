package cli

import (
	"fmt"
	"strings"

	"realmconf/runtime/store/file"
)

// grantCommand returns the next step for a file that this user lacks rights on: the
// command that gives them, and who can run it. rights are letters of chmod.
func grantCommand(path, rights string) string {
	switch a := file.AccessOf(path); {
	case !a.Known:
		return "give the user that runs realmconf the right to use this file and the directories above it"
	case a.Named:
		return fileCommand("chown", path)
	case a.Owner == a.User:
		return fmt.Sprintf("%s (its mode is %04o)", fileCommand("chmod u+"+rights, path), a.Mode)
	default:
		return fmt.Sprintf("as the administrator, chown -h %d %s: it belongs to user %d with mode %04o, and this process runs as user %d; look at it first if you do not know who made it",
			a.User, shellWord(path), a.Owner, a.Mode, a.User)
	}
}

// fileCommand returns the next step that changes one file or directory of the realm with
// a command. A hard link, which a stranger may have put there, is left alone: the command
// would change the file's other name too.
func fileCommand(command, path string) string {
	if file.AccessOf(path).Named {
		name, _, _ := strings.Cut(command, " ")
		return fmt.Sprintf("it has another name, a hard link, so that %s would change another file: move it away, and put a copy in its place if it is the realm's", name)
	}
	return command + " " + shellWord(path)
}

// treeCommand returns the next step that changes a directory of the realm and the files
// below it. It follows no link and leaves out files with another name: in a directory
// that a stranger made they may be any file of the system.
func treeCommand(command, dir string) string {
	return fmt.Sprintf(`find %s -xdev \( -type d -o -type f -links 1 \) -exec %s {} +`, shellWord(dir), command)
}

// leftOut says which files treeCommand does not change.
func (d *diagnosis) leftOut() string {
	switch n := d.files.Linked; n {
	case 0:
		return ""
	case 1:
		return "; 1 file there has another name, a hard link, and is left out: look at it"
	default:
		return fmt.Sprintf("; %d files there have other names, hard links, and are left out: look at them", n)
	}
}
