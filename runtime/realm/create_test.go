//go:build unix

package realm

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
)

// names returns the names in a directory.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func temporary(t *testing.T, l *Location) string {
	t.Helper()
	path, err := l.temporary()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEnsureManifest_newRealm(t *testing.T) {
	w := newWorld(t)
	l := w.locate(t, Selection{Realm: "team", StateRoot: "deep/state"})
	synctest.Test(t, func(t *testing.T) {
		m, err := l.EnsureManifest(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		want := &Manifest{RealmID: "team", Backend: "sqlite", IDSource: Explicit, CreatedAt: "946684800"}
		if diff := cmp.Diff(want, m); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
	text, err := os.ReadFile(l.ManifestPath)
	want := "{\n  \"realm_id\": \"team\",\n  \"backend\": \"sqlite\",\n  \"origin\": \"explicit\",\n  \"created_at\": \"946684800\"\n}"
	if err != nil || string(text) != want {
		t.Errorf("(-want +got), error %v\n%s", err, cmp.Diff(want, string(text)))
	}
	if got := names(t, l.Root); !slices.Equal(got, []string{manifestName}) {
		t.Errorf("got %q in the realm's directory, want the manifest alone", got)
	}
	for path, want := range map[string]fs.FileMode{
		l.ManifestPath: 0o600, l.Root: fs.ModeDir | 0o700, l.StateRoot: fs.ModeDir | 0o700, filepath.Dir(l.StateRoot): fs.ModeDir | 0o700,
	} {
		if info, err := os.Stat(path); err != nil || info.Mode() != want {
			t.Errorf("%s: got %v, %v; want mode %v", path, info.Mode(), err, want)
		}
	}
}

func TestEnsureManifest_originAndBackend(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct {
		s    Selection
		want IDSource
	}{
		{Selection{Backend: "jsonl"}, Workspace},
		{Selection{Isolated: true, Backend: "memory"}, Generated},
		{Selection{Realm: "global", Backend: "jsonl"}, Explicit},
	} {
		l := w.locate(t, tt.s)
		m, err := l.EnsureManifest(t.Context())
		if err != nil || m.IDSource != tt.want || m.Backend != tt.s.Backend || m.RealmID != l.ID {
			t.Errorf("%+v: got %+v, %v; want origin %s, backend %s", tt.s, m, err, tt.want, tt.s.Backend)
		}
		if info, err := os.Stat(l.StateDir); err != nil || !info.IsDir() {
			t.Errorf("%+v: the state's directory does not exist: %v", tt.s, err)
		}
	}
}

func TestEnsureManifest_existingManifest(t *testing.T) {
	w := newWorld(t)
	l := w.locate(t, Selection{Realm: "team"})
	text := `{ "realm_id": "team", "backend": "jsonl", "created_at": "5", "x": 1 }` + "\n"
	write(t, l.ManifestPath, text)
	m, err := l.EnsureManifest(t.Context())
	if err != nil || m.Backend != "jsonl" || m.CreatedAt != "5" {
		t.Fatalf("got %+v, %v; want the existing manifest", m, err)
	}
	if got, _ := os.ReadFile(l.ManifestPath); string(got) != text {
		t.Errorf("(-want +got)\n%s", cmp.Diff(text, string(got)))
	}
}

func TestEnsureManifest_manyAtOnce(t *testing.T) {
	for round := range 20 {
		w := newWorld(t)
		synctest.Test(t, func(t *testing.T) {
			makeOneManifest(t, func(int) *Location {
				// As processes would: each with a location of its own.
				return w.locate(t, Selection{Realm: "team"})
			}, func(i int) { time.Sleep(time.Duration(i%3) * 10 * time.Millisecond) })
		})
		if got := names(t, filepath.Join(w.local(), "team")); !slices.Equal(got, []string{manifestName}) {
			t.Errorf("round %d: got %q in the realm's directory, want the manifest alone", round, got)
		}
	}
}

func TestEnsureManifest_twoBackendsAtOnce(t *testing.T) {
	w := newWorld(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var refused, made int
	for _, backend := range []string{"sqlite", "jsonl"} {
		l := w.locate(t, Selection{Realm: "team", Backend: backend})
		wg.Go(func() {
			m, err := l.EnsureManifest(t.Context())
			mu.Lock()
			defer mu.Unlock()
			switch {
			case fault.Is(err, fault.InvalidParams):
				refused++
			case err == nil && m.Backend == backend:
				made++
			default:
				t.Errorf("%s: got %+v, %v", backend, m, err)
			}
		})
	}
	wg.Wait()
	if refused != 1 || made != 1 {
		t.Errorf("got %d refused, %d made; want one each", refused, made)
	}
}

// A manifest that is created at the same time stays, even if the lock did not
// exclude its creator.
func TestPublish_neverReplaces(t *testing.T) {
	for name, sys := range linkSystems {
		w := newWorld(t)
		l := w.locate(t, Selection{Realm: "team"})
		l.fs = sys
		write(t, l.ManifestPath, manifestText("team"))
		err := l.publish(&Manifest{RealmID: "team", Backend: "jsonl", IDSource: Explicit, CreatedAt: "1"}, temporary(t, l))
		if !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s: got %v, want an ErrExist", name, err)
		}
		if got, _ := os.ReadFile(l.ManifestPath); string(got) != manifestText("team") {
			t.Errorf("%s: the manifest was replaced by %s", name, got)
		}
		if got := names(t, l.Root); !slices.Equal(got, []string{manifestName}) {
			t.Errorf("%s: got %q, want no temporary left", name, got)
		}
	}
}

func TestPublish_withoutHardLinks(t *testing.T) {
	for name, sys := range linkSystems {
		w := newWorld(t)
		l := w.locate(t, Selection{Realm: "team"})
		l.fs = sys
		mkdir(t, l.Root)
		want := &Manifest{RealmID: "team", Backend: "jsonl", IDSource: Explicit, CreatedAt: "1"}
		if err := l.publish(want, temporary(t, l)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got, err := l.Manifest(t.Context()); err != nil || !cmp.Equal(want, got) {
			t.Errorf("%s: got %+v, %v; want %+v", name, got, err, want)
		}
		if got := names(t, l.Root); !slices.Equal(got, []string{manifestName}) {
			t.Errorf("%s: got %q, want no temporary left", name, got)
		}
	}
}

var linkSystems = map[string]disk.FS{"with links": disk.OS{}, "without": withoutLinks{}}

// They run without the lock.
func TestPublish_manyAtOnce(t *testing.T) {
	w := newWorld(t)
	l := w.locate(t, Selection{Realm: "team"})
	mkdir(t, l.Root)
	var wg sync.WaitGroup
	var succeeded atomic.Int32
	for i := range 16 {
		private := temporary(t, l)
		wg.Go(func() {
			err := l.publish(&Manifest{RealmID: "team", Backend: "sqlite", IDSource: Explicit, CreatedAt: strconv.Itoa(i)}, private)
			switch {
			case err == nil:
				succeeded.Add(1)
			case !errors.Is(err, fs.ErrExist):
				t.Errorf("got %v, want nil or an ErrExist", err)
			}
		})
	}
	wg.Wait()
	if succeeded.Load() != 1 {
		t.Errorf("%d succeeded, want 1", succeeded.Load())
	}
}

func TestEnsureManifest_realmExistsUnderTheOtherRoot(t *testing.T) {
	w := newWorld(t)
	l := w.locate(t, Selection{Realm: "team"}) // in the project
	write(t, filepath.Join(w.global(), "team", manifestName), manifestText("team"))
	_, err := l.EnsureManifest(t.Context())
	if !fault.Is(err, fault.Storage) || !strings.Contains(err.Error(), "exists twice") {
		t.Errorf("got %v, want the realm refused", err)
	}
	if got := names(t, l.Root); len(got) != 0 {
		t.Errorf("got %q in the second directory, want nothing", got)
	}
}

func TestEnsureManifest_impossiblePlaces(t *testing.T) {
	for _, tt := range []struct {
		name, op string
		reason   fault.Reason
		make     func(t *testing.T, w world)
	}{
		{"a file in the way", "read manifest", fault.Gone, func(t *testing.T, w world) { write(t, filepath.Join(w.work, "s"), "") }},
		{"a link to nothing", "create realm directory", fault.Gone, func(t *testing.T, w world) {
			if err := os.Symlink("nowhere", filepath.Join(w.work, "s")); err != nil {
				t.Fatal(err)
			}
		}},
		{"a link to itself", "read manifest", fault.IO, func(t *testing.T, w world) {
			if err := os.Symlink("s", filepath.Join(w.work, "s")); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		w := newWorld(t)
		tt.make(t, w)
		l := w.locate(t, Selection{Realm: "team", StateRoot: "s"})
		_, err := l.EnsureManifest(t.Context())
		f := fault.Of(err)
		if f == nil || f.Kind != fault.Storage || f.Data["op"] != tt.op || f.Data["reason"] != tt.reason {
			t.Errorf("%s: got %+v, want storage, %s, %s", tt.name, f, tt.op, tt.reason)
			continue
		}
		if !strings.HasPrefix(f.Message, `realm "team": `+tt.op+": ") || strings.Contains(f.Message, w.dir) {
			t.Errorf("%s: message %q must name the realm and the operation, and no path", tt.name, f.Message)
		}
	}
}

// makeOneManifest creates the manifest of one realm from many goroutines, each
// after a pause. All must get the same manifest.
func makeOneManifest(t *testing.T, location func(i int) *Location, pause func(i int)) {
	t.Helper()
	var wg sync.WaitGroup
	got := make([]*Manifest, 16)
	for i := range got {
		l := location(i)
		wg.Go(func() {
			pause(i)
			m, err := l.EnsureManifest(t.Context())
			if err != nil {
				t.Errorf("%d: %v", i, err)
			}
			got[i] = m
		})
	}
	wg.Wait()
	for _, m := range got[1:] {
		if diff := cmp.Diff(got[0], m); diff != "" {
			t.Errorf("two manifests\n%s", diff)
		}
	}
}
