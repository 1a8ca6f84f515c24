package cli

import (
	"fmt"
	"path/filepath"

	"realmconf/runtime/store/file"
)

// checkPeculiarities reports what else is unusual about the realm's files.
func (d *diagnosis) checkPeculiarities() {
	d.checkOwners()
	for _, p := range d.files.Peculiarities {
		name, path := filepath.Base(p.Path), shellWord(p.Path)
		if d.files.StateDamaged && p.Path == d.files.StatePath && p.Kind != file.OneFile {
			continue // reported by checkTextAndState: such a file is replaced
		}
		switch p.Kind {
		case file.LinkInPlace:
			d.add(problem, name+" is a symbolic link, which somebody may have put there: only "+d.fileName()+" may be one", p.Path,
				"look where it leads; remove the link, and put the file itself there if it is the realm's")
		case file.IrregularInPlace:
			do := "move it away"
			if p.Path == d.files.Document {
				do += d.earlierTexts()
			}
			d.add(problem, name+" is of the wrong kind: a directory, a file, a pipe or a device in its place", p.Path, do)
		case file.ManyNames:
			d.add(problem, name+" has another name, a hard link, so that a write into it would change another file too", p.Path, "remove it: the next write makes a new one")
		case file.TooLong:
			if p.Path == d.files.Document {
				d.addLongConfig()
				continue
			}
			d.add(problem, fmt.Sprintf("the file has %d bytes, far more than a file of a realm has", p.Size), p.Path, "move it away, or restore it from a copy")
		case file.ForeignInHistory:
			d.add(warning, "the history has "+formatCount(p.Count, "foreign file")+", which are neither read nor removed", p.Path, "look at them, and move them away")
		case file.ReplaceableByAll:
			d.add(problem, fmt.Sprintf("everybody may replace what is in this directory, %s included (mode %04o)", d.subject(), p.Mode), p.Path, "chmod o-w "+path+", or choose another place")
		case file.Protected:
			d.add(warning, fmt.Sprintf("%s is protected against writing (mode %04o), so changes are refused", d.fileName(), p.Mode), p.Path, fileCommand("chmod u+w", p.Path)+" if it may be changed, or --force for one change")
		case file.Unchangeable:
			d.add(problem, name+" is marked as unchangeable, so changes fail", p.Path, fileCommand("chattr -i", p.Path)+" on Linux, "+fileCommand("chflags nouchg,noschg", p.Path)+" on macOS, if it may be changed")
		case file.AppendOnly:
			d.add(problem, name+" is marked as append-only, so changes fail", p.Path, fileCommand("chattr -a", p.Path)+" on Linux, "+fileCommand("chflags nouappnd,nosappnd", p.Path)+" on macOS, if it may be changed")
		case file.MountedAlone:
			d.add(problem, name+" is mounted without its directory, so it cannot be replaced, and changes fail", p.Path,
				"mount the directory instead of the file (for a container: -v DIRECTORY:DIRECTORY)")
		case file.DirectoryOfAnother:
			d.add(warning, fmt.Sprintf("this directory belongs to user %d, who may read, change and replace what is in it, %s included", p.Owner, d.subject()), p.Path, "nothing, if that user may do so; else choose another place")
		case file.LittleSpace:
			as, what := warning, fmt.Sprintf("%d KiB are left on the file system", p.Size>>10)
			if p.Files < 1000 {
				what += fmt.Sprintf(", and room for %s", formatCount(int(p.Files), "more file"))
			}
			if p.Size < 64<<10 || p.Files < 4 {
				as = problem
			}
			d.add(as, what+": changes fail when it is full", p.Path, "remove files there that are not needed; df -h "+path+" and df -i "+path+" show its room")
		case file.SmallFilesOnly:
			d.add(warning, fmt.Sprintf("this process may write files of %d bytes at most, so that changes may fail", p.Size), p.Path, "raise the limit on the size of files (ulimit -f)")
		case file.OneFile:
			d.add(problem, fmt.Sprintf("%s and config_state.json are one file, so that %s can be neither read nor changed", d.fileName(), d.subject()), p.Path, "rm "+path+": the next read or write makes it again")
		}
	}
}

// checkOwners reports files that belong to another user than the realm's directory: one
// finding for all files of one user.
func (d *diagnosis) checkOwners() {
	first, counts := []file.Peculiarity{}, map[uint32]int{}
	for _, p := range d.files.Peculiarities {
		if p.Kind != file.OwnedByAnother || d.isDenied(p.Path) {
			continue
		}
		if counts[p.Owner]++; counts[p.Owner] == 1 {
			first = append(first, p)
		}
	}
	dir := d.location.StateDir
	for _, p := range first {
		what := "it belongs"
		if n := counts[p.Owner]; n > 1 {
			what = fmt.Sprintf("it and %s belong", formatCount(n-1, "more file"))
		}
		command := func(owner uint32) string { return treeCommand(fmt.Sprintf("chown -h %d", owner), dir) }
		a := file.AccessOf(p.Path)
		do := "as the administrator, " + command(p.Wants)
		if a.Known && a.User == p.Owner { // the directory may be the one to change
			do += " for that user, or " + command(p.Owner) + " for this one"
		}
		do += d.leftOut()
		if a.Known && p.Wants != 0 && p.Wants != a.User { // who may exchange a file between the examination and the change
			do += fmt.Sprintf("; if you do not trust user %d, move the directory away instead, and start a new one", p.Wants)
		} else {
			do += "; look at the files first if you do not know who made them"
		}
		d.add(warning, fmt.Sprintf("%s to user %d, and %s to user %d: one of them may not be able to use it", what, p.Owner, d.directory(), p.Wants), p.Path, do)
	}
}
