package cli

import (
	"context"

	"realmconf/runtime/document"
	"realmconf/runtime/fault"
	"realmconf/runtime/realm"
	"realmconf/runtime/store"
	"realmconf/schema"
)

// openFamily opens the store that the realms are shared in, whichever of them is
// selected. The caller closes it.
func (s *Session) openFamily(ctx context.Context) (store.Family, error) {
	shared, err := realm.Open(s.Realm, 0)(ctx)
	if err != nil {
		return nil, err
	}
	return shared.(store.Family), nil
}

// listShared reads the realms of a store, one after the other. more reports that there
// are others.
func (s *Session) listShared(ctx context.Context) (entries []realmEntry, more bool, err error) {
	family, err := s.openFamily(ctx)
	if err != nil {
		return nil, false, err
	}
	defer family.Close()
	names, more, err := family.Names(ctx)
	if err != nil {
		return nil, false, err
	}
	budget := readBudget(maxRealmsRead)
	for _, name := range names {
		e := realmEntry{id: name, stateRoot: family.Metadata().Place, unread: budget <= 0}
		if !e.unread {
			s.describeShared(ctx, family, &e, &budget)
		}
		entries = append(entries, e)
	}
	return entries, more, nil
}

// describeShared reads a realm and those that it inherits from.
func (s *Session) describeShared(ctx context.Context, family store.Family, e *realmEntry, budget *readBudget) {
	relative, err := family.Relative(e.id)
	if err == nil {
		e.state, err = relative.Observe(ctx)
	}
	if err != nil {
		e.problem = fault.Of(err).Message
		return
	}
	text := e.state.Text
	e.state.Text = nil
	budget.spend(len(text))
	if history, ok := relative.(store.Store); ok && e.state.Version.Generation > 0 {
		if record, err := history.Record(ctx, e.state.Version.Generation); err == nil {
			budget.spend(len(record.Text))
			record.Text = nil
			e.newest = &record
		}
	}
	own, err := document.Parse(text)
	if err != nil {
		e.problem = "the configuration is not TOML: " + err.Error()
		return
	}
	e.setChain(composeRealm(ctx, s.Model, e.id, family, schema.Document{Tree: own.Tree()}, budget))
}

// completeShared completes the ids of the realms of a store.
func (s *Session) completeShared(ctx context.Context) []candidate {
	family, err := s.openFamily(ctx)
	if err != nil {
		return nil
	}
	defer family.Close()
	names, _, err := family.Names(ctx)
	if err != nil {
		return nil
	}
	var list []candidate
	for _, name := range names {
		list = append(list, candidate{name, "in " + family.Metadata().Place})
	}
	return list
}
