package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/etcd/client/pkg/v3/transport"
	clientv3 "go.etcd.io/etcd/client/v3"

	"realmconf/runtime/store/etcd"
	"realmconf/runtime/store/etcd/tlsdial"
	"realmconf/runtime/store/storetest"
)

// failures returns the rows of the table, in the order of the table in the README of
// runtime/store/etcd.
func failures(t *testing.T) []event {
	small := startCluster(t, 1, "--max-request-bytes=65536")
	w := &world{small: small, official: newOfficial(t, clientv3.Config{Endpoints: small.endpoints()})}
	users, certificates := newUsers(t), newCertificates(t)
	return []event{
		{"no server can be reached", w.unreachable, unreachable, unreachable, notMade},
		{"one of two servers is gone", w.oneGone, succeeds, succeeds, made},
		{"the client speaks TLS, the server does not", w.withoutTLS, unreachable, unreachable, notMade},

		{"the prefix may not be read", users.otherPrefix, denied, denied, uncertain},
		{"the prefix may only be read", users.readOnly, succeeds, denied, notMade},
		{"the password is wrong", users.wrongPassword, denied, denied, notMade},
		{"no user is given", users.noUser, denied, denied, notMade},
		{"the user's token has expired", users.expiredToken, succeeds, succeeds, made},
		{"etcd has no users", w.noUsers, denied, denied, notMade},

		{"the client has a certificate", certificates.good, succeeds, succeeds, made},
		{"the user of the certificate may not read the prefix", certificates.otherPrefix, denied, denied, uncertain},
		{"the client has no certificate", certificates.none, denied, denied, notMade},
		{"the server's certificate is of another authority", certificates.untrusted, denied, denied, notMade},
		{"the file of the authority does not exist", certificates.absentFile, denied, denied, notMade},
		{"the program was built without TLS", certificates.notLinked, denied, denied, notMade},

		{"the request is too large", w.tooLarge, succeeds, tooLarge, notMade},
		{"the database is full", databaseFull, succeeds, full, notMade},

		{"the connection breaks before the server has the commit", w.disturbCommit(breakBefore), succeeds, conflict, notMade},
		{"the connection breaks after the commit", w.disturbCommit(breakAfter), succeeds, succeeds, made},
		{"the commit arrives after its fence", w.arrivesLate, succeeds, conflict, notMade},
		{"the answer comes after the time-out", w.disturbCommit(delayAnswer), succeeds, succeeds, made},
		{"the leader dies with its answer", leaderDies, succeeds, succeeds, made},
		{"the record is pruned before the fence", w.prunedBeforeFence, succeeds, unknown, notMade},

		{"no quorum", noQuorum, unreachable, unknown, uncertain},

		{"the watch breaks", w.watchBreaks, succeeds, succeeds, made},
		{"the revision of the watch is compacted", w.watchCompacted, succeeds, conflict, notMade},

		{"the head was removed", w.headRemoved, gone, gone, uncertain},
		{"an older backup was restored", w.headRestored, gone, gone, notMade},
		{"another cluster answers", w.otherCluster, gone, gone, uncertain},
		{"the head is not realmconf's", w.headForeign, unusable, unusable, uncertain},
		{"the realm is of a later format", w.laterFormat, unusable, unusable, notMade},

		{"the clock of another machine is years ahead", w.clockAhead, succeeds, succeeds, made},
	}
}

// world is one server for many realms.
type world struct {
	small    *cluster
	official *clientv3.Client
}

// place puts a realm on the server.
func (w *world) place(r *realm) {
	r.options.Endpoints = w.small.endpoints()
	r.direct = r.options
}

// behind puts a realm on the server, behind a proxy.
func (w *world) behind(t *testing.T, r *realm) *proxy {
	w.place(r)
	p := newProxy(t, w.small.nodes[0].client)
	r.options.Endpoints = []string{p.address()}
	return p
}

