package cli

import (
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"realmconf/runtime/store/file"
)

// irregularLock is the finding of a lock that no program can take.
const irregularLock = "it is not a lock file but a directory, a link, a pipe or a device: no program can take the lock"

// checkGuard reports a guard that this user may not open. Where the realm's directory
// cannot be written either, checkModes has that reason.
func (d *diagnosis) checkGuard() {
	isClosed := slices.ContainsFunc(d.files.NotWritable, func(c file.NotWritableDir) bool { return c.Path == filepath.Dir(d.files.GuardPath) })
	if d.files.GuardErr != nil && !isClosed {
		d.add(problem, filepath.Base(d.files.GuardPath)+" cannot be opened, so that no change can be made: permission denied", d.files.GuardPath, grantCommand(d.files.GuardPath, "rw"))
	}
}

// checkLocks reports the locks that are held, or were left behind.
func (d *diagnosis) checkLocks() {
	for _, l := range d.files.Locks {
		owner := "one of Meerkat's programs"
		if l.HasStamp {
			owner = fmt.Sprintf("realmconf, process %d on %s", l.PID, l.Host)
		}
		switch {
		case l.Irregular:
			d.add(problem, irregularLock, l.Path, "remove it")
		case !l.ThisRun:
			d.add(warning, owner+" held the realm when the machine was last restarted", l.Path, "nothing: the next write takes the lock over")
		case l.Stale() && l.Age < 0:
			d.add(warning, fmt.Sprintf("the lock of %s is dated in the future: the clock was set back, or somebody dated it; Meerkat's programs wait until that time", owner), l.Path, "nothing: the next write takes the lock over")
		case l.Stale():
			d.add(warning, fmt.Sprintf("%s left its lock behind, last touched %s", owner, formatAge(l.Age)), l.Path, "nothing: the next write takes the lock over")
		default:
			d.add(warning, fmt.Sprintf("%s holds the realm, lock last touched %s", owner, formatAge(l.Age)), l.Path,
				"wait: a lock is held for moments; if its owner has crashed, the next write takes it over after 30 seconds")
		}
	}
}

// checkManifestLock reports a program that makes the manifest, or what it has left. If
// the manifest is there, no program takes this lock any more.
func (d *diagnosis) checkManifestLock(now time.Time) {
	l, ok := d.location.ManifestLock(now)
	if !ok || d.hasManifest {
		return
	}
	switch {
	case l.Irregular:
		d.add(problem, irregularLock, l.Path, "remove it")
	case l.Stale():
		d.add(warning, "a program that made the manifest has ended and left its lock behind, last touched "+formatAge(l.Age), l.Path, "nothing: the next write takes the lock over")
	default:
		d.add(warning, "a program is making the manifest, or has ended while it did: lock last touched "+formatAge(l.Age), l.Path, "wait: the next write takes the lock over after 30 seconds")
	}
}
