package file

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strings"
	"time"

	"realmconf/runtime/internal/disk"
)

// Options say where a realm's files are. Document and Dir are required.
type Options struct {
	// Document is the path of config.toml. It may be a symbolic link that Rules
	// allow: then the file that it leads to is replaced, and the link stays.
	Document string

	// Dir is the directory of config_state.json, its lock and guard, and
	// config_history. It is created by the first write.
	Dir string

	// Beside says that Document is no realm's config but any file, and that Dir is a
	// directory beside it which only realmconf uses: for Dir and its files see
	// beside.go.
	Beside bool

	// Name is the name of the config in messages. Empty means config.toml.
	Name string

	// RealmTag tells this realm's temporary files from those of other realms in
	// the same directory. A tag with other characters than letters, digits, '_'
	// and '-' is replaced by a short digest of it. Empty means Dir.
	RealmTag string

	// PeerLocks are the paths of more lock files that Meerkat's programs take
	// before they change the config: they do not agree on one place for the
	// realm global. The first write creates missing directories.
	PeerLocks []string

	// Rules say which symbolic links are followed. The zero value has the
	// directories of the fields above as roots, and no link leads out of Dir.
	Rules disk.Rules

	// IsText reports whether bytes are a configuration. Where Document is a link,
	// the file that it leads to is recorded and replaced only if they are: it may
	// be a file of another kind, such as a key. Nil means that no bytes are.
	IsText func([]byte) bool

	// History is how many commits' files are kept in config_history. 0 means
	// 200, and a negative number all of them. The files that a recovery needs
	// are kept in any case.
	History int

	// Force writes a config whose owner may not write it. Otherwise such a config
	// is not replaced: its owner has protected it.
	Force bool

	// LockTimeout is how long a write waits for other processes. 0 means five
	// seconds, as long as Meerkat's own programs wait.
	LockTimeout time.Duration
}

// withDefaults returns the options with absolute paths and the defaults in place.
func (o Options) withDefaults() Options {
	if dir, err := filepath.Abs(o.Dir); err == nil {
		o.Dir = dir
	}
	if configPath, err := filepath.Abs(o.Document); err == nil {
		o.Document = configPath
	}
	peers := make([]string, len(o.PeerLocks))
	for i, path := range o.PeerLocks {
		peers[i] = path
		if path, err := filepath.Abs(path); err == nil {
			peers[i] = path
		}
	}
	o.PeerLocks = peers
	if o.Rules.Realm == "" {
		o.Rules.Realm = o.Dir
	}
	if o.Rules.Roots == nil {
		o.Rules.Roots = []string{o.Dir, filepath.Dir(o.Document)}
		for _, path := range peers {
			o.Rules.Roots = append(o.Rules.Roots, filepath.Dir(path))
		}
	}
	if o.RealmTag == "" {
		o.RealmTag = o.Dir
	}
	if strings.ContainsFunc(o.RealmTag, isNotInTag) {
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

func isNotInTag(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
}