func (w *world) unreachable(t *testing.T, r *realm) {
	p := w.behind(t, r)
	r.open(t)
	p.listener.Close()
	refuseAt(t, p.address())
	p.cut()
}

func (w *world) oneGone(t *testing.T, r *realm) {
	w.place(r)
	r.options.Endpoints = append([]string{refuseAt(t, "127.0.0.1:0")}, r.options.Endpoints...)
	r.open(t)
}

func (w *world) withoutTLS(_ *testing.T, r *realm) {
	w.place(r)
	r.options.TLS, r.options.DialTLS = true, tlsdial.Dial
}

func (w *world) noUsers(_ *testing.T, r *realm) {
	w.place(r)
	r.options.User, r.options.Password = "root", "hunter2"
}

func (w *world) tooLarge(t *testing.T, r *realm) {
	w.place(r)
	r.open(t)
	r.text = strings.Repeat("x", 100_000)
}

// databaseFull fills a server of its own, because the alarm stays.
func databaseFull(t *testing.T, r *realm) {
	c := startCluster(t, 1, "--quota-backend-bytes=2097152")
	r.options.Endpoints = c.endpoints()
	r.direct = r.options
	r.open(t)
	official := newOfficial(t, clientv3.Config{Endpoints: c.endpoints()})
	filler := strings.Repeat("x", 60_000)
	for i := 0; ; i++ { // the size is checked against what was written to the file
		if _, err := official.Put(t.Context(), fmt.Sprintf("/filler/%d", i), filler); err != nil {
			return
		}
	}
}

// disturbCommit returns an event in which the proxy disturbs the commit.
func (w *world) disturbCommit(d disturbance) func(t *testing.T, r *realm) {
	return func(t *testing.T, r *realm) {
		p := w.behind(t, r)
		r.open(t)
		p.disturb(d)
	}
}

func (w *world) arrivesLate(t *testing.T, r *realm) {
	p := w.behind(t, r)
	r.open(t)
	p.disturb(delayCommit)
	direct := openIn(t, r.direct)()
	r.late = append(r.late, func() {
		p.release()
		for range 20 { // the late one arrives among these
			mustLoad(t, direct)
		}
	})
}

// leaderDies kills the leader of three servers when it has answered the commit, and
// before the answer arrives.
func leaderDies(t *testing.T, r *realm) {
	c := startCluster(t, 3)
	leader := findLeader(t, c, newOfficial(t, clientv3.Config{Endpoints: c.endpoints()}))
	p := newProxy(t, leader.client)
	r.options.Endpoints = []string{p.address()}
	for _, n := range c.nodes {
		if n != leader {
			r.options.Endpoints = append(r.options.Endpoints, n.client)
		}
	}
	r.direct = r.options
	r.open(t)
	p.mu.Lock()
	p.onLost = leader.kill
	p.mu.Unlock()
	p.disturb(breakAfter)
}

// prunedBeforeFence keeps the fence away until the commit's record was removed.
func (w *world) prunedBeforeFence(t *testing.T, r *realm) {
	p := w.behind(t, r)
	r.open(t)
	direct := openIn(t, r.direct)()
	p.mu.Lock()
	p.onLost = func() {
		p.refuse(true)
		mustCommit(t, direct, "three")
		if _, err := w.official.Delete(context.WithoutCancel(t.Context()), keyOf(r.direct, fmt.Sprintf("generation/%020d", 2))); err != nil {
			t.Error(err)
		}
		p.refuse(false)
	}
	p.mu.Unlock()
	p.disturb(breakAfter)
}

