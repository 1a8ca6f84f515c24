package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/etcdutl/v3/snapshot"
	"go.uber.org/zap"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/etcd"
	"realmconf/runtime/store/storetest"
)

// backUp writes a backup of the only server of a cluster, and returns its path.
func backUp(t *testing.T, c *cluster) string {
	t.Helper()
	from, err := newOfficial(t, clientv3.Config{Endpoints: c.endpoints()}).Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	path := filepath.Join(t.TempDir(), "backup.db")
	to, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(to, from); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// restoreBackup starts the only server of a cluster again with a backup, as etcdutl
// snapshot restore does with --bump-revision and --mark-compacted, or without them if
// bump is 0.
func restoreBackup(t *testing.T, c *cluster, backup string, bump uint64) {
	t.Helper()
	n := c.nodes[0]
	n.kill()
	dir := filepath.Join(c.dir, n.name)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := snapshot.NewV3(zap.NewNop()).Restore(snapshot.RestoreConfig{
		SnapshotPath: backup, Name: n.name, OutputDataDir: dir,
		PeerURLs: []string{"http://" + n.peer}, InitialCluster: c.initial, InitialClusterToken: "etcd-cluster",
		RevisionBump: bump, MarkCompacted: bump > 0,
	}); err != nil {
		t.Fatal(err)
	}
	if err := n.start(t.Output()); err != nil {
		t.Fatal(err)
	}
	starting, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := n.wait(starting); err != nil {
		t.Fatal(err)
	}
}

// A backup that was restored without --bump-revision gives the same revisions to other
// contents, in a cluster of the same id.
func TestStore_restoredWithoutBump(t *testing.T) {
	t.Parallel()
	c := startCluster(t, 1)
	o := newOptions(c.endpoints())
	s := openIn(t, o)()
	mustCommit(t, s, "one")
	backup := backUp(t, c)
	mustCommit(t, s, "two")
	seen := mustLoad(t, s)
	restoreBackup(t, c, backup, 0)
	other := openIn(t, o)()
	mustCommit(t, other, "other")

	err := s.CompareAndSwap(t.Context(), seen.Version, storetest.Commit(seen, "three"))
	checkFault(t, "CompareAndSwap", err, fault.GenerationConflict, "")
	if now := mustLoad(t, other); string(now.Text) != "other" {
		t.Errorf("the realm has %q, want the text that was committed after the backup was restored", now.Text)
	}
	_, err = s.Load(t.Context())
	checkFault(t, "Load", err, fault.Storage, fault.Gone)
}

// A process goes on writing when the head has a lower revision than it has seen, and the
// same content: the backup is older than a fence, which wrote the head again.
func TestStore_restoredSameContent(t *testing.T) {
	t.Parallel()
	c := startCluster(t, 1)
	o := newOptions(c.endpoints())
	s := openIn(t, o)()
	mustCommit(t, s, "one")
	backup := backUp(t, c)
	official := newOfficial(t, clientv3.Config{Endpoints: c.endpoints()})
	head, err := official.Get(t.Context(), keyOf(o, "head"))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := official.Put(t.Context(), keyOf(o, "head"), string(head.Kvs[0].Value)); err != nil {
			t.Fatal(err)
		}
	}
	mustLoad(t, s)
	restoreBackup(t, c, backup, 0)
	for range 3 {
		state := mustLoad(t, s)
		if err = s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "two")); err == nil {
			return
		}
	}
	t.Errorf("the third try of a commit: %v", err)
}

// A process that has seen a generation that a restored backup does not have is told so
// also when other commits have passed that generation, whether or not it looked before.
func TestStore_restoredAndPassed(t *testing.T) {
	t.Parallel()
	c := startCluster(t, 1)
	o := newOptions(c.endpoints())
	watching, resting := openIn(t, o)(), openIn(t, o)()
	mustCommit(t, watching, "one")
	backup := backUp(t, c)
	mustCommit(t, watching, "two")
	state := mustLoad(t, resting)
	restoreBackup(t, c, backup, 1_000_000_000)
	_, err := watching.Load(t.Context())
	checkFault(t, "Load at a lower generation", err, fault.Storage, fault.Gone)
	other := openIn(t, o)()
	for _, text := range []string{"two", "three", "four"} { // the first has the same content as the lost one
		mustCommit(t, other, text)
	}
	for name, s := range map[string]store.Store{"one that has looked": watching, "one that has not": resting} {
		_, err := s.Load(t.Context())
		checkFault(t, "Load of "+name, err, fault.Storage, fault.Gone)
		err = s.CompareAndSwap(t.Context(), state.Version, storetest.Commit(state, "blind"))
		checkFault(t, "CompareAndSwap of "+name, err, fault.Storage, fault.Gone)
	}
	if now := mustLoad(t, other); string(now.Text) != "four" {
		t.Errorf("the realm has %q", now.Text)
	}
}

// TestMirror_restored restores a backup, as the README says, under a mirror that sends
// its changes. The mirror stops, and neither side is changed until a person adopts one.
func TestMirror_restored(t *testing.T) {
	t.Parallel()
	c := startCluster(t, 1)
	o := etcd.Options{Endpoints: c.endpoints(), Prefix: "/restored", Realm: "team"}
	s := openIn(t, o)()
	mustCommit(t, s, "[rest]\nport = 1\n")
	backup := backUp(t, c)
	p := program{buildProgram(t), []string{"REALMCONF_STORE=" + o.URL()}}
	m := startMirror(t, p, t.TempDir(), "--push")
	m.reach(t, "in_step")
	m.save(t, "[rest]\nport = 2\n")
	m.reach(t, "push")
	m.reach(t, "in_step")
	restoreBackup(t, c, backup, 1_000_000_000)

	line := m.reach(t, "hold")
	if !strings.Contains(line, "adopt") {
		t.Errorf("got %s, want what a person can do", line)
	}
	fresh := openIn(t, o)()
	if got, local := string(mustLoad(t, fresh).Text), m.text(t); got != "[rest]\nport = 1\n" || local != "[rest]\nport = 2\n" {
		t.Errorf("the store has %q and the file has %q: want both as they were", got, local)
	}
	m.command.Process.Kill()
	m.command.Wait()
	stdout, stderr, code := p.run(t, "", "mirror", "--once", "--push", "--adopt", "local", "--realm", "team", "--state-root", m.root)
	if got := string(mustLoad(t, fresh).Text); code != 0 || got != "[rest]\nport = 2\n" {
		t.Errorf("--adopt local: exit %d, %s%s; the store has %q", code, stdout, stderr, got)
	}
}
