package realm

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// leaseStale is how long after its last heartbeat a lease is dead, by the
// platform's rule. Its servers write theirs anew every five seconds.
const leaseStale = 30 * time.Second

// Lease says that one of the platform's servers has the realm open.
type Lease struct {
	Path     string // of its file
	Surface  string // which server: rkat-rpc, rkat-rest or rkat-mcp
	Instance string
	PID      int
	Age      time.Duration // since its last heartbeat
	Err      error         // why the file is none; then only Path is known
}

// Live reports whether the server is still there, as far as its lease tells.
func (l Lease) Live() bool { return l.Err == nil && l.Age <= leaseStale }

// Leases reads the leases in the realm's directory, as of a moment. It changes
// nothing; no directory is no leases.
func (l *Location) Leases(now time.Time) ([]Lease, error) {
	dir := filepath.Join(l.Root, "leases")
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, refused(l.ID, "read leases", err)
	}
	var list []Lease
	for _, entry := range entries {
		if entry.Type().IsRegular() && strings.HasSuffix(entry.Name(), ".json") {
			list = append(list, readLease(filepath.Join(dir, entry.Name()), now))
		}
	}
	return list, nil
}

func readLease(path string, now time.Time) Lease {
	text, err := os.ReadFile(path)
	if err != nil {
		return Lease{Path: path, Err: err}
	}
	var file struct {
		InstanceID  string `json:"instance_id"`
		Surface     string `json:"surface"`
		PID         int    `json:"pid"`
		HeartbeatAt int64  `json:"heartbeat_at"` // Unix seconds
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return Lease{Path: path, Err: err}
	}
	return Lease{
		Path: path, Surface: file.Surface, Instance: file.InstanceID, PID: file.PID,
		Age: now.Sub(time.Unix(file.HeartbeatAt, 0)),
	}
}
