package etcd

import (
	"context"
	"fmt"
	"os"
	"runtime"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

var _ store.Inspector = (*Store)(nil)

// oldestVersion is the first version of etcd whose transactions and watches are known to
// be as they must be.
const oldestVersion = "3.4"

// Inspect asks each server how it is, and looks at the realm.
func (s *Store) Inspect(ctx context.Context) []store.Finding {
	found := []store.Finding{{Level: store.Note, What: fmt.Sprintf("realm %q in etcd", s.options.Realm), Where: s.options.URL()}}
	add := func(level store.Level, where, do, format string, args ...any) {
		found = append(found, store.Finding{Level: level, What: fmt.Sprintf(format, args...), Where: where, Do: do})
	}
	for _, endpoint := range s.options.Endpoints {
		s.inspectServer(ctx, endpoint, add)
	}
	if !s.options.TLS {
		add(store.Warning, "", "use etcds:// with certificates, unless nobody else is on the network", "the connection has no TLS: everybody on the way can read and change the configuration")
	}
	s.inspectKey(add)
	s.inspectAlarms(ctx, add)
	v, err := s.reads.get(ctx)
	switch {
	case err != nil:
		add(store.Problem, s.keys.head(), s.repair(ctx), "the realm cannot be read: %s", fault.Of(err).Message)
	case v.version.Generation == 0:
		add(store.Note, s.keys.head(), "the first write makes it", "the realm does not exist yet: it has the defaults")
	default:
		s.inspectHistory(ctx, v, add)
	}
	return found
}

// addFunc adds a finding.
type addFunc func(level store.Level, where, do, format string, args ...any)

// inspectServer asks one server for its status.
func (s *Store) inspectServer(ctx context.Context, endpoint string, add addFunc) {
	o := s.options
	o.Endpoints = []string{endpoint}
	one := newClient(o)
	one.dial = s.client.dial
	defer one.close()
	answer, err := one.read(ctx, methodStatus, nil)
	var status statusReply
	if err == nil {
		err = status.decode(answer)
	}
	switch {
	case err != nil:
		add(store.Problem, endpoint, "", "%s", fault.Of(one.explain(ctx, err, access{s.keys.root, mayRead})).Message)
	case status.leader == 0:
		add(store.Problem, endpoint, "start the others, or look why they do not reach each other", "the server knows no leader: it cannot answer alone")
	case isOlder(status.version, oldestVersion):
		add(store.Warning, endpoint, "upgrade it", "etcd %s is older than %s, with which realmconf is tested", status.version, oldestVersion)
	default:
		add(store.Note, endpoint, "", "etcd %s, database of %d KiB", status.version, status.size>>10)
	}
}

// isOlder compares the first two numbers of versions.
func isOlder(version, than string) bool {
	var a, b, c, d int
	if n, _ := fmt.Sscanf(version, "%d.%d", &a, &b); n < 2 {
		return false
	}
	if n, _ := fmt.Sscanf(than, "%d.%d", &c, &d); n < 2 {
		return false
	}
	return a < c || a == c && b < d
}

// inspectKey warns of a client's key that others may read: with it they are that user.
func (s *Store) inspectKey(add addFunc) {
	info, err := os.Stat(s.options.Key)
	if err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		add(store.Warning, s.options.Key, "chmod 600 it", "other users of this machine may read the key of the certificate (mode %04o): with it they are the user that the certificate names", info.Mode().Perm())
	}
}

func (s *Store) inspectAlarms(ctx context.Context, add addFunc) {
	answer, err := s.client.read(ctx, methodAlarm, nil)
	if err != nil {
		return // a user without the right to see alarms; a server that does not answer is a finding already
	}
	alarms, err := decodeAlarms(answer)
	if err != nil {
		return
	}
	for _, a := range alarms {
		switch a {
		case noSpace:
			add(store.Problem, "", "compact and defragment it, or raise --quota-backend-bytes; then etcdctl alarm disarm", "the database of etcd is full: changes fail")
		case corrupt:
			add(store.Problem, "", "restore the member from the others, or the cluster from a backup", "etcd has found that its members do not have the same data")
		}
	}
}
