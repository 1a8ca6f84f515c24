package file

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
	"realmconf/runtime/internal/filelock"
	"realmconf/runtime/store"
	"realmconf/runtime/store/storetest"
	"realmconf/schema/tree/treetest"
)

// realm is a realm's directory in a test.
type realm struct {
	t   *testing.T
	dir string
}

func newRealm(t *testing.T) realm { return realm{t, filepath.Join(treetest.Dir(t), "team")} }

// newRealmOnDisk returns a realm for tests of links.
func newRealmOnDisk(t *testing.T) realm { return realm{t, filepath.Join(t.TempDir(), "team")} }

func (r realm) path(name string) string { return filepath.Join(r.dir, name) }

func (r realm) options() Options {
	return Options{
		Document: r.path("config.toml"), Dir: r.dir, RealmTag: "team", LockTimeout: 30 * time.Second, IsText: func([]byte) bool { return true },
		Rules: disk.Rules{Links: disk.LinksOwned},
	}
}

func (r realm) open() *Store { return Open(r.options()) }

// put writes a file in place, as a person would.
func (r realm) put(name, text string) {
	r.t.Helper()
	if err := os.MkdirAll(filepath.Dir(r.path(name)), 0o700); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(r.path(name), []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

// writes returns what puts a file with a text into a place.
func writes(text string) func(string) error {
	return func(place string) error { return os.WriteFile(place, []byte(text), 0o600) }
}

func (r realm) get(name string) string {
	r.t.Helper()
	b, err := os.ReadFile(r.path(name))
	if err != nil {
		r.t.Fatal(err)
	}
	return string(b)
}

// list returns the names in a directory of the realm.
func (r realm) list(dir string) []string {
	r.t.Helper()
	entries, err := os.ReadDir(r.path(dir))
	if err != nil {
		r.t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func (r realm) exists(name string) bool {
	_, err := os.Lstat(r.path(name))
	return err == nil
}

// replace writes a file by a rename, as Meerkat's programs do.
func (r realm) replace(name, text string) {
	r.t.Helper()
	r.put(name+".peer", text)
	if err := os.Rename(r.path(name+".peer"), r.path(name)); err != nil {
		r.t.Fatal(err)
	}
}

// peerCommit is a commit by a program of Meerkat: its lock, the config, then the
// state without a digest.
func (r realm) peerCommit(text string, generation string) {
	r.t.Helper()
	f, err := os.OpenFile(r.path(LockName), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		r.t.Fatalf("the peer finds the lock taken: %v", err)
	}
	f.WriteString("config-runtime-lock")
	f.Close()
	r.replace("config.toml", text)
	r.replace(stateName, "{\n  \"generation\": "+generation+"\n}")
	if err := os.Remove(r.path(LockName)); err != nil {
		r.t.Fatal(err)
	}
}

// tidy checks that the realm's directory holds no lock and no temporary file.
func (r realm) tidy() {
	r.t.Helper()
	entries, err := os.ReadDir(r.dir)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".realmconf-") || e.Name() == LockName {
			r.t.Errorf("%s is left over", e.Name())
		}
	}
}

func load(t *testing.T, s store.Store) store.State {
	t.Helper()
	state, err := s.Load(t.Context())
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return state
}

func commit(t *testing.T, s store.Store, texts ...string) {
	t.Helper()
	state := load(t, s)
	if err := s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, texts...)); err != nil {
		t.Fatalf("CompareAndSwap from generation %d: %v", state.Version.Generation, err)
	}
}

// hold takes the lock as a commit does.
func (s *Store) hold(ctx context.Context) (*lock, error) {
	return s.acquire(filelock.NewWait(ctx, s.clock, s.options.LockTimeout))
}

func wantState(t *testing.T, s store.Store, text string, generation uint64) {
	t.Helper()
	got := load(t, s)
	if string(got.Text) != text || got.Version.Generation != generation || got.Pending {
		t.Errorf("Load = %q at generation %d (pending %v), want %q at %d", got.Text, got.Version.Generation, got.Pending, text, generation)
	}
}

func wantRecord(t *testing.T, s store.Store, generation uint64, operation store.Operation, parent uint64, text string) {
	t.Helper()
	r, err := s.Record(t.Context(), generation)
	if err != nil {
		t.Errorf("Record(%d): %v", generation, err)
		return
	}
	if r.Operation != operation || r.Parent.Generation != parent || string(r.Text) != text {
		t.Errorf("Record(%d) = %s from %d with %q, want %s from %d with %q", generation, r.Operation, r.Parent.Generation, r.Text, operation, parent, text)
	}
}

func wantReason(t *testing.T, err error, reason fault.Reason) {
	t.Helper()
	if f := fault.Of(err); err == nil || f.Kind != fault.Storage || f.Data["reason"] != reason {
		t.Errorf("got error %v (cause %v), want a storage fault with reason %s", err, errors.Unwrap(err), reason)
	}
}

// testClock is a clock that advances when a caller waits: a wait ends at once, and
// the time advances by it. Waits longer than limit, which are those of keepFresh
// and the watch, never end.
type testClock struct {
	mu    sync.Mutex
	now   time.Time
	limit time.Duration
	each  func() // is called at every wait
}

func newTestClock() *testClock {
	return &testClock{now: time.Now(), limit: 100 * time.Millisecond}
}

func (c *testClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// pass advances the time.
func (c *testClock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func (c *testClock) AfterFunc(d time.Duration, f func()) (stop func()) {
	stopped := make(chan struct{})
	go func() {
		select {
		case <-c.After(d):
			f()
		case <-stopped:
		}
	}()
	return func() { close(stopped) }
}

func (c *testClock) After(d time.Duration) <-chan time.Time {
	ch := make(chan time.Time, 1)
	if d > c.limit {
		return ch
	}
	if c.each != nil {
		c.each()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	ch <- c.now
	return ch
}