// noQuorum kills two of three servers. When they run again, reads succeed.
func noQuorum(t *testing.T, r *realm) {
	c := startCluster(t, 3)
	r.options.Endpoints = c.endpoints()
	r.open(t)
	c.nodes[1].kill()
	c.nodes[2].kill()
	r.late = append(r.late, func() {
		for _, n := range c.nodes[1:] {
			if err := n.start(t.Output()); err != nil {
				t.Fatal(err)
			}
		}
		for deadline := time.Now().Add(30 * time.Second); ; {
			_, err := r.store.Load(t.Context())
			if err == nil {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("Load with all servers again: %v", err)
			}
		}
	})
}

func (w *world) watchBreaks(t *testing.T, r *realm) {
	p := w.behind(t, r)
	r.open(t)
	r.watch(t)
	p.cut()
}

// watchCompacted compacts the history while the watch cannot come back.
func (w *world) watchCompacted(t *testing.T, r *realm) {
	p := w.behind(t, r)
	r.open(t)
	r.watch(t)
	p.refuse(true)
	p.cut()
	direct := openIn(t, r.direct)()
	for i := range 3 {
		mustCommit(t, direct, fmt.Sprint(i))
	}
	now, err := w.official.Get(t.Context(), keyOf(r.direct, "head"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.official.Compact(t.Context(), now.Header.Revision); err != nil {
		t.Fatal(err)
	}
	p.refuse(false)
}

func (w *world) headRemoved(t *testing.T, r *realm) {
	w.place(r)
	r.open(t)
	if _, err := w.official.Delete(t.Context(), keyOf(r.direct, "head")); err != nil {
		t.Fatal(err)
	}
}

func (w *world) headRestored(t *testing.T, r *realm) {
	w.place(r)
	r.open(t)
	key := keyOf(r.direct, "head")
	backup, err := w.official.Get(t.Context(), key)
	if err != nil || len(backup.Kvs) != 1 {
		t.Fatal(backup, err)
	}
	mustCommit(t, r.store, "two")
	r.base = mustLoad(t, r.store)
	if _, err := w.official.Put(t.Context(), key, string(backup.Kvs[0].Value)); err != nil {
		t.Fatal(err)
	}
}

func (w *world) otherCluster(t *testing.T, r *realm) {
	p := w.behind(t, r)
	r.open(t)
	p.mu.Lock()
	p.target = startCluster(t, 1).nodes[0].client
	p.mu.Unlock()
	p.cut()
}

func (w *world) headForeign(t *testing.T, r *realm) {
	w.place(r)
	if _, err := w.official.Put(t.Context(), keyOf(r.direct, "head"), "hello"); err != nil {
		t.Fatal(err)
	}
}

func (w *world) laterFormat(t *testing.T, r *realm) {
	w.place(r)
	mustCommit(t, openIn(t, r.direct)(), "one")
	info, direct := keyOf(r.direct, "info"), openIn(t, r.direct)()
	mustLoad(t, direct)
	put := func(value string) {
		if _, err := w.official.Put(t.Context(), info, value); err != nil {
			t.Fatal(err)
		}
	}
	put(`{"format":2}`)
	r.late = append(r.late, func() { put(`{"format":1}`) })
}

// clockAhead commits with a time in the future. The next commit has an earlier time and
// the higher number.
func (w *world) clockAhead(t *testing.T, r *realm) {
	w.place(r)
	s := openIn(t, r.direct)()
	state := mustLoad(t, s)
	ahead := storetest.Commit(state, "ahead")
	ahead[0].Time = time.Now().Add(5 * 365 * 24 * time.Hour)
	if err := s.CompareAndSwap(t.Context(), state.Version, ahead); err != nil {
		t.Fatal(err)
	}
	r.base = mustLoad(t, s)
	r.late = append(r.late, func() {
		list, err := s.ListHeads(t.Context(), 0, 10)
		if err != nil || len(list) != 2 || list[0].Generation != 2 || !list[1].Time.After(list[0].Time) {
			t.Errorf("got %v, %v; want generation 2 first, with the earlier time", list, err)
		}
	})
}

// users is a server whose user may use one prefix.
type users struct{ options etcd.Options }

func newUsers(t *testing.T) users {
	c := startCluster(t, 1, "--auth-token-ttl=1", "--bcrypt-cost=4")
	allowPrefix(t, newOfficial(t, clientv3.Config{Endpoints: c.endpoints()}), "me", "hunter2", "/test")
	return users{etcd.Options{Endpoints: c.endpoints(), User: "me", Password: "hunter2"}}
}

// place puts a realm on the server.
func (u users) place(r *realm) {
	r.options.Endpoints, r.options.User, r.options.Password = u.options.Endpoints, u.options.User, u.options.Password
	r.direct = r.options
}

func (u users) otherPrefix(_ *testing.T, r *realm) {
	u.place(r)
	r.options.Prefix = "/secret"
}

func (u users) readOnly(t *testing.T, r *realm) {
	u.place(r)
	r.options.Prefix, r.direct.Prefix = readablePrefix, readablePrefix
	r.direct.User, r.direct.Password = "root", "root"
	mustCommit(t, openIn(t, r.direct)(), "one")
	r.base = mustLoad(t, openIn(t, r.direct)())
}

func (u users) wrongPassword(_ *testing.T, r *realm) {
	u.place(r)
	r.options.Password = "hunter3"
}

func (u users) noUser(_ *testing.T, r *realm) {
	u.place(r)
	r.options.User, r.options.Password = "", ""
}

func (u users) expiredToken(t *testing.T, r *realm) {
	u.place(r)
	r.open(t)
	r.watch(t)
	<-time.After(3 * time.Second) // the token expires meanwhile
}

// certificates is a server with mutual TLS, where the certificate's name is the user.
type certificates struct {
	options etcd.Options
	dir     string
}

func newCertificates(t *testing.T) certificates {
	dir := t.TempDir()
	authority := newAuthority(t, dir, "ca")
	authority.issue(t, dir, "server", "server")
	authority.issue(t, dir, "me", "me")
	newAuthority(t, dir, "foreign")
	file := func(name string) string { return filepath.Join(dir, name) }
	c := startCluster(t, 1, "--client-cert-auth", "--trusted-ca-file="+file("ca.crt"), "--cert-file="+file("server.crt"), "--key-file="+file("server.key"))
	config, err := transport.TLSInfo{TrustedCAFile: file("ca.crt"), CertFile: file("me.crt"), KeyFile: file("me.key")}.ClientConfig()
	if err != nil {
		t.Fatal(err)
	}
	allowPrefix(t, newOfficial(t, clientv3.Config{Endpoints: []string{"https://" + c.nodes[0].client}, TLS: config}), "me", "", "/test")
	return certificates{etcd.Options{
		Endpoints: c.endpoints(), TLS: true, DialTLS: tlsdial.Dial,
		CACert: file("ca.crt"), Cert: file("me.crt"), Key: file("me.key"),
	}, dir}
}

// place puts a realm on the server.
func (c certificates) place(r *realm) {
	o := c.options
	o.Prefix, o.Realm = r.options.Prefix, r.options.Realm
	r.options, r.direct = o, o
}

func (c certificates) good(t *testing.T, r *realm) {
	c.place(r)
	r.open(t)
}

func (c certificates) otherPrefix(_ *testing.T, r *realm) {
	c.place(r)
	r.options.Prefix = "/secret"
}

func (c certificates) none(_ *testing.T, r *realm) {
	c.place(r)
	r.options.Cert, r.options.Key = "", ""
}

func (c certificates) untrusted(_ *testing.T, r *realm) {
	c.place(r)
	r.options.CACert = filepath.Join(c.dir, "foreign.crt")
}

func (c certificates) absentFile(_ *testing.T, r *realm) {
	c.place(r)
	r.options.CACert = filepath.Join(c.dir, "absent")
}

func (c certificates) notLinked(_ *testing.T, r *realm) {
	c.place(r)
	r.options.DialTLS = nil
}
