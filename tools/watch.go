package tools

import (
	"context"
	"encoding/json"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

// maxChanges is how many bytes of changes a notification carries.
const maxChanges = 64 << 10

// Version returns the current version, for a watch to begin with.
func (r *Resources) Version(ctx context.Context) (store.Version, error) { return r.rt.Version(ctx) }

// Watch reports every change after from, as runtime.Runtime.Watch does.
func (r *Resources) Watch(ctx context.Context, from store.Version, changed func(*runtime.Event)) error {
	return r.rt.Watch(ctx, from, changed)
}

// Effective returns what agents run with now, for a watch to begin with.
func (r *Resources) Effective(ctx context.Context) (*runtime.Effective, error) {
	return r.rt.Effective(ctx)
}

// WatchEffective reports every change of what agents run with, as
// runtime.Runtime.WatchEffective does.
func (r *Resources) WatchEffective(ctx context.Context, from *runtime.Effective, changed func(*runtime.EffectiveEvent)) error {
	return r.rt.WatchEffective(ctx, from, changed)
}

// CheckPath refuses a part of the configuration that can never have a value, as
// a read of it does: a watch on it would never report anything. It accepts every place
// that the schema has, and every other place that has a value now.
func (r *Resources) CheckPath(ctx context.Context, part tree.Pointer) error {
	if r.hasPlace(part) {
		return nil
	}
	snapshot, err := r.rt.Get(ctx)
	switch {
	case fault.Is(err, fault.CorruptConfig):
		return unknownKey(part, r.model)
	case err != nil:
		return err
	}
	if _, depth, ok := part.Get(snapshot.Shown()); !ok {
		return notFound(part, depth, snapshot.Shown(), r.model)
	}
	return nil
}

// hasPlace reports whether the schema has a place. The place "-" after the last
// entry of a list does not count: a write can name it, but it never has a value.
func (r *Resources) hasPlace(part tree.Pointer) bool {
	for i, token := range part {
		if above, _ := r.model.Describe(part[:i]); token == "-" && above["items"] != nil {
			return false
		}
	}
	_, ok := r.model.Describe(part)
	return ok
}

// ChangeNotice returns the params of config/changed: the changes of the given
// parts, and who made them. It has changes_omitted instead if they are too long,
// or unknown because a text is not TOML or cannot be read; then refused says why.
func ChangeNotice(e *runtime.Event, parts []tree.Pointer, origin any) tree.Object {
	params := tree.Object{
		"generation":          e.Version.Generation,
		"previous_generation": e.Previous.Generation,
		"own":                 e.Own(origin),
		"origins":             origins(e.Commits),
	}
	if e.Refusal != nil {
		params["refused"] = fault.Of(e.Refusal).Message
	}
	if e.Opaque {
		params["changes_omitted"] = true
		return params
	}
	addChanges(params, e.ShownChanges(), parts)
	return params
}

// EffectiveNotice returns the params of config/changed for the view effective: the
// changes of the given parts, and the realms that they came from. own is true if
// the receiving connection itself made the change.
func EffectiveNotice(e *runtime.EffectiveEvent, parts []tree.Pointer, own bool) tree.Object {
	realms := []any{}
	for _, m := range e.Realms {
		realms = append(realms, tree.Object{"realm_id": m.Realm, "generation": m.Generation, "previous_generation": m.Previous})
	}
	params := tree.Object{
		"view":                ViewEffective,
		"generation":          e.Previous.Version.Generation,
		"previous_generation": e.Previous.Version.Generation,
		"own":                 own,
		"realms":              realms,
	}
	if e.Effective != nil {
		params["generation"] = e.Effective.Version.Generation
	}
	if e.Refusal != nil {
		params["refused"] = fault.Of(e.Refusal).Message
	}
	if e.Opaque {
		params["changes_omitted"] = true
	} else {
		addChanges(params, e.Changes, parts)
	}
	return params
}

// addChanges adds the changes of some parts, unless they are too long.
func addChanges(params tree.Object, all []tree.Change, parts []tree.Pointer) {
	relevant, watched := []tree.Change{}, tree.NewPointerSet(parts...)
	for _, c := range all {
		if watched.Overlaps(c.Path) || c.Op == "move" && watched.Overlaps(c.From) {
			relevant = append(relevant, c)
		}
	}
	changes := json.RawMessage(tree.Append(nil, relevant))
	if len(changes) > maxChanges {
		params["changes_omitted"] = true
	} else {
		params["changes"] = changes
	}
}
