package policy

import (
	"realmconf/runtime"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// givenChange is a change of a place in the written configuration. Its zero value is
// the same as no other.
type givenChange struct {
	change tree.Change
	risk   schema.RiskSet
	exists bool
}

func (g givenChange) isSame(c tree.Change) bool {
	return g.exists && g.change.Op == c.Op && tree.Equal(g.change.Old, c.Old) && tree.Equal(g.change.New, c.New)
}

// givenChanges returns the changes of the fields in the written configuration, by
// their places, with the defaults filled in: in what agents run with they are, too.
func givenChanges(model Model, c *runtime.Comparison) map[string]givenChange {
	s := scanner{model: model, routes: routesOf(model, c)}
	resolved := tree.Difference(c.Before.Resolved(), c.After.Resolved(), model.Key, model.DefaultWithout)
	for _, change := range runtime.MaskChanges(resolved, c.Before.Shown(), c.After.Shown()) {
		s.add(change)
	}
	given := make(map[string]givenChange, len(s.fields))
	for _, f := range s.fields {
		given[f.change.Path.String()] = givenChange{f.change, f.risk, true}
	}
	return given
}
