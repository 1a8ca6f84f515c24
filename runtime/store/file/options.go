package file

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strings"
	"time"
)

// Options say where a realm's files lie. Document and Dir are required.
type Options struct {
	// Document is the place of config.toml. It may be a symbolic link; then the
	// file that it leads to is replaced and the link stays.
	Document string

	// Dir is the directory of config_state.json, its lock and guard, and
	// config_history. It is created by the first write.
	Dir string

	// RealmTag tells this realm's temporary files from those of other realms
	// that share a directory with it. A tag with anything but letters, digits,
	// '_' and '-' is replaced by a short digest of it. Empty means Dir.
	RealmTag string

	// PeerLocks are the paths of further lock files that programs of the
	// platform take before they change the document. Their programs do not
	// agree on one place for the realm global. A directory that is missing is
	// made by the first write.
	PeerLocks []string

	// History is how many commits' files are kept, in config_history. 0 means
	// 200, and less than 0 all of them. What is needed to recover is kept
	// whatever the number.
	History int

	// LockTimeout is how long a write waits for other processes. 0 means five
	// seconds, as long as the platform's own programs wait.
	LockTimeout time.Duration
}

// filled is the options with the defaults in place.
func (o Options) filled() Options {
	if dir, err := filepath.Abs(o.Dir); err == nil {
		o.Dir = dir
	}
	if document, err := filepath.Abs(o.Document); err == nil {
		o.Document = document
	}
	peers := make([]string, len(o.PeerLocks))
	for i, path := range o.PeerLocks {
		peers[i] = path
		if path, err := filepath.Abs(path); err == nil {
			peers[i] = path
		}
	}
	o.PeerLocks = peers
	if o.RealmTag == "" {
		o.RealmTag = o.Dir
	}
	if strings.ContainsFunc(o.RealmTag, notInTag) {
		sum := sha256.Sum256([]byte(o.RealmTag))
		o.RealmTag = hex.EncodeToString(sum[:4])
	}
	if o.History == 0 {
		o.History = 200
	}
	if o.LockTimeout <= 0 {
		o.LockTimeout = 5 * time.Second
	}
	return o
}

func notInTag(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
}
