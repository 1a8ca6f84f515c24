package realm

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/google/uuid"

	"realmconf/runtime/internal/disk"
)

// EnsureManifest is Manifest for a caller that is about to write: when the realm
// has no manifest it creates one, and with it the realm's directory. Afterwards
// Root and StateDir exist. Callers that come at the same time, in this process
// or in another, get the same manifest.
//
//	mkdir -p Root                    0700, each new entry made durable
//	.realm_manifest.tmp.<uuid>       0600, under flock, marked as realmconf's
//	rename to .realm_manifest.lock   Meerkat's lock; never replaces one. If there is one:
//	                                 a dead realmconf process's is taken over at once; a
//	                                 living one's and Meerkat's are waited for, until 30 s old
//	realm_manifest.json there now?   then another process was first
//	.realm_manifest.tmp.<uuid>       0600, written, fsynced
//	link to realm_manifest.json      the commit point: never replaces one
//	fsync Root, remove the temporary file and the lock
//
// A realmconf process that is killed in the middle delays no other: the kernel
// releases its flock. The process that takes its lock over removes what it left:
// the next one that creates the manifest or, if the manifest is there, the next
// one that writes. Without flock (on Windows, and on some file systems) its lock
// is waited for like Meerkat's.
//
// Beside the errors of Manifest it returns lock_timeout when another process
// holds the lock for 5 s, and storage when the realm meanwhile exists under the
// other state root.
func (l *Location) EnsureManifest(ctx context.Context) (*Manifest, error) {
	m, err := l.Manifest(ctx)
	if err == nil && m == nil {
		m, err = l.createManifest(ctx)
	} else if err == nil {
		err = l.finish()
	}
	if err != nil {
		return nil, err
	}
	if err := disk.MakeDir(l.disk(), l.StateDir); err != nil {
		return nil, accessFault(l.ID, "create realm directory", err)
	}
	return m, nil
}

func (l *Location) createManifest(ctx context.Context) (*Manifest, error) {
	if err := disk.MakeDir(l.disk(), l.Root); err != nil {
		return nil, accessFault(l.ID, "create realm directory", err)
	}
	lock, err := l.lockManifest(ctx)
	if err != nil {
		return nil, err
	}
	defer lock.Release()
	l.sweep()

	if m, err := l.Manifest(ctx); m != nil || err != nil {
		return m, err
	}
	if l.otherRoot.path != "" { // the location may be hours old
		there, err := l.otherRoot.holds(l.ID)
		if err != nil {
			return nil, err
		}
		if there {
			return nil, existsTwiceFault(l.ID, l.StateRoot, l.otherRoot.path)
		}
	}
	m := &Manifest{
		RealmID:   l.ID,
		Backend:   defaultBackend,
		IDSource:  l.IDSource,
		CreatedAt: strconv.FormatInt(time.Now().Unix(), 10),
	}
	if l.RequestedBackend != "" {
		m.Backend = l.RequestedBackend
	}
	err = l.publish(m, lock.private)
	if errors.Is(err, fs.ErrExist) {
		// Another process holds the lock too: a lock is taken from a process
		// that slept for 30 s, and this one may have.
		m, err = l.Manifest(ctx)
		if err == nil && m == nil {
			return nil, accessFault(l.ID, "write manifest", fs.ErrNotExist)
		}
		return m, err
	}
	if err != nil {
		return nil, accessFault(l.ID, "write manifest", err)
	}
	return m, nil
}

// publish writes the manifest, durably and whole, or returns fs.ErrExist. The
// temporary file has the lock's private name, so that a process that takes the
// lock over knows it.
func (l *Location) publish(m *Manifest, temporary string) error {
	text, err := m.encode()
	if err != nil {
		return err
	}
	sys := l.disk()
	defer sys.Remove(temporary)
	if err := writeNew(sys, temporary, text); err != nil {
		return err
	}
	err = sys.Link(temporary, l.ManifestPath)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		// A file system without hard links. Only the lock protects the rename,
		// as it does among Meerkat's own processes.
		if _, exists := sys.Lstat(l.ManifestPath); exists == nil {
			return fs.ErrExist
		}
		err = sys.Rename(temporary, l.ManifestPath)
	}
	if err != nil {
		return err
	}
	return sys.SyncDir(l.Root)
}

// temporaryPrefix and a UUID are the name of a temporary file, as Meerkat's are.
const temporaryPrefix = ".realm_manifest.tmp."

// temporary returns a new path for a temporary file.
func (l *Location) temporary() (string, error) {
	u, err := uuid.NewV7()
	if err != nil {
		return "", err
	}
	return filepath.Join(l.Root, temporaryPrefix+u.String()), nil
}

// writeNew writes a file that must not exist yet, and makes its bytes durable.
func writeNew(sys disk.FS, path string, text []byte) error {
	f, err := sys.Open(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// disk is the file system on which the realm is. A test may replace it.
func (l *Location) disk() disk.FS {
	if l.fs != nil {
		return l.fs
	}
	return disk.OS{}
}
