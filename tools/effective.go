package tools

import (
	"context"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// effectiveReply returns the members of the reply to a read of what a realm's
// programs run with: those of every read, the chain of realms, and where each value
// comes from. Under a path, origins has only the values there.
func effectiveReply(e *runtime.Effective, model Model, caller Caller, params tree.Object, path tree.Pointer) (tree.Object, error) {
	reply := runtime.NewEnvelope(e.Snapshot, nil, caller.PathVisibility).Members()
	reply["view"] = ViewEffective
	reply["chain"] = chainMembers(e.Chain, caller.PathVisibility)
	reply["origins"] = originMembers(e, path)
	if _, isPart := params["path"]; isPart {
		value, place, err := valueAt(path, e.Shown(), model)
		if err != nil {
			return nil, err
		}
		delete(reply, "config")
		reply["path"], reply["value"] = place.String(), value
	} else {
		reply["config"] = e.ShownJSON()
	}
	if e.Pending {
		reply["reconcile_pending"] = true
	}
	addWarnings(reply, runtime.NoticeIssues(e.Notices))
	addWarnings(reply, within(e.Warnings(), path))
	return reply, nil
}

// chainMembers describes the realms of a chain.
func chainMembers(chain []runtime.Member, paths runtime.PathVisibility) []any {
	var list []any
	for _, m := range chain {
		member := tree.Object{"realm_id": m.Realm, "generation": m.Generation}
		if paths == runtime.ShowPaths && m.Paths != nil {
			member["resolved_paths"] = m.Paths
		}
		list = append(list, member)
	}
	return list
}

// originMembers returns the origins of the values at a path, by their places.
func originMembers(e *runtime.Effective, path tree.Pointer) tree.Object {
	origins, known := tree.Object{}, make(map[[2]string]tree.Object) // thousands of values have a few origins
	for _, o := range e.Origins() {
		if !o.Path.HasPrefix(path) {
			continue
		}
		member := known[[2]string{o.Realm, o.Because}]
		if member == nil {
			member = originMember(o)
			known[[2]string{o.Realm, o.Because}] = member
		}
		origins[o.Path.String()] = member
	}
	if o, ok := e.OriginOf(path); ok {
		origins[path.String()] = originMember(o)
	}
	return origins
}

// originMember describes an origin.
func originMember(o schema.Origin) tree.Object {
	switch {
	case o.Realm != "":
		return tree.Object{"realm": o.Realm}
	case o.Because != "":
		return tree.Object{"default": true, "because": o.Because}
	}
	return tree.Object{"default": true}
}

// within returns the issues about a place, about one around it, and about the
// whole configuration.
func within(issues []schema.Issue, path tree.Pointer) []schema.Issue {
	var found []schema.Issue
	for _, issue := range issues {
		if p, err := tree.ParsePointer(issue.Path); err != nil || p.Overlaps(path) {
			found = append(found, issue)
		}
	}
	return found
}

// noEffect are the warnings about values without effect in a realm's own
// configuration.
type noEffect struct {
	issues    []schema.Issue
	effective *runtime.Effective // nil if there is no composition
}

// cacheOr returns the snapshot whose cache has the replies with these warnings.
func (n noEffect) cacheOr(own *runtime.Snapshot) *runtime.Snapshot {
	if n.effective != nil {
		return n.effective.Snapshot
	}
	return own
}

// readOwn reads a realm's own configuration; the whole of it with the warnings about
// values without effect. For these the realms that it inherits from are looked at,
// which is too much for a read of one value.
func readOwn(ctx context.Context, rt *runtime.Runtime, path tree.Pointer, arrival any) (*runtime.Snapshot, noEffect, error) {
	if len(path) > 0 || !rt.Composes(ctx) {
		snapshot, err := rt.GetArrived(ctx, arrival)
		return snapshot, noEffect{}, err
	}
	e, err := rt.EffectiveArrived(ctx, arrival)
	if err == nil {
		return e.Own, noEffect{e.OwnNoEffect(), e}, nil
	}
	snapshot, getErr := rt.GetArrived(ctx, arrival)
	return snapshot, noEffect{issues: CompositionIssues(err)}, getErr
}

// CompositionIssues returns the reason why a realm cannot be composed as a warning:
// nothing in it has an effect then. If a realm of the chain could not be read, it is not
// known whether it has, because the programs may be able to read it.
func CompositionIssues(err error) []schema.Issue {
	f := fault.Of(err)
	if f.Kind != fault.InvalidConfig && f.Kind != fault.CorruptConfig && f.Kind != fault.Storage && f.Kind != fault.TooLarge {
		return nil
	}
	issue := schema.Issue{Kind: schema.NoEffect, Message: "nothing here has an effect: " + f.Message}
	if f.Kind == fault.Storage {
		issue.Message = "whether this has an effect is unknown: " + f.Message
	}
	issue.Realm, _ = f.Data["realm"].(string)
	issue.Path, _ = f.Data["path"].(string)
	return []schema.Issue{issue}
}

// EffectMembers describes what a change changes in what agents run with: in the
// realm itself, and in those that inherit from it.
func EffectMembers(ctx context.Context, rt *runtime.Runtime, c *runtime.Comparison) ([]any, error) {
	effects, err := rt.Effects(ctx, c)
	if err != nil {
		return nil, err
	}
	list := []any{}
	for _, e := range effects {
		effect := tree.Object{"realm_id": e.Realm, "changes": append([]tree.Change{}, e.Changes...)}
		if e.Refusal != nil {
			effect["refused"] = fault.Of(e.Refusal).Message
		}
		if e.WasRefused {
			effect["was_refused"] = true
		}
		if e.Realm == "" {
			effect["realm_id"] = nil
		}
		list = append(list, effect)
	}
	return list, nil
}
