package file

import (
	"context"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"

	"realmconf/runtime/internal/disk"
)

// The poll is the net under the events: it sees what a file system tells
// nobody, such as a change made on another machine.
const (
	pollEvery = 250 * time.Millisecond // while a directory cannot be watched, or does not exist yet
	pollRare  = 2 * time.Second        // beside events
)

// Watch calls changed when the config or the state is another file than
// before, or has another size, mode or time. Events of the directories say
// when to look; a lock or a temporary file wakes nobody. It ends with ctx.
func (s *Store) Watch(ctx context.Context, changed func()) error {
	w := s.newWatcher()
	defer w.close()
	last := s.outline()
	for ctx.Err() == nil {
		changed()
		for {
			select {
			case <-ctx.Done():
				return nil
			case e := <-w.events():
				if !w.concerns(e) {
					continue
				}
			case <-w.errors(): // some events were lost: look
			case <-s.clock.After(w.attend()):
			}
			if now := s.outline(); !now[0].Equal(s.fs, last[0]) || !now[1].Equal(s.fs, last[1]) {
				last = now
				break
			}
		}
	}
	return nil
}

// outline is the signatures of the config and the state.
func (s *Store) outline() (sig [2]disk.Signature) {
	for i, name := range [2]string{s.options.Document, s.path(stateName)} {
		if info, err := s.fs.Stat(name); err == nil {
			sig[i] = disk.Sign(s.fs, info)
		}
	}
	return sig
}

// watcher is the events of the directories in which the two files lie. Where
// the system gives none, it has none, and says that the poll is needed.
type watcher struct {
	store *Store
	notes *fsnotify.Watcher // nil when there are none
	names map[string]bool   // the files that count, by their paths
	dirs  map[string]bool   // the directories that are watched
}

func (s *Store) newWatcher() *watcher {
	w := &watcher{store: s, dirs: make(map[string]bool)}
	if notes, err := fsnotify.NewWatcher(); err == nil {
		w.notes = notes
	}
	w.attend()
	return w
}

// attend watches the directories that there are now, and returns how soon to
// look again without an event. A link may lead elsewhere since the last time.
func (w *watcher) attend() time.Duration {
	s := w.store
	if w.notes == nil {
		return pollEvery
	}
	w.names = map[string]bool{s.path(stateName): true, s.options.Document: true}
	if document, err := s.document(); err == nil {
		w.names[document] = true
	}
	all := true
	for name := range w.names {
		dir := filepath.Dir(name)
		if _, err := s.fs.Stat(dir); err != nil {
			delete(w.dirs, dir) // gone, and its watch with it
			all = false
			continue
		}
		if !w.dirs[dir] {
			w.dirs[dir] = w.notes.Add(dir) == nil
		}
		all = all && w.dirs[dir]
	}
	if all {
		return pollRare
	}
	return pollEvery
}

// concerns reports whether an event is about one of the two files. One about a
// directory itself may be its end: then the poll looks for a new one.
func (w *watcher) concerns(e fsnotify.Event) bool {
	if w.dirs[e.Name] && e.Has(fsnotify.Remove|fsnotify.Rename) {
		delete(w.dirs, e.Name)
	}
	return w.names[e.Name]
}

func (w *watcher) events() <-chan fsnotify.Event {
	if w.notes == nil {
		return nil
	}
	return w.notes.Events
}

func (w *watcher) errors() <-chan error {
	if w.notes == nil {
		return nil
	}
	return w.notes.Errors
}

func (w *watcher) close() {
	if w.notes != nil {
		w.notes.Close()
	}
}
