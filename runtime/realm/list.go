package realm

import (
	"context"

	"realmconf/runtime/store"
	"realmconf/runtime/store/file"
	"realmconf/schema/meerkat/realmid"
)

// ListedRealm is a realm of a state root. Reading it takes no lock and changes nothing.
type ListedRealm struct {
	*Location
	files *file.Store
}

// List returns the realms that a user can select with the flags of a selection,
// sorted by state root and id: those of --state-root, or else those of the project
// and those of the user's data directory; and the realm global. more
// reports that a state root has more realms than it returns.
func List(ctx context.Context, s Selection, env Environment) (list []*ListedRealm, more bool, err error) {
	roots, err := s.stateRoots(env)
	if err != nil {
		return nil, false, err
	}
	for i, root := range roots {
		ids, isCut, err := s.idsIn(ctx, root, env)
		if err != nil {
			return nil, false, err
		}
		more = more || isCut
		for _, id := range ids {
			if id == realmid.Global && i > 0 {
				continue // the same document for all roots
			}
			l, err := s.locateIn(root, id, env)
			if err != nil {
				return nil, false, err
			}
			list = append(list, &ListedRealm{Location: l, files: file.Open(fileOptions(l, 0))})
		}
	}
	return list, more, nil
}

// idsIn returns the ids of the realms in a state root, and global. Any location in
// the root can list them. That of global needs the home directory, which may be
// unknown.
func (s Selection) idsIn(ctx context.Context, root stateRoot, env Environment) (ids []string, more bool, err error) {
	at, err := s.locateIn(root, realmid.Global, env)
	if err != nil {
		const anyID = "realm"
		if at, err = s.locateIn(root, anyID, env); err != nil {
			return nil, false, err
		}
	}
	return at.realmIDs(ctx)
}

// stateRoots returns the state roots that a realm of a selection may be in.
func (s Selection) stateRoots(env Environment) ([]stateRoot, error) {
	if s.StateRoot != "" {
		path, err := env.absolute(s.StateRoot)
		return []stateRoot{s.trust(path, env)}, err
	}
	local, err := s.projectRealms(env)
	if err != nil {
		return nil, err
	}
	global, err := env.userRealms()
	if err != nil {
		return nil, err
	}
	if sameDir(local, global) {
		return []stateRoot{s.trust(global, env)}, nil
	}
	return []stateRoot{s.trust(local, env), s.trust(global, env)}, nil
}

// Observe returns the realm's text as it is.
func (l *ListedRealm) Observe(ctx context.Context) (store.State, error) {
	return (&relative{location: l.Location, files: l.files}).Observe(ctx)
}

// Newest returns the newest record of the realm's history; false if there is none.
func (l *ListedRealm) Newest(ctx context.Context) (store.Record, bool) {
	list, err := l.files.ListHeads(ctx, 0, 1)
	l.files.CloseIdle()
	if err != nil || len(list) == 0 {
		return store.Record{}, false
	}
	return list[0], true
}
