package disk

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"realmconf/runtime/fault"
)

// maxHops is how many links lead to a file at most, as in Linux.
const maxHops = 40

// tomlSuffix ends the names of the files outside of a realm's directory that are
// opened through a link.
const tomlSuffix = ".toml"

// entry is the file that has a name in a directory.
type entry struct {
	mode     fs.FileMode
	uid, gid uint32
	link     string // where a symbolic link leads
}

// noID is the number of no user and no group. 0, which Owner returns for an unknown
// owner, is root's.
const noID = ^uint32(0)

// admission decides whether the link in a configuration's place is followed. Its
// functions ask the operating system; a test replaces them.
type admission struct {
	rules    Rules
	stat     func(path string) (entry, error)  // does not follow links
	physical func(path string) (string, error) // without symbolic links
	isSystem func(path string) bool            // below /proc, /sys or /dev
	isKernel func(path string) bool            // on a file system of the kernel's own, wherever it is mounted
	isOwn    func(e entry) bool                // belongs to this user or root, and only they may write it
}

// resolve returns where a link leads. The order of the checks:
//
//  1. Each hop is a link, and none leads into /proc, /sys or /dev.
//  2. The last one is a regular file.
//  3. If no hop and not the target is outside the realm's directory, it is
//     admitted.
//  4. Otherwise the rules decide. For LinksOwned the target's name must end in
//     .toml: a link that came with an archive may lead to any file of the user, and
//     no other one is opened to find out what is in it. The following must be the
//     user's own: the realm's directory and its parents up to the top, every
//     link, every directory with a link, and the directory of the target. In
//     any other directory another user could have put the link, or could change
//     the way that it takes.
func (a admission) resolve(link string) (string, error) {
	here, err := a.physical(filepath.Dir(link))
	if err != nil {
		return "", err
	}
	realm, err := a.physical(a.rules.Realm)
	if err != nil {
		return "", err
	}
	dirs, own := []string{}, true
	rest := []string{filepath.Base(link)}
	var last entry
	for hops := 0; len(rest) > 0; {
		name := rest[0]
		rest = rest[1:]
		switch name {
		case "", ".":
			continue
		case "..":
			here = filepath.Dir(here)
			continue
		}
		path := filepath.Join(here, name)
		if a.isSystem(path) {
			return "", errSpecial()
		}
		if last, err = a.stat(path); err != nil {
			return "", err
		}
		if last.mode&fs.ModeSymlink == 0 {
			here = path
			continue
		}
		if hops++; hops > maxHops {
			return "", &fault.RefusedLink{Advice: "it is a link that leads back to itself: put the file itself there"}
		}
		dirs, own = append(dirs, here), own && a.isOwn(last)
		if filepath.IsAbs(last.link) {
			here = filepath.VolumeName(last.link) + string(filepath.Separator)
			last.link = last.link[len(filepath.VolumeName(last.link)):]
		}
		rest = append(strings.FieldsFunc(last.link, func(r rune) bool { return r < 0x80 && os.IsPathSeparator(uint8(r)) }), rest...)
	}
	if !last.mode.IsRegular() || a.isKernel(here) {
		return "", errSpecial()
	}
	dirs = append(dirs, filepath.Dir(here))
	outside := false
	for _, dir := range dirs {
		outside = outside || !isBelow(dir, realm)
	}
	switch {
	case !outside || a.rules.Links == LinksAnywhere:
		return here, nil
	case a.rules.Links == LinksInside:
		return "", &fault.RefusedLink{Advice: "it is a link that leads to another directory: put the file itself there, or start realmconf with --follow-links if the link is your own"}
	case !strings.EqualFold(filepath.Ext(here), tomlSuffix):
		return "", &fault.RefusedLink{Advice: "it is a link to a file whose name does not end in .toml: give that file such a name, put the file itself there, or start realmconf with --follow-links"}
	case !own || !a.ownDirs(realm, dirs):
		return "", &fault.RefusedLink{Advice: "it is a link, and other users may write to a directory on its way: make these directories writable for yourself alone, put the file itself there, or start realmconf with --follow-links"}
	default:
		return here, nil
	}
}

// ownDirs reports whether directories and those from the realm's up to the top
// are the user's own.
func (a admission) ownDirs(realm string, dirs []string) bool {
	top, err := a.physical(a.rules.Top)
	if err != nil || !isBelow(realm, top) {
		return false
	}
	for dir := realm; ; dir = filepath.Dir(dir) {
		dirs = append(dirs, dir)
		if dir == top {
			break
		}
	}
	for _, dir := range dirs {
		e, err := a.stat(dir)
		if err != nil || !a.isOwn(e) {
			return false
		}
	}
	return true
}

// errSpecial is the refusal of a link to something else than a plain file.
func errSpecial() error {
	return &fault.RefusedLink{Advice: "it is a link to a directory, a pipe, a device or a file of the system: put a regular file there"}
}

// IsKernels reports whether a file, or the directory of one that does not exist, is one
// of the kernel's, as in /proc: reading it may block, never end, or have effects.
func IsKernels(path string) bool {
	return isKernelFS(path) || isKernelFS(filepath.Dir(path))
}

// newAdmission returns the decision of this system and user.
func newAdmission(r Rules) admission {
	return admission{rules: r, stat: statEntry, physical: filepath.EvalSymlinks, isSystem: isSystemPath, isKernel: isKernelFS, isOwn: isOwnEntry}
}

// statEntry is os.Lstat, with the text of a link.
func statEntry(path string) (entry, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return entry{}, err
	}
	e := entry{mode: info.Mode()}
	var hasOwner bool
	if e.uid, e.gid, hasOwner = Owner(info); !hasOwner {
		e.uid, e.gid = noID, noID
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		e.link, err = os.Readlink(path)
	}
	return e, err
}
