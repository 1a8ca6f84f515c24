package runtime

import (
	"context"
	"path/filepath"
	"sync"

	"realmconf/runtime/realm"
	"realmconf/runtime/store"
	"realmconf/runtime/store/file"
)

// OpenRealm is the Opener of the realm that a selection names, on disk. History
// is how many generations' files are kept, as in file.Options. It finds the
// realm's directory and opens no file.
func OpenRealm(selection realm.Selection, history int) Opener {
	return func(context.Context) (store.Store, error) {
		location, err := realm.Locate(selection, realm.Environment{})
		if err != nil {
			return nil, err
		}
		return newRealmStore(location, file.Open(files(location, history))), nil
	}
}

// InspectRealm finds the realm that a selection names and looks at its files.
// It takes no lock and changes nothing.
func InspectRealm(selection realm.Selection) (*realm.Location, file.Inspection, error) {
	location, err := realm.Locate(selection, realm.Environment{})
	if err != nil {
		return nil, file.Inspection{}, err
	}
	return location, file.Inspect(files(location, 0)), nil
}

// files says where a realm's files lie.
func files(location *realm.Location, history int) file.Options {
	return file.Options{
		Document:  location.ConfigPath,
		Dir:       location.StateDir,
		RealmTag:  realm.DirName(location.ID),
		PeerLocks: peerLocks(location),
		History:   history,
	}
}

// peerLocks is the second lock of a realm whose document does not lie in its
// directory: some of the platform's programs lock it beside the document, as
// the store does, and others in the realm's directory.
func peerLocks(location *realm.Location) []string {
	if location.StateDir == location.Root {
		return nil
	}
	return []string{filepath.Join(location.Root, "config_state.lock")}
}

// realmStore is a store under a realm's identity. It makes sure that the
// directory is the realm's before it reads, and that the realm has its
// manifest before it writes, so that the platform's programs find it too.
type realmStore struct {
	store.Store
	location *realm.Location

	mu       sync.Mutex // protects the fields below
	manifest *realm.Manifest
	ensured  bool // a write has made sure of it
	metadata store.Metadata
}

func newRealmStore(location *realm.Location, files store.Store) *realmStore {
	return &realmStore{
		Store:    files,
		location: location,
		metadata: store.Metadata{
			RealmID:    &location.ID,
			InstanceID: location.Instance,
			Backend:    given(location.RequestedBackend),
			Paths: &store.ResolvedPaths{
				ConfigPath:         location.ConfigPath,
				ManifestPath:       location.ManifestPath,
				Root:               location.Root,
				SessionsJSONLDir:   location.SessionsJSONLDir,
				SessionsSQLitePath: &location.SessionsSQLitePath,
			},
		},
	}
}

// Load reads the manifest, once there is one, and then the store.
func (s *realmStore) Load(ctx context.Context) (store.State, error) {
	if err := s.identify(ctx); err != nil {
		return store.State{}, err
	}
	return s.Store.Load(ctx)
}

// Record is the store's, once the directory is known to be the realm's.
func (s *realmStore) Record(ctx context.Context, generation uint64) (store.Record, error) {
	if err := s.identify(ctx); err != nil {
		return store.Record{}, err
	}
	return s.Store.Record(ctx, generation)
}

// List is the store's, once the directory is known to be the realm's.
func (s *realmStore) List(ctx context.Context, before uint64, limit int) ([]store.Record, error) {
	if err := s.identify(ctx); err != nil {
		return nil, err
	}
	return s.Store.List(ctx, before, limit)
}

// CompareAndSwap creates the manifest where there is none, and then swaps. The
// first one also clears away what a crash left beside a manifest.
func (s *realmStore) CompareAndSwap(ctx context.Context, from store.Version, next []store.Record) error {
	if err := s.ensure(ctx); err != nil {
		return err
	}
	return s.Store.CompareAndSwap(ctx, from, next)
}

// Metadata is the realm's identity. The backend is the manifest's; before
// there is one, what was asked for, or unknown.
func (s *realmStore) Metadata() store.Metadata {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.metadata
}

// identify learns the manifest. A manifest is written once and never changed,
// so it is not read again.
func (s *realmStore) identify(ctx context.Context) error {
	if s.identified() {
		return nil
	}
	manifest, err := s.location.Manifest(ctx) // not under mu: it may wait for another program
	if err != nil || manifest == nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keep(manifest)
	return nil
}

// ensure makes sure, once, that there is a manifest.
func (s *realmStore) ensure(ctx context.Context) error {
	s.mu.Lock()
	ensured := s.ensured
	s.mu.Unlock()
	if ensured {
		return nil
	}
	manifest, err := s.location.EnsureManifest(ctx) // not under mu, as above
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ensured = true
	s.keep(manifest)
	return nil
}

// keep notes the first manifest that was read. The caller holds mu.
func (s *realmStore) keep(manifest *realm.Manifest) {
	if s.manifest == nil {
		s.manifest = manifest
		s.metadata.Backend = &manifest.Backend
	}
}

func (s *realmStore) identified() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.manifest != nil
}

func given(flag string) *string {
	if flag == "" {
		return nil
	}
	return &flag
}
