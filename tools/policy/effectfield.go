package policy

import (
	"slices"

	"realmconf/runtime"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// effectField is a field in what the agents of a realm run with.
type effectField struct {
	field
	realm   string
	source  tree.Pointer // the place in the written configuration that the value comes from, nil if none
	isGiven bool         // the write changes that place in the same way
}

// effectFields returns the fields with a risk class in an effect. The defaults of an
// entry that comes or goes are left out.
func effectFields(model Model, e runtime.Effect) []effectField {
	var all []effectField
	routes := newSecretRoutes(func() (before, after []schema.SecretRoute) { return e.RoutesBefore, e.RoutesAfter })
	for i, change := range e.Changes {
		s := scanner{model: model, routes: routes}
		s.add(change)
		for _, f := range s.fields {
			if len(f.change.Path) > len(change.Whole) && isUnset(model, f.change) {
				continue
			}
			ef := effectField{field: f, realm: e.Realm}
			if at := e.Sources[i]; at != nil {
				ef.source = append(slices.Clip(at), f.change.Path[len(change.Path):]...)
			}
			all = append(all, ef)
		}
	}
	slices.SortStableFunc(all, func(a, b effectField) int { return tree.ComparePointers(a.change.Path, b.change.Path) })
	return all
}

// isUnset reports whether a member of an entry that comes or goes has its default, or
// no value.
func isUnset(model Model, c tree.Change) bool {
	v := c.New
	switch c.Op {
	case "remove":
		v = c.Old
	case "add":
	default:
		return false
	}
	d, hasDefault := model.Default(c.Path)
	return v == nil || hasDefault && tree.Equal(v, d)
}
