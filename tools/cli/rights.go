package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"realmconf/runtime/fault"
	"realmconf/runtime/store/file"
)

// checkModes reports directories that are not writable, and files that more than
// their owner can use. The texts of the history are one finding together.
func (d *diagnosis) checkModes() {
	for _, c := range d.files.NotWritable {
		switch {
		case d.isPeculiar(c.Path, file.LinkInPlace, file.IrregularInPlace, file.Unchangeable): // reported by checkPeculiarities
		case c.Path == d.files.HistoryPath && fault.StorageReason(d.files.History.Err) == fault.Denied: // reported by checkHistory
		default:
			d.add(warning, "nothing can be written here: "+c.Err.Error(), c.Path, "to change the configuration: "+openCommand(c))
		}
	}
	texts := 0
	for _, f := range d.files.TooOpen {
		switch {
		case filepath.Dir(f.Path) == d.files.HistoryPath:
			texts++
			continue
		case d.isPeculiar(f.Path, file.ReplaceableByAll): // reported by checkPeculiarities
			continue
		case d.file != "" && f.Path == d.files.Document && f.Mode&0o022 == 0: // as the files of a project are
			continue
		}
		what := "others than the owner can read it, including its secrets"
		if f.Mode&0o022 != 0 {
			what = "others than the owner can change it"
		}
		d.add(warning, fmt.Sprintf("%s (mode %04o)", what, f.Mode), f.Path, fileCommand("chmod go-rwx", f.Path)+", unless they should")
	}
	if texts > 0 {
		d.add(warning, fmt.Sprintf("others than the owner can read %s of the history, including their secrets", formatCount(texts, "text")), d.files.HistoryPath,
			treeCommand("chmod go-rwx", d.files.HistoryPath)+", unless they should"+d.leftOut())
	}
}

// openCommand returns the next step for a directory in which nothing can be written.
func openCommand(c file.NotWritableDir) string {
	switch fault.StorageReason(c.Err) {
	case fault.ReadOnlyMedia:
		return "mount it writable"
	case fault.Denied:
		return grantCommand(c.Path, "rwx")
	default:
		return "give the user of realmconf the right to make files there, or mount it writable"
	}
}

// checkWay reports whether something is in the place of a directory on the way to the
// realm's files. Then every other check would report the same again.
func (d *diagnosis) checkWay() bool {
	if path, err := d.location.Obstacle(); err != nil {
		d.addObstacle(path, err)
		return true
	}
	return false
}

func (d *diagnosis) addObstacle(path string, err error) {
	switch {
	case fault.StorageReason(err) == fault.Link:
		d.add(problem, "a symbolic link is in the place of this directory, which somebody may have put there: it is not followed", path,
			"ls -l "+shellWord(path)+" shows where it leads; put the directory itself there, or give --follow-links if the link is your own")
	case errors.Is(err, fault.ErrIrregular) || fault.StorageReason(err) == fault.Gone:
		d.add(problem, "this is not a directory, so that "+d.subject()+" cannot be there", path, "move it away"+d.otherPlace())
	case fault.StorageReason(err) == fault.Denied:
		d.add(problem, "this directory may not be searched, so that nothing of "+d.subject()+" can be read: permission denied", path, grantCommand(path, "rwx"))
	default:
		d.add(problem, "this directory cannot be read: "+reasonOf(fault.FromOS("find realm", err)), path, "")
	}
}

// otherPlace adds to a next step how another place is chosen.
func (d *diagnosis) otherPlace() string {
	if d.file != "" {
		return ""
	}
	return ", or choose another place: --state-root names the directory of the realms"
}

// isDenied reports whether another check has the finding that this process may not read
// or open a file.
func (d *diagnosis) isDenied(path string) bool {
	in := d.files
	switch path {
	case in.Document:
		return fault.StorageReason(in.DocumentErr) == fault.Denied
	case in.StatePath:
		return fault.StorageReason(in.StateErr) == fault.Denied
	case in.HistoryPath:
		return fault.StorageReason(in.History.Err) == fault.Denied
	case in.GuardPath:
		return in.GuardErr != nil
	default:
		return slices.Contains(in.History.Denied, path)
	}
}
