package realm

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"realmconf/runtime/internal/disk"
)

func TestLeases(t *testing.T) {
	root := t.TempDir()
	l := &Location{ID: "team", Root: root}
	if list, err := l.Leases(time.Now()); err != nil || len(list) != 0 {
		t.Errorf("without a directory: got %v, %v", list, err)
	}
	now := time.Unix(1_800_000_000, 0)
	if err := os.Mkdir(filepath.Join(root, "leases"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"live.json": fmt.Sprintf(`{"realm_id":"team","instance_id":"one","surface":"rkat-rpc","pid":7,"started_at":1,"heartbeat_at":%d}`, now.Unix()-4),
		"old.json":  fmt.Sprintf(`{"realm_id":"team","instance_id":"two","surface":"rkat-mcp","pid":8,"started_at":1,"heartbeat_at":%d}`, now.Unix()-31),
		"torn.json": `{"realm_id":`,
		"note.txt":  "not a lease",
	} {
		if err := os.WriteFile(filepath.Join(root, "leases", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list, err := l.Leases(now)
	if err != nil || len(list) != 3 {
		t.Fatalf("got %v, %v, want three", list, err)
	}
	if live := list[0]; !live.Live() || live.Surface != "rkat-rpc" || live.Instance != "one" || live.PID != 7 || live.Age != 4*time.Second {
		t.Errorf("live: got %+v", live)
	}
	if list[1].Live() || list[2].Live() || list[2].Err == nil {
		t.Errorf("old and torn: got %+v", list[1:])
	}
}

// A lease of absurd size is not read.
func TestLeases_sparse(t *testing.T) {
	l := &Location{ID: "team", Root: t.TempDir()}
	path := filepath.Join(l.Root, "leases", "a.json")
	if err := errors.Join(os.Mkdir(filepath.Dir(path), 0o700), os.WriteFile(path, nil, 0o600), os.Truncate(path, 6<<30)); err != nil {
		t.Fatal(err)
	}
	leases, err := l.Leases(time.Now())
	if err != nil || len(leases) != 1 || !errors.Is(leases[0].Err, disk.ErrTooLong) {
		t.Errorf("got %+v, %v; want one that is too long", leases, err)
	}
}
