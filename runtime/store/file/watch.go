package file

import (
	"context"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"

	"realmconf/runtime/internal/disk"
)

// The files are polled beside the events: file systems do not report every
// change, for example those that another machine made.
const (
	pollOften  = 250 * time.Millisecond // while a directory cannot be watched, or does not exist yet
	pollSeldom = 2 * time.Second        // beside events
)

// Watch calls changed when the config or the state is another file than before,
// or has another size, mode or time stamp. Events of the directories say when to
// look; those of lock files and temporary files are ignored.
func (s *Store) Watch(ctx context.Context, changed func()) error {
	w := s.newWatcher()
	defer w.close()
	last := s.signatures()
	for ctx.Err() == nil {
		changed()
		for {
			select {
			case <-ctx.Done():
				return nil
			case e := <-w.events():
				if !w.isRelevant(e) {
					continue
				}
			case <-w.errors(): // some events were lost: look
			case <-s.clock.After(w.watchDirs()):
			}
			if now := s.signatures(); !now[0].Equal(s.fs, last[0]) || !now[1].Equal(s.fs, last[1]) {
				last = now
				break
			}
		}
	}
	return nil
}

// signatures returns those of the config and the state.
func (s *Store) signatures() (sig [2]disk.Signature) {
	for i, name := range [2]string{s.options.Document, s.path(stateName)} {
		if info, err := s.fs.Stat(name); err == nil {
			sig[i] = disk.Sign(s.fs, info)
		}
	}
	return sig
}

// watcher receives the events of the directories that hold the two files.
type watcher struct {
	store  *Store
	notify *fsnotify.Watcher // nil where the system has no events
	names  map[string]bool   // the paths of the two files
	dirs   map[string]bool   // whether a directory is watched
}

func (s *Store) newWatcher() *watcher {
	w := &watcher{store: s, dirs: make(map[string]bool)}
	if notify, err := fsnotify.NewWatcher(); err == nil {
		w.notify = notify
	}
	w.watchDirs()
	return w
}

// watchDirs watches the directories that exist now, and returns how soon to look
// again without an event. A link may lead elsewhere since the last call.
func (w *watcher) watchDirs() time.Duration {
	s := w.store
	if w.notify == nil {
		return pollOften
	}
	w.names = map[string]bool{s.path(stateName): true, s.options.Document: true}
	if configPath, err := s.configPath(); err == nil {
		w.names[configPath] = true
	}
	all := true
	for name := range w.names {
		dir := filepath.Dir(name)
		if _, err := s.fs.Stat(dir); err != nil {
			delete(w.dirs, dir) // it is gone, and its watch with it
			all = false
			continue
		}
		if !w.dirs[dir] {
			w.dirs[dir] = w.notify.Add(dir) == nil
		}
		all = all && w.dirs[dir]
	}
	if all {
		return pollSeldom
	}
	return pollOften
}

// isRelevant reports whether an event is about one of the two files. A directory
// that was removed or renamed is not watched any more: the poll finds a new one.
func (w *watcher) isRelevant(e fsnotify.Event) bool {
	if w.dirs[e.Name] && e.Has(fsnotify.Remove|fsnotify.Rename) {
		delete(w.dirs, e.Name)
	}
	return w.names[e.Name]
}

func (w *watcher) events() <-chan fsnotify.Event {
	if w.notify == nil {
		return nil
	}
	return w.notify.Events
}

func (w *watcher) errors() <-chan error {
	if w.notify == nil {
		return nil
	}
	return w.notify.Errors
}

func (w *watcher) close() {
	if w.notify != nil {
		w.notify.Close()
	}
}
