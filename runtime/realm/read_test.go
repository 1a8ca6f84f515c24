//go:build unix

package realm

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/runtime/fault"
)

func TestManifest_absent(t *testing.T) {
	w := newWorld(t)
	l := w.locate(t, Selection{Realm: "team"})
	for range 2 { // without its directory, then with it
		if m, err := l.Manifest(t.Context()); m != nil || err != nil {
			t.Errorf("got %v, %v; want nil, nil", m, err)
		}
		mkdir(t, l.Root)
	}
}

func TestManifest_unusable(t *testing.T) {
	for _, tt := range []struct {
		name, text, backend string
		kind                fault.Kind
		want                string
	}{
		{"newer format", `{"realm_id":"a_b","backend":"sqlite","created_at":"0","manifest_format":3}`, "", fault.Storage,
			`realm "a_b": realm_manifest.json has format 3, and this program knows 2 at most: use a newer realmconf`},
		{"alias", manifestText("a.b"), "", fault.Storage,
			`realm "a_b": realm_manifest.json belongs to realm "a.b", whose directory has the same name: choose another id, or another --state-root`},
		{"other case", manifestText("A_b"), "", fault.Storage,
			`realm "a_b": realm_manifest.json belongs to realm "A_b", whose directory has the same name: choose another id, or another --state-root`},
		{"no id", manifestText("a sk-secret"), "", fault.Storage,
			`realm "a_b": realm_manifest.json holds an invalid realm_id: restore the file`},
		{"provider", `{"realm_id":"a_b","backend":"sqlite","created_at":"0","manifest_format":2,"provider":"vault"}`, "", fault.Storage,
			`realm "a_b": realm_manifest.json says that an external store keeps the realm, not these files: change it there, or choose another realm`},
		{"external", `{"realm_id":"a_b","backend":"external:vault","created_at":"0"}`, "", fault.Storage,
			`realm "a_b": realm_manifest.json says that an external store keeps the realm, not these files: change it there, or choose another realm`},
		{"redb", `{"realm_id":"a_b","backend":"redb","created_at":"0"}`, "", fault.Storage,
			`realm "a_b": realm_manifest.json names a backend that is not supported: use sqlite, jsonl or memory, or choose another realm`},
		{"other backend", manifestText("a_b"), "jsonl", fault.InvalidParams,
			`realm "a_b" has the backend sqlite, and --realm-backend asks for jsonl: leave the flag out, or choose another realm`},
	} {
		w := newWorld(t)
		l := w.locate(t, Selection{Realm: "a_b", StateRoot: w.dir, Backend: tt.backend})
		write(t, l.ManifestPath, tt.text)
		_, err := l.Manifest(t.Context())
		if !fault.Is(err, tt.kind) || err.Error() != tt.want {
			t.Errorf("%s:\n got %v\nwant %s", tt.name, err, tt.want)
		}
		if f := fault.Of(err); tt.kind == fault.Storage && (f.Data["op"] != "read manifest" || f.Data["reason"] != fault.IO) {
			t.Errorf("%s: got data %v, want op and reason", tt.name, f.Data)
		}
		if _, err := l.EnsureManifest(t.Context()); err == nil || err.Error() != tt.want {
			t.Errorf("%s: EnsureManifest returns %v, want the same", tt.name, err)
		}
	}
}

func TestManifest_valid(t *testing.T) {
	w := newWorld(t)
	for _, backend := range []string{"", "jsonl"} {
		l := w.locate(t, Selection{Realm: "team", StateRoot: w.dir, Backend: backend})
		write(t, l.ManifestPath, `{"realm_id":"team","backend":"jsonl","origin":"workspace","created_at":"12","manifest_format":2,"ephemeral_domains":["jobs"]}`)
		m, err := l.Manifest(t.Context())
		if err != nil || m.Backend != "jsonl" || m.IDSource != Workspace || m.CreatedAt != "12" {
			t.Errorf("--realm-backend %q: got %+v, %v", backend, m, err)
		}
	}
}

func TestManifest_halfWritten(t *testing.T) {
	w := newWorld(t)
	l := w.locate(t, Selection{Realm: "team", StateRoot: w.dir})
	write(t, l.ManifestPath, manifestText("team")[:20])
	synctest.Test(t, func(t *testing.T) {
		go func() {
			time.Sleep(75 * time.Millisecond)
			write(t, l.ManifestPath, manifestText("team"))
		}()
		start := time.Now()
		m, err := l.Manifest(t.Context())
		if err != nil || m == nil || m.RealmID != "team" {
			t.Fatalf("got %+v, %v; want the manifest", m, err)
		}
		if waited := time.Since(start); waited < 75*time.Millisecond || waited > 85*time.Millisecond {
			t.Errorf("waited %v, want 75ms, or up to the next retry", waited)
		}
	})
}

func TestManifest_damaged(t *testing.T) {
	w := newWorld(t)
	l := w.locate(t, Selection{Realm: "team", StateRoot: w.dir})
	write(t, l.ManifestPath, `{"realm_id":"team","backend":"sk-secret"`)
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, err := l.EnsureManifest(t.Context())
		if waited := time.Since(start); waited != 100*time.Millisecond {
			t.Errorf("waited %v, want 100ms", waited)
		}
		if !fault.Is(err, fault.Storage) || !strings.Contains(err.Error(), "restore the file") || strings.Contains(err.Error(), "secret") {
			t.Errorf("got %v, want a storage fault that says what to do and shows no text", err)
		}
	})
	if text, err := os.ReadFile(l.ManifestPath); err != nil || !strings.Contains(string(text), "sk-secret") {
		t.Errorf("the damaged file was changed: %q, %v", text, err)
	}
	if names := files(t, l.Root); len(names) != 2 {
		t.Errorf("got files %q, want only the damaged manifest", names)
	}
}

func TestManifest_contextEnded(t *testing.T) {
	w := newWorld(t)
	l := w.locate(t, Selection{Realm: "team", StateRoot: w.dir})
	write(t, l.ManifestPath, "{")
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		start := time.Now()
		_, err := l.Manifest(ctx)
		if !fault.Is(err, fault.Cancelled) || time.Since(start) != 50*time.Millisecond {
			t.Errorf("after %v got %v, want cancelled after 50ms", time.Since(start), err)
		}
	})
}

func TestManifest_readError(t *testing.T) {
	w := newWorld(t)
	l := w.locate(t, Selection{Realm: "team", StateRoot: w.dir})
	mkdir(t, l.ManifestPath)
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, err := l.Manifest(t.Context())
		f := fault.Of(err)
		if f == nil || f.Kind != fault.Storage || f.Data["op"] != "read manifest" || f.Data["reason"] != fault.IO {
			t.Fatalf("got %+v, want a storage fault with op and reason", f)
		}
		if time.Since(start) != 0 {
			t.Errorf("waited %v, want no wait", time.Since(start))
		}
		if strings.Contains(err.Error(), w.dir) || !strings.Contains(f.Cause.Error(), filepath.Base(l.ManifestPath)) {
			t.Errorf("got message %q, cause %v; want the path in the cause only", err, f.Cause)
		}
	})
}
