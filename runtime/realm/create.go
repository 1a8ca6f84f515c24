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
)

// EnsureManifest is Manifest for someone about to write: when the realm has no
// manifest it makes one, and with it the realm's directory. Afterwards Root
// and StateDir exist. Whoever comes at the same time, in this process or
// another, gets the same manifest.
//
//	mkdir -p Root                    0700, each new entry made durable
//	.realm_manifest.lock there?      a dead one of ours is adopted at once; a living
//	                                 one and the peer's are waited for, until 30 s old
//	.realm_manifest.tmp.<uuid>       else: 0600, under flock, marked as ours
//	link to .realm_manifest.lock     the peer's lock; drop the temporary
//	realm_manifest.json there now?   then somebody else was first
//	.realm_manifest.tmp.<uuid>       0600, written, fsynced
//	link to realm_manifest.json      the commit point: never replaces one
//	fsync Root, drop the temporary and the lock
//
// A process of ours that is killed on the way delays nobody: the kernel frees
// its flock. What it leaves is cleared away by whoever adopts its lock: the
// next to make the manifest or, if it got that far, the next to write. Without
// hard links or flock (on Windows, and on some file systems) its lock is waited
// for like the peer's.
//
// Beside the errors of Manifest it gives lock_timeout when another process
// holds the lock for 5 s, and storage when the realm has meanwhile come to be
// under the other state root.
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
	if err := makeDir(l.StateDir); err != nil {
		return nil, refused(l.ID, "create realm directory", err)
	}
	return m, nil
}

func (l *Location) createManifest(ctx context.Context) (*Manifest, error) {
	if err := makeDir(l.Root); err != nil {
		return nil, refused(l.ID, "create realm directory", err)
	}
	lock, err := l.lockManifest(ctx)
	if err != nil {
		return nil, err
	}
	defer lock.release()
	l.sweep()

	if m, err := l.Manifest(ctx); m != nil || err != nil {
		return m, err
	}
	for _, root := range l.elsewhere {
		// The location may be hours old.
		there, err := holds(root, l.ID)
		if err != nil {
			return nil, err
		}
		if there {
			return nil, splitBrain(l.ID, l.StateRoot, root)
		}
	}
	m := &Manifest{
		RealmID:   l.ID,
		Backend:   defaultBackend,
		Origin:    l.Origin,
		CreatedAt: strconv.FormatInt(time.Now().Unix(), 10),
	}
	if l.RequestedBackend != "" {
		m.Backend = l.RequestedBackend
	}
	err = l.publish(m, lock.private, os.Link)
	if errors.Is(err, fs.ErrExist) {
		// Somebody who holds the lock too: it can be taken from a process that
		// slept for 30 s, us included.
		m, err = l.Manifest(ctx)
		if err == nil && m == nil {
			return nil, refused(l.ID, "write manifest", fs.ErrNotExist)
		}
		return m, err
	}
	if err != nil {
		return nil, refused(l.ID, "write manifest", err)
	}
	return m, nil
}

// publish writes the manifest, durably and whole, or gives an ErrExist. The
// name of the temporary is the lock's private one, so that whoever adopts the
// lock knows it. link is os.Link, or in tests the lack of it.
func (l *Location) publish(m *Manifest, temporary string, link func(from, to string) error) error {
	text, err := m.encode()
	if err != nil {
		return err
	}
	defer os.Remove(temporary)
	if err := writeNew(temporary, text); err != nil {
		return err
	}
	err = link(temporary, l.ManifestPath)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		// A file system without hard links. The lock is all that protects the
		// rename, as it does among the peer's own processes.
		if _, there := os.Lstat(l.ManifestPath); there == nil {
			return fs.ErrExist
		}
		err = os.Rename(temporary, l.ManifestPath)
	}
	if err != nil {
		return err
	}
	return syncDir(l.Root)
}

// temporaryPrefix and a UUID are the name of a temporary, as the peer's are.
const temporaryPrefix = ".realm_manifest.tmp."

// temporary is a new name for a file that is not to stay.
func (l *Location) temporary() (string, error) {
	u, err := uuid.NewV7()
	if err != nil {
		return "", err
	}
	return filepath.Join(l.Root, temporaryPrefix+u.String()), nil
}

// writeNew writes a file that must not exist yet, and makes its bytes durable.
func writeNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// makeDir is mkdir -p that survives a power loss: what is written into a new
// directory must not vanish with the directory's own entry.
func makeDir(dir string) error {
	var missing []string
	for {
		_, err := os.Stat(dir)
		if err == nil {
			break
		}
		parent := filepath.Dir(dir)
		if !errors.Is(err, fs.ErrNotExist) || parent == dir {
			return err
		}
		missing = append(missing, dir)
		dir = parent
	}
	for i := len(missing) - 1; i >= 0; i-- {
		if err := os.Mkdir(missing[i], 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		if err := syncDir(filepath.Dir(missing[i])); err != nil {
			return err
		}
	}
	return nil
}
