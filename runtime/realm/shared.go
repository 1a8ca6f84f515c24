package realm

import (
	"context"
	"os"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/runtime/store/etcd"
)

// IsShared reports whether the realm is kept by servers for several machines, and not in
// a directory.
func (s Selection) IsShared() bool { return s.Store != "" }

// checkShared checks the flags of a shared realm. Flags that choose a directory have no
// meaning for it, and without an id each machine would have a realm of its own, because
// the workspace realm is named after a path.
func (s Selection) checkShared() error {
	for _, f := range append(s.paths(), flagPath{"--isolated", trueText(s.Isolated)}, flagPath{"--follow-links", trueText(s.FollowLinks)}) {
		if f.path != "" && !s.Mirrored {
			return fault.New(fault.InvalidParams, "%s is about directories, and the realm is in a store (--store or REALMCONF_STORE): leave one of them out", f.flag)
		}
	}
	if s.Realm == "" && !s.AnyRealm {
		return fault.New(fault.InvalidParams, "a store (--store or REALMCONF_STORE) needs --realm: name the realm that the machines share")
	}
	o, err := etcd.ParseURL(s.Store, os.Getenv)
	if err != nil {
		return err
	}
	o.DialTLS = tlsDialer()
	if err := o.CheckTLS(); err != nil || !s.Mirrored {
		return err
	}
	return s.checkPaths()
}

// SharedPlace returns the URL of the store of a shared realm with its hosts, which the
// environment may name. It has no credentials.
func (s Selection) SharedPlace(getenv func(string) string) (string, error) {
	o, err := etcd.ParseURL(s.Store, getenv)
	return o.URL(), err
}

// StoreVariables returns the names of the variables with which a shared realm is opened,
// beside its URL.
func StoreVariables() []string {
	return []string{"ETCDCTL_CACERT", "ETCDCTL_CERT", "ETCDCTL_KEY", "ETCDCTL_USER", "ETCDCTL_PASSWORD"}
}

// Sides returns the selections of the two places of a mirrored realm: the directory that
// the flags choose without --store, and the store.
func (s Selection) Sides() (local, shared Selection) {
	local, shared = s, s
	local.Store, local.Mirrored, shared.Mirrored = "", false, false
	shared.ContextRoot, shared.StateRoot, shared.UserConfigRoot, shared.FollowLinks = "", "", "", false
	return local, shared
}

// trueText returns a text for true, and none for false.
func trueText(b bool) string {
	if b {
		return "true"
	}
	return ""
}

// openShared opens the store of a shared realm. It connects to no server.
func openShared(s Selection, history int) (store.Store, error) {
	o, err := etcd.ParseURL(s.Store, os.Getenv)
	if err != nil {
		return nil, err
	}
	o.Realm, o.History, o.DialTLS = s.Realm, history, tlsDialer()
	shared := &sharedStore{Store: etcd.Open(o), beforeWrite: s.BeforeWrite}
	shared.metadata = shared.Store.Metadata()
	shared.metadata.InstanceID, shared.metadata.Backend = optional(s.Instance), optional(s.Backend)
	return shared, nil
}

// sharedStore is the store of a shared realm, with the identity that flags give it.
type sharedStore struct {
	*etcd.Store
	metadata    store.Metadata
	beforeWrite writeHook
}

var _ store.Family = (*sharedStore)(nil)

// Metadata returns the realm's identity.
func (s *sharedStore) Metadata() store.Metadata { return s.metadata }

// CompareAndSwap commits. The options' BeforeWrite runs first.
func (s *sharedStore) CompareAndSwap(ctx context.Context, from store.Version, next []store.Record) error {
	s.beforeWrite.call()
	return s.Store.CompareAndSwap(ctx, from, next)
}

// Relative returns another realm of the same store, for reading only.
func (s *sharedStore) Relative(id string) (store.Relative, error) {
	if err := checkRelativeID(*s.metadata.RealmID, id); err != nil {
		return nil, err
	}
	return s.Store.Relative(id)
}
