package filelock

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"realmconf/runtime/internal/disk"
)

const touchEvery = 5 * time.Second // how often a held lock file is touched

// Options describe a Mutex.
type Options struct {
	FS    disk.FS
	Clock Clock

	// Guard is the path of the guard.
	Guard string

	// Files are the paths of the lock files, in the order in which every program
	// takes them. There is one, except for a realm whose peers do not agree on
	// its place.
	Files []string

	// TempName returns a path in dir that no other program uses. An id is used
	// for one lock; kind tells its files apart.
	TempName func(dir, id, kind string) string

	// BootID returns disk.BootID, which is needed only with the lock, and BootTime is
	// disk.BootTime.
	BootID   func() string
	BootTime time.Time

	// Contended, if not nil, is called when another process holds the guard.
	Contended func()
}

// Mutex is the lock of a realm. It excludes other processes and other
// goroutines.
type Mutex struct {
	Options
	reserved reservations
	queue    chan struct{} // of capacity 1: holds a value while a goroutine has the lock or waits for the guard
}

// NewMutex returns an unlocked Mutex. It accesses no file.
func NewMutex(o Options) *Mutex {
	return &Mutex{Options: o, queue: make(chan struct{}, 1)}
}

// ErrLost says that another program took over the lock file or the guard.
var ErrLost = errors.New("the lock was taken over")

// Lock is a locked Mutex.
type Lock struct {
	mutex *Mutex
	usage usage

	guard   disk.File
	reserve time.Duration
	late    chan openedGuard // set when the wait for the guard was given up: it arrives here
	files   []*File          // in the order of Options.Files

	touching  sync.Mutex // protects the fields below
	stopTouch func()     // ends the wait for the next touch; nil once the lock is released
}

// Lock takes, in this order: the place in the queue of this process, the guard,
// and the lock files. Unlock must be called on the Lock that it returns.
func (m *Mutex) Lock(w Wait) (*Lock, error) {
	if err := m.enqueue(w); err != nil {
		return nil, err
	}
	l := &Lock{mutex: m}
	taken := false
	defer func() {
		if !taken { // after an error or a panic
			l.release()
		}
	}()
	if err := l.take(w); err != nil {
		return nil, err
	}
	taken = true
	l.touching.Lock()
	defer l.touching.Unlock()
	l.stopTouch = m.Clock.AfterFunc(touchEvery, l.keepFresh)
	return l, nil
}

// enqueue waits until no other goroutine of this process has the lock or waits for
// the guard: one goroutine at most is in the queue. dequeue takes it out.
func (m *Mutex) enqueue(w Wait) error {
	if !w.waits() {
		select {
		case m.queue <- struct{}{}:
			return nil
		default:
			return disk.ErrLocked
		}
	}
	select {
	case m.queue <- struct{}{}:
		return nil
	case <-w.ctx.Done():
		return w.ctx.Err()
	case <-w.up:
		return ErrTimeUp
	}
}

func (l *Lock) take(w Wait) error {
	if err := l.lockGuard(w); err != nil {
		return err
	}
	if err := l.pauseForPeer(w); err != nil {
		return err
	}
	for _, path := range l.mutex.Files {
		if err := l.takeFile(w, path); err != nil {
			return err
		}
	}
	return nil
}

// takeFile takes one lock file. For a caller that does not wait it creates no
// directory: where the directory is missing, no program uses the lock file yet.
func (l *Lock) takeFile(w Wait, path string) error {
	m, dir := l.mutex, filepath.Dir(path)
	if dir != filepath.Dir(m.Guard) {
		if w.waits() {
			if err := disk.MakeDir(m.FS, dir); err != nil {
				return err
			}
		} else if _, err := m.FS.Stat(dir); err != nil {
			return nil
		}
	}
	for tries := 0; ; tries++ {
		o, err := l.fileOptions(path)
		if err != nil {
			return err
		}
		f, err := Take(o, w)
		switch {
		case err == nil:
			l.files = append(l.files, f)
			return nil
		case !errors.Is(err, ErrLost) || tries == maxExchanges:
			return err
		}
	}
}

// keepFresh touches the lock files, now and again after touchEvery, until the lock is
// released: a peer takes over a lock file that is more than 30 seconds old. A timer calls
// it: most locks are released before, and a goroutine that waits would cost each of them
// two switches between threads.
func (l *Lock) keepFresh() {
	l.touching.Lock()
	defer l.touching.Unlock()
	if l.stopTouch == nil {
		return
	}
	for _, f := range l.files {
		f.touch() // a failure shows in the age of the file
	}
	l.stopTouch = l.mutex.Clock.AfterFunc(touchEvery, l.keepFresh)
}

// endTouching ends keepFresh.
func (l *Lock) endTouching() {
	l.touching.Lock()
	defer l.touching.Unlock()
	l.stopTouch()
	l.stopTouch = nil
}

// Verify returns ErrLost if another program has taken over the guard or a lock
// file. It is to be called right before every change, because peers take over
// every lock that looks dead to them.
func (l *Lock) Verify() error {
	same, err := disk.IsAt(l.mutex.FS, l.guard, l.mutex.Guard)
	for _, f := range l.files {
		if same && err == nil {
			same, err = f.IsInPlace()
		}
	}
	if err == nil && !same {
		err = ErrLost
	}
	return err
}

// TookOver reports whether a lock file was that of a program that died: it may
// have left other files.
func (l *Lock) TookOver() bool {
	return slices.ContainsFunc(l.files, func(f *File) bool { return f.tookOver })
}

// Now is the present time by the clock that stamps the files.
func (l *Lock) Now() (time.Time, error) {
	if len(l.files) == 0 {
		return l.mutex.Clock.Now(), nil
	}
	return l.files[0].now()
}

// Note returns the bytes that an earlier holder has left in the guard's file. They
// are not durable, and anybody may have written them.
func (l *Lock) Note() []byte { return l.usage.note }

// SetNote leaves a note for the next holder. Unlock writes it. All notes of a guard
// must have one length, of at most 256 bytes.
func (l *Lock) SetNote(note []byte) { l.usage.note = note }

// Unlock releases the lock. A lock file that another program has taken over
// stays.
func (l *Lock) Unlock() {
	l.endTouching()
	l.usage.released = l.mutex.Clock.Now()
	writeUsage(l.guard, l.usage)
	l.release()
}

// release releases everything that was taken, in the opposite order: the lock files,
// the guard, unless it is reserved, and the place in the queue. When the caller gave up its wait for the guard,
// the place is released only after the guard has arrived: so one goroutine at most
// waits for it.
func (l *Lock) release() {
	for _, f := range slices.Backward(l.files) {
		f.Release()
	}
	if l.late == nil {
		if l.reserve > 0 && l.mutex.reserve(l.guard, l.reserve) {
			l.guard = nil
		}
		l.mutex.dequeue(l.guard)
		return
	}
	go func() { l.mutex.dequeue((<-l.late).file) }()
}

// dequeue undoes lockGuard and enqueue, in this order: it unlocks the guard, if it
// was locked, and lets the next goroutine of this process go on.
func (m *Mutex) dequeue(guard disk.File) {
	if guard != nil {
		guard.Close()
	}
	<-m.queue
}

// Holder describes in words the program that holds the lock.
func (m *Mutex) Holder() string {
	for _, path := range m.Files {
		f, err := m.FS.Open(path, os.O_RDONLY, 0)
		if err != nil {
			continue
		}
		defer f.Close()
		if stamp, ok := ReadStamp(f); ok {
			return fmt.Sprintf("process %d on %s", stamp.PID, stamp.Host)
		}
		return "another program"
	}
	return "another request"
}
