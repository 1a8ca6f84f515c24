package realm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/schema/meerkat/realmid"
)

const (
	readRetry   = 10 * time.Millisecond
	readTimeout = 100 * time.Millisecond // for all retries of one read

	// newestFormat is the highest manifest format that this program understands.
	newestFormat = 2

	// maxManifest is the size limit of a manifest, in bytes.
	maxManifest = 64 << 10
)

// Manifest reads the realm's manifest. It returns nil, without an error, if there
// is none. If the text is not a manifest, it reads again every 10 ms for at most
// 100 ms, because another program may be writing it.
//
// A manifest of another realm, of a newer format or of an external store is a
// storage fault, one with another backend than the selection's an invalid_params
// fault.
func (l *Location) Manifest(ctx context.Context) (*Manifest, error) {
	m, err := readManifest(l.disk(), l.ManifestPath)
	for end := time.Now().Add(readTimeout); errors.Is(err, errDamaged) && time.Now().Before(end); {
		select {
		case <-ctx.Done():
			return nil, fault.Of(ctx.Err())
		case <-time.After(readRetry):
		}
		m, err = readManifest(l.disk(), l.ManifestPath)
	}
	if err != nil {
		return nil, accessFault(l.ID, "read manifest", err)
	}
	if m == nil {
		return nil, nil
	}
	if err := l.verify(m); err != nil {
		return nil, err
	}
	return m, nil
}

// readManifest reads and decodes one file. It returns nil if the file does not
// exist, errDamaged if it is not a manifest.
func readManifest(sys disk.FS, path string) (*Manifest, error) {
	c, err := disk.Read(sys, path, maxManifest)
	if err != nil || !c.Exists() {
		return nil, err
	}
	return decodeManifest(c.Bytes)
}

// verify returns an error if this program cannot open a manifest's realm.
func (l *Location) verify(m *Manifest) error {
	if m.Format > newestFormat {
		return unusableFault(l.ID, "has format %d, and this program knows %d at most: use a newer realmconf", m.Format, newestFormat)
	}
	if err := m.checkIdentity(l.ID); err != nil {
		return err
	}
	if m.Provider != "" || strings.HasPrefix(m.Backend, "external:") {
		return unusableFault(l.ID, "says that an external store keeps the realm, not these files: change it there, or choose another realm").
			Because(fmt.Errorf("provider %q, backend %q", m.Provider, m.Backend))
	}
	if !slices.Contains(knownBackends, m.Backend) {
		return unusableFault(l.ID, "names a backend that is not supported: use sqlite, jsonl or memory, or choose another realm").
			Because(fmt.Errorf("backend %q", m.Backend))
	}
	if l.RequestedBackend != "" && l.RequestedBackend != m.Backend {
		return fault.New(fault.InvalidParams, "realm %q has the backend %s, and --realm-backend asks for %s: leave the flag out, or choose another realm", l.ID, m.Backend, l.RequestedBackend)
	}
	return nil
}

// checkIdentity returns an error if a manifest belongs to another realm.
func (m *Manifest) checkIdentity(id string) error {
	switch {
	case !realmid.IsSlug(m.RealmID):
		return unusableFault(id, "holds an invalid realm_id: restore the file").Because(fmt.Errorf("realm_id %q", m.RealmID))
	case m.RealmID != id:
		return unusableFault(id, "belongs to realm %q, whose directory has the same name: choose another id, or another --state-root", fault.Clip(m.RealmID))
	}
	return nil
}

// unusableFault returns the fault of a manifest whose content forbids to open the
// realm.
func unusableFault(id, format string, args ...any) *fault.Fault {
	return fault.New(fault.Storage, "realm %q: %s %s", id, manifestName, fmt.Sprintf(format, args...)).
		With("op", "read manifest").With("reason", fault.IO)
}

// accessFault returns the fault for an error of reading or writing a realm's files.
func accessFault(id, op string, err error) error {
	if errors.Is(err, errDamaged) {
		return unusableFault(id, "is not a manifest, or only half of one: restore the file, or remove it and the next write makes a new one").
			With("op", op).Because(err)
	}
	f := fault.FromOS(op, err)
	f.Message = fmt.Sprintf("realm %q: %s", id, f.Message)
	return f
}
