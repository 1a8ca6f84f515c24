package file

import (
	"errors"
	"os"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
)

// lockGuard takes the guard. The wait is the kernel's, in a goroutine of its
// own: polling lets some processes starve. When the caller gives up, that
// goroutine goes on waiting, frees the guard as soon as it arrives, and only
// then gives the place in the queue back; so a Store has at most one of them.
// The place is given back whenever lockGuard returns an error.
func (s *Store) lockGuard(p patience) (disk.File, error) {
	if err := s.letOthersGoFirst(p); err != nil {
		<-s.queue
		return nil, err
	}
	guard, err := s.openGuard(false, nil)
	if errors.Is(err, disk.ErrLocked) {
		s.meets(true)
	}
	if !errors.Is(err, disk.ErrLocked) || !p.waits() {
		if err != nil {
			<-s.queue
		}
		return guard, err
	}
	type arrival struct {
		guard disk.File
		err   error
	}
	arrived := make(chan arrival)
	left := make(chan struct{})
	go func() {
		guard, err := s.openGuard(true, left)
		select {
		case arrived <- arrival{guard, err}:
		case <-left:
			if err == nil {
				guard.Close()
			}
			<-s.queue
		}
	}()
	select {
	case a := <-arrived:
		if a.err == nil && p.gone != nil {
			if a.err = p.gone(); a.err != nil {
				a.guard.Close()
			}
		}
		if a.err != nil {
			<-s.queue
		}
		return a.guard, a.err
	case <-p.ctx.Done():
		close(left)
		return nil, p.ctx.Err()
	case <-p.up:
		close(left)
		return nil, errTimeUp
	}
}

// courtesy is how long a program that made the newest commit lets others go
// first, if there are any. Their generation is the one that its commit has made
// old, and they have to read again; it has the new one, and would win again, for
// as long as it likes. A longer text takes them longer to read.
func courtesy(text []byte) time.Duration {
	return 10*time.Millisecond + time.Duration(len(text))*400*time.Nanosecond
}

// glance is how often somebody looks whether it was another's turn.
const glance = time.Millisecond

// letOthersGoFirst waits if it is another program's turn, until that has
// committed. If none does, there is none.
func (s *Store) letOthersGoFirst(p patience) error {
	if p.courtesy == 0 || !s.owesTurn() {
		return nil
	}
	for until := s.clock.Now().Add(p.courtesy); s.clock.Now().Before(until); {
		if err := p.sleep(glance); err != nil {
			return err
		}
		if err := p.gone(); err != nil {
			return err
		}
	}
	s.meets(false)
	return nil
}

// openGuard opens the guard's file and locks it, again until the file locked is
// the one that has the name. Once left is closed it makes no new file any more.
func (s *Store) openGuard(wait bool, left <-chan struct{}) (disk.File, error) {
	for {
		select {
		case <-left:
			return nil, disk.ErrLocked
		default:
		}
		if info, err := s.fs.Lstat(s.path(guardName)); err == nil && !info.Mode().IsRegular() {
			return nil, fault.ErrIrregular // a link would never be the file that it leads to
		}
		h, err := s.fs.Open(s.path(guardName), os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		err = s.fs.Lock(h, wait)
		same := false
		if err == nil {
			same, err = disk.IsAt(s.fs, h, s.path(guardName))
		}
		if same && err == nil {
			return h, nil
		}
		h.Close()
		if err != nil {
			return nil, err
		}
	}
}
