package realm

import (
	"context"
	"errors"
	"io/fs"
	"sync"

	"realmconf/runtime/store"
)

// realmStore is a store under a realm's identity. Before a read it checks that
// the directory belongs to the realm. Before a write it makes sure that the
// realm has its manifest, so that Meerkat's programs find the realm too.
type realmStore struct {
	store.Store
	location    *Location
	relatives   relatives
	beforeWrite writeHook
	clientRoot  *clientRoot // nil if the realm was not found by one

	mu       sync.Mutex // protects the fields below
	manifest *Manifest  // nil until one was read or made
	ensured  bool       // EnsureManifest has succeeded
	metadata store.Metadata
}

func newRealmStore(location *Location, files store.Store) *realmStore {
	s := &realmStore{
		Store:     files,
		location:  location,
		relatives: relatives{location: location},
		metadata:  location.metadata(),
	}
	s.metadata.Backend = optional(location.RequestedBackend)
	return s
}

// Load reads the store, after the manifest if that exists.
func (s *realmStore) Load(ctx context.Context) (store.State, error) {
	if err := s.identify(ctx); err != nil {
		return store.State{}, err
	}
	return s.Store.Load(ctx)
}

// Record reads the store, after the manifest if that exists.
func (s *realmStore) Record(ctx context.Context, generation uint64) (store.Record, error) {
	if err := s.identify(ctx); err != nil {
		return store.Record{}, err
	}
	return s.Store.Record(ctx, generation)
}

// List reads the store, after the manifest if that exists.
func (s *realmStore) List(ctx context.Context, before uint64, limit int) ([]store.Record, error) {
	if err := s.identify(ctx); err != nil {
		return nil, err
	}
	return s.Store.List(ctx, before, limit)
}

// ListHeads reads the store, after the manifest if that exists.
func (s *realmStore) ListHeads(ctx context.Context, before uint64, limit int) ([]store.Record, error) {
	if err := s.identify(ctx); err != nil {
		return nil, err
	}
	return s.Store.ListHeads(ctx, before, limit)
}

// CompareAndSwap makes the manifest if it does not exist, and then swaps. The
// first call also removes a lock that a crash left beside the manifest.
func (s *realmStore) CompareAndSwap(ctx context.Context, from store.Version, next []store.Record) error {
	s.beforeWrite.call()
	if err := s.ensure(ctx); err != nil {
		return err
	}
	return s.Store.CompareAndSwap(ctx, from, next)
}

// CheckWritable reads the manifest, which a write needs, and then asks the store.
func (s *realmStore) CheckWritable(ctx context.Context) error {
	if err := s.clientRoot.check(ctx); err != nil {
		return err
	}
	if _, err := s.location.Manifest(ctx); err != nil {
		return err
	}
	return store.CheckWritable(ctx, s.Store)
}

// Metadata returns the realm's identity. The backend is the manifest's; before
// there is a manifest, the one that the selection asks for, or unknown.
func (s *realmStore) Metadata() store.Metadata {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.metadata
}

// identify checks the client's root and reads the manifest. A manifest is written
// once and never changed, so it is read once. One that this user may not read does not
// keep anybody from reading the configuration; ensure refuses it.
func (s *realmStore) identify(ctx context.Context) error {
	if err := s.clientRoot.check(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	identified := s.manifest != nil
	s.mu.Unlock()
	if identified {
		return nil
	}
	manifest, err := s.location.Manifest(ctx) // not under mu: it may wait for another program
	if errors.Is(err, fs.ErrPermission) {
		return nil
	}
	if err != nil || manifest == nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keepLocked(manifest)
	return nil
}

// ensure checks the client's root, and makes sure, once, that there is a manifest.
func (s *realmStore) ensure(ctx context.Context) error {
	if err := s.clientRoot.check(ctx); err != nil {
		return err
	}
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
	s.keepLocked(manifest)
	return nil
}

// keepLocked stores the first manifest that was read.
func (s *realmStore) keepLocked(manifest *Manifest) {
	if s.manifest == nil {
		s.manifest = manifest
		s.metadata.Backend = &manifest.Backend
	}
}
