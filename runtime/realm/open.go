package realm

import (
	"context"
	"path/filepath"

	"realmconf/runtime/store"
	"realmconf/runtime/store/file"
)

// Open returns a function that finds the realm that a selection names and opens
// its store, for [runtime.New]. It finds the realm's directory and opens no
// file. History limits the files of the history, as in [file.Options].
func Open(s Selection, history int) func(context.Context) (store.Store, error) {
	if s.IsShared() {
		return func(context.Context) (store.Store, error) { return openShared(s, history) }
	}
	if s.IsFile() {
		return func(context.Context) (store.Store, error) { return openFile(s, history) }
	}
	return func(ctx context.Context) (store.Store, error) {
		s, err := s.withClientRoot(ctx)
		if err != nil {
			return nil, err
		}
		if err := s.CheckDirectories(Environment{}); err != nil {
			if s.isClientRoot {
				return nil, missingRootFault(err)
			}
			return nil, missingFault(err)
		}
		location, err := Locate(s, Environment{})
		if err != nil {
			return nil, err
		}
		o := fileOptions(location, history)
		o.Force, o.IsText = s.Force, s.IsText
		r := newRealmStore(location, file.Open(o))
		r.beforeWrite, r.clientRoot = s.BeforeWrite, newClientRoot(s, location)
		return r, nil
	}
}

// writeHook is called before each write. It may be nil.
type writeHook func()

func (h writeHook) call() {
	if h != nil {
		h()
	}
}

// optional returns nil for an empty text: the flag was not given.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// withClientRoot returns the selection with the client's root as its context root, if
// no flag says where the realm is.
func (s Selection) withClientRoot(ctx context.Context) (Selection, error) {
	if s.ClientRoot == nil || s.ContextRoot != "" || s.StateRoot != "" {
		return s, nil
	}
	root, err := s.ClientRoot(ctx)
	s.ContextRoot, s.isClientRoot = root, root != ""
	return s, err
}

// Inspect finds the realm that a selection names and examines its files. It
// takes no lock and changes nothing.
func Inspect(s Selection) (*Location, file.Inspection, error) {
	s.inspected = true
	location, err := Locate(s, Environment{})
	if err != nil {
		return nil, file.Inspection{}, err
	}
	return location, file.Inspect(fileOptions(location, 0)), nil
}

// fileOptions returns the places of a realm's files.
func fileOptions(location *Location, history int) file.Options {
	return file.Options{
		Document:  location.ConfigPath,
		Dir:       location.StateDir,
		RealmTag:  dirName(location.ID),
		PeerLocks: peerLocks(location),
		Rules:     location.rules,
		History:   history,
	}
}

// peerLocks returns the second lock of a realm whose document is not in the
// realm's directory: some of Meerkat's programs lock it beside the document, as
// the store does, and others in the realm's directory.
func peerLocks(location *Location) []string {
	if location.StateDir == location.Root {
		return nil
	}
	return []string{filepath.Join(location.Root, file.LockName)}
}
