// Package etcd is a store that keeps realms in etcd, for several machines.
//
// A realm has these keys under the prefix of all realms:
//
//	<prefix>/<realm>/head                    {"generation":7,"sha256":"…","commit_id":"…"}
//	<prefix>/<realm>/generation/<20 digits>  a record: one line of JSON, then the text
//	<prefix>/<realm>/info                    {"format":1}
//
// A commit is one transaction: if the head's key was last modified by the revision that
// this process has seen, and has the value that it has seen, it puts the records and a
// new head. So each text is there once, and one request holds it. A read gets the
// head, linearizably; callers that wait at the same time share one read that began after
// they came. The text is read only when the head has another version.
//
// When the answer of a commit is lost, a fence finds out what became of it (fence.go).
// Records are pruned outside of commits, and only if they are older than a minute, so
// that a fence still finds them.
package etcd

import (
	"context"
	"os"
	"sync"
	"time"

	"realmconf/runtime/store"
)

// Store keeps one realm's configuration in etcd.
type Store struct {
	options Options
	client  *client
	keys    keys
	host    func() string // the name of this machine

	reads sharedReads

	mu   sync.Mutex // protects the fields below
	last *view      // the newest view that was read or committed; nil before the first
	gone string     // why the realm is not the one that was read before; empty while it is

	background sync.WaitGroup // pruning
	stop       context.CancelFunc
	stopped    context.Context
}

var _ store.Store = (*Store)(nil)

// Open returns the store of a realm. It connects to no server: the first call that needs
// one does.
func Open(o Options) *Store { return open(o, newClient(o)) }

func open(o Options, c *client) *Store {
	s := &Store{options: o, client: c, keys: o.keys(o.Realm)}
	s.host = sync.OnceValue(func() string {
		name, _ := os.Hostname() // empty if it is unknown
		return name
	})
	s.reads.read = s.readView
	s.stopped, s.stop = context.WithCancel(context.Background())
	return s
}

// Metadata returns the realm and the place. Nothing is known of a backend or of files.
func (s *Store) Metadata() store.Metadata {
	return store.Metadata{RealmID: &s.options.Realm, Place: s.options.URL()}
}

// Limits returns what fits into one request of 1.5 MiB, and into one transaction of 128
// operations, which are the limits of etcd.
func (s *Store) Limits() store.Limits { return store.Limits{Records: 64, Bytes: 1200 << 10} }

// closeTimeout is how long Close waits for pruning, which another commit can go on with.
const closeTimeout = time.Second

// Close ends the connections.
func (s *Store) Close() {
	patient := time.AfterFunc(closeTimeout, s.stop)
	defer patient.Stop()
	s.background.Wait()
	s.stop()
	s.client.close()
}
