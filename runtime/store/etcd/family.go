package etcd

import (
	"context"
	"strings"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

var _ store.Family = (*Store)(nil)

// maxNames is how many realms are listed.
const maxNames = 1000

// Relative returns another realm under the same prefix.
func (s *Store) Relative(name string) (store.Relative, error) {
	if name == "" || strings.ContainsAny(name, "/\x00") {
		return nil, fault.New(fault.InvalidConfig, "realm %q names %q, which is no realm id: correct the parent", fault.Clip(s.options.Realm), fault.Clip(name))
	}
	o := s.options
	o.Realm = name
	other := open(o, s.client)
	other.host = s.host
	return other, nil
}

// Names returns the realms under the prefix. It asks for one key of each: a realm's keys
// are next to each other.
func (s *Store) Names(ctx context.Context) (names []string, more bool, err error) {
	root := s.options.Prefix + "/"
	for key := root; len(names) <= maxNames; {
		r, err := s.getRange(ctx, rangeRequest{key: key, end: afterAll(root), limit: 1, keysOnly: true})
		if err != nil {
			return nil, false, s.client.explain(ctx, err, access{root, mayRead})
		}
		if len(r.kvs) == 0 {
			break
		}
		name, _, isRealm := strings.Cut(strings.TrimPrefix(r.kvs[0].key, root), "/")
		if isRealm {
			names = append(names, name)
			key = afterAll(root + name + "/")
		} else {
			key = r.kvs[0].key + "\x00"
		}
	}
	return names[:min(maxNames, len(names))], len(names) > maxNames, nil
}
