package filelock

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
)

// openedGuard is the result of openGuard.
type openedGuard struct {
	file disk.File
	err  error
}

// lockGuard locks the guard. A caller that waits does so in the kernel, in a
// goroutine of its own: polling lets some processes starve. If the caller gives
// up first, the goroutine goes on waiting, and release waits for it.
func (l *Lock) lockGuard(w Wait) error {
	m := l.mutex
	if l.guard = m.useReserved(); l.guard != nil {
		return nil
	}
	guard, err := m.openGuard(false, nil)
	if !errors.Is(err, disk.ErrLocked) {
		l.guard = guard
		return err
	}
	if m.Contended != nil {
		m.Contended()
	}
	if !w.waits() {
		return err
	}
	opened := make(chan openedGuard, 1)
	abandoned := make(chan struct{})
	go func() {
		guard, err := m.openGuard(true, abandoned)
		opened <- openedGuard{guard, err}
	}()
	select {
	case g := <-opened:
		if l.guard = g.file; g.err != nil {
			return g.err
		}
		err := w.CheckWanted()
		if err != nil && w.ctx.Err() == nil {
			l.reserve = w.Reserve
		}
		return err
	case <-w.ctx.Done():
		err = w.ctx.Err()
	case <-w.up:
		err = ErrTimeUp
	}
	close(abandoned)
	l.late = opened
	return err
}

// openGuard opens the guard's file and locks it, and repeats that until the
// locked file is the one that has the name: another process may have removed
// the file in between. Once abandoned is closed it creates no file any more.
func (m *Mutex) openGuard(wait bool, abandoned <-chan struct{}) (disk.File, error) {
	for {
		select {
		case <-abandoned:
			return nil, disk.ErrLocked
		default:
		}
		if info, err := m.FS.Lstat(m.Guard); err == nil && !info.Mode().IsRegular() {
			if info.Mode()&fs.ModeSymlink != 0 { // never the file that it leads to
				return nil, &fault.RefusedLink{Advice: filepath.Base(m.Guard) + " is a symbolic link, which somebody may have put there: look where it leads and remove the link, and the next write makes a new file"}
			}
			return nil, fault.ErrIrregular
		}
		f, err := m.FS.Open(m.Guard, os.O_RDWR, 0)
		if errors.Is(err, fs.ErrNotExist) { // only O_EXCL gives it the owner of its directory
			f, err = m.FS.Open(m.Guard, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		}
		if errors.Is(err, fs.ErrExist) {
			continue // another process was faster
		}
		if err != nil {
			return nil, err
		}
		err = m.FS.Lock(f, wait)
		same := false
		if err == nil {
			same, err = m.isGuard(f)
		}
		if same && err == nil {
			return f, nil
		}
		f.Close()
		if err != nil {
			return nil, err
		}
	}
}

// isGuard reports whether an open file is the one that has the guard's name. The
// holder writes into it, so a file that has another name too, which may be
// anywhere, is refused.
func (m *Mutex) isGuard(f disk.File) (bool, error) {
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	if disk.LinkCount(info) > 1 {
		return false, &fault.RefusedLink{Advice: filepath.Base(m.Guard) + " has a second name, a hard link: remove the name in this directory, and the next write makes a new one"}
	}
	named, err := m.FS.Lstat(m.Guard)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && m.FS.SameFile(info, named), err
}
