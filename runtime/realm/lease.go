package realm

import (
	"encoding/json"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"realmconf/runtime/fault"
	"realmconf/runtime/internal/disk"
)

const (
	// leaseStale is how long after its last heartbeat a lease is dead, by
	// Meerkat's rule. Its servers write theirs every five seconds.
	leaseStale = 30 * time.Second

	// maxLease is the longest file that is read as a lease, in bytes.
	maxLease = 64 << 10
)

// Lease says that a server of Meerkat has the realm open.
type Lease struct {
	Path     string // of its file
	Surface  string // which server: rkat-rpc, rkat-rest or rkat-mcp
	Instance string
	PID      int
	Age      time.Duration // since its last heartbeat
	Err      error         // why the file is not a lease; then only Path is set
}

// Live reports whether the server still runs, as far as its lease says.
func (l Lease) Live() bool { return l.Err == nil && l.Age <= leaseStale }

// Leases reads the leases in the realm's directory, as of a moment. It changes
// nothing. A missing directory is an empty list.
func (l *Location) Leases(now time.Time) ([]Lease, error) {
	sys, dir := l.disk(), filepath.Join(l.Root, "leases")
	names, err := sys.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, accessFault(l.ID, "read leases", err)
	}
	slices.Sort(names)
	var list []Lease
	for _, name := range names {
		path := filepath.Join(dir, name)
		if !strings.HasSuffix(name, ".json") {
			continue
		}
		if info, err := sys.Lstat(path); err != nil || !info.Mode().IsRegular() {
			continue
		}
		list = append(list, readLease(sys, path, now))
	}
	return list, nil
}

func readLease(sys disk.FS, path string, now time.Time) Lease {
	c, err := disk.Read(sys, path, maxLease)
	if err != nil {
		return Lease{Path: path, Err: err}
	}
	var file struct {
		InstanceID  string `json:"instance_id"`
		Surface     string `json:"surface"`
		PID         int    `json:"pid"`
		HeartbeatAt int64  `json:"heartbeat_at"` // Unix seconds
	}
	if err := json.Unmarshal(c.Bytes, &file); err != nil {
		return Lease{Path: path, Err: err}
	}
	return Lease{
		Path: path, Surface: fault.Clip(file.Surface), Instance: fault.Clip(file.InstanceID), PID: file.PID,
		Age: now.Sub(time.Unix(file.HeartbeatAt, 0)),
	}
}
