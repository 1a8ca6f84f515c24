package cli

import (
	"context"
	"fmt"
	"slices"

	"realmconf/runtime/realm"
	"realmconf/schema/tree"
)

// newRealm is a realm that does not exist yet, and where a write would make it.
type newRealm struct{ id, place string }

// newRealm returns the selected realm if it does not exist yet, and is not one of its
// own that nobody names again. A shared realm may exist: its first generation tells.
func (s *Session) newRealm(ctx context.Context) *newRealm {
	if s.Realm.Isolated || s.Realm.IsFile() {
		return nil
	}
	if s.Realm.IsShared() {
		return &newRealm{s.Realm.Realm, s.sharedPlace(ctx)}
	}
	location, err := realm.Locate(s.Realm, realm.Environment{})
	if err != nil {
		return nil
	}
	if manifest, err := location.Manifest(ctx); err != nil || manifest != nil {
		return nil
	}
	return &newRealm{location.ID, location.StateRoot}
}

// sharedPlace returns the URL of the store with the selected realm, and asks no server;
// "" if the realm is in a directory.
func (s *Session) sharedPlace(ctx context.Context) string {
	if !s.Realm.IsShared() {
		return ""
	}
	family, err := s.openFamily(ctx)
	if err != nil {
		return ""
	}
	defer family.Close()
	return family.Metadata().Place
}

// announceNewRealm says that a write has made a realm, and which others there are
// beside it: its id may be mistyped.
func (s *Session) announceNewRealm(ctx context.Context, made *newRealm, reply tree.Object) {
	if reply["previous_generation"] != int64(0) || reply["changed"] != true {
		return
	}
	text := fmt.Sprintf("realm %q did not exist and was made in %s", made.id, made.place)
	if reply["dry_run"] == true {
		text = fmt.Sprintf("realm %q does not exist: the write would make it in %s", made.id, made.place)
	}
	if others := s.neighbours(ctx, made); len(others) > 0 {
		const most = 8
		text += ", beside " + tree.JoinWords(others, "and", most)
	}
	s.message("%s", text)
}

// neighbours returns the ids of the other realms in the place of a realm.
func (s *Session) neighbours(ctx context.Context, made *newRealm) []string {
	if s.Realm.IsShared() {
		family, err := s.openFamily(ctx)
		if err != nil {
			return nil
		}
		defer family.Close()
		names, _, err := family.Names(ctx)
		if err != nil {
			return nil
		}
		return slices.DeleteFunc(names, func(name string) bool { return name == made.id })
	}
	listed, _, err := realm.List(ctx, s.Realm, realm.Environment{})
	if err != nil {
		return nil
	}
	var ids []string
	for _, l := range listed {
		if l.StateRoot == made.place && l.ID != made.id {
			ids = append(ids, l.ID)
		}
	}
	return ids
}
