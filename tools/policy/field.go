package policy

import (
	"slices"
	"strings"

	"realmconf/runtime"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// field is one place with a risk class that a write would change.
type field struct {
	change tree.Change // of that place alone, with secrets masked
	risk   schema.RiskSet
	route  schema.SecretRoute // that the change is at, the zero value if there is none
}

// span returns the innermost place that a change is within: its path, or the
// place around the two paths of an entry that moves.
func span(c tree.Change) tree.Pointer {
	if c.Op != "move" {
		return c.Path
	}
	n := 0
	for n < min(len(c.Path), len(c.From)) && c.Path[n] == c.From[n] {
		n++
	}
	return c.Path[:n]
}

// MaxValue is how many bytes of one value a shortened reply or an error shows.
const MaxValue = 4 << 10

// describe returns fields in the form that replies and errors have.
func describe(fields []field) []any {
	all := make([]any, 0, len(fields))
	for _, f := range fields {
		o := f.change.Shortened(MaxValue).Tree()
		o["risk"] = f.risk.List()
		all = append(all, o)
	}
	return all
}

// paths returns the places of fields, in their order.
func paths(fields []field) []string {
	var all []string
	for _, f := range fields {
		all = append(all, f.change.Path.String())
	}
	return all
}

// riskyFields returns every field with a risk class that a write would
// change, sorted by place. It looks at the effect and not at the call, and at
// changes in either direction: a stricter setting is a change, too.
//
//  1. If the old text is not TOML, everything may go: one field, the whole
//     configuration, of the strongest class.
//  2. The changes of the stored values.
//  3. The changes of the resolved values, because one key can change the
//     meaning of another. Left out are the places that step 2 has, and the
//     defaults of an object that step 2 has as a whole.
func riskyFields(model Model, c *runtime.Comparison) []field {
	s := scanner{model: model, routes: routesOf(model, c)}
	if c.BaseUnknown() {
		s.fields = append(s.fields, field{change: tree.Change{Op: "remove"}, risk: schema.NewRiskSet(schema.RiskExec)})
	}
	s.fields = slices.Grow(s.fields, len(c.Changes))
	for _, change := range c.ShownChanges() {
		s.add(change)
	}
	s.known = make(map[string]bool)
	for _, path := range paths(s.fields) {
		s.known[path] = true
	}
	wholes := wholeObjects(c.Changes, s.fields)
	resolved := tree.Difference(c.Before.Resolved(), c.After.Resolved(), model.Key, model.DefaultWithout)
	for _, change := range runtime.MaskChanges(resolved, c.Before.Shown(), c.After.Shown()) {
		if whole := wholes[change.Op]; whole == nil || !whole.Covers(change.Path) {
			s.add(change)
		}
	}
	slices.SortStableFunc(s.fields, func(a, b field) int { return tree.ComparePointers(a.change.Path, b.change.Path) })
	return s.fields
}

// wholeObjects returns, for the additions and the removals, the outermost places that
// came or went with a stored change, if they have fields of their own. A resolved
// change of the same sort inside such a place is only a default that comes or goes
// with it.
func wholeObjects(changes []tree.Change, stored []field) map[string]*tree.PointerSet {
	fields := tree.NewPointerSet()
	for _, f := range stored {
		fields.Add(span(f.change))
	}
	wholes := map[string]*tree.PointerSet{"add": tree.NewPointerSet(), "remove": tree.NewPointerSet()}
	for _, c := range changes {
		if whole := wholes[c.Op]; whole != nil && fields.HasWithin(c.Whole) {
			whole.Add(c.Whole)
		}
	}
	return wholes
}

// scanner collects the fields of changes. A list's place can be there twice: one
// entry was removed from it, and another one added.
type scanner struct {
	model  Model
	routes *secretRoutes
	known  map[string]bool // places not to be added again
	fields []field
}

// add adds the fields of a change: the members of an entry that is added or removed
// have classes of their own, and no defaults without the entry.
func (s *scanner) add(c tree.Change) {
	risk := s.model.Risk(c.Path)
	if risk == 0 {
		return
	}
	if s.addMembers(c) {
		return
	}
	if containsToken(c.Old) || containsToken(c.New) {
		risk |= schema.NewRiskSet(schema.RiskSecret) // an address that has a secret in it
	}
	if s.known[c.Path.String()] {
		return
	}
	route := s.routes.of(c)
	if route.Decides != "" {
		risk |= schema.NewRiskSet(schema.RiskSecret)
	}
	s.fields = append(s.fields, field{change: c, risk: risk, route: route})
}

// containsToken reports whether a text has the token of a secret in it. In an
// address the colon of the token is escaped.
func containsToken(v any) bool {
	text, _ := v.(string)
	return strings.Contains(text, strings.TrimSuffix(schema.TokenPrefix, ":"))
}

// addMembers adds the fields of the members of an object or list that is added or
// removed, and reports whether there are any. A list of scalars counts as one value.
func (s *scanner) addMembers(c tree.Change) bool {
	value := c.New
	switch c.Op {
	case "add":
	case "remove":
		value = c.Old
	default:
		return false
	}
	part := func(p tree.Pointer, v any) tree.Change {
		if c.Op == "add" {
			return tree.Change{Op: c.Op, Path: p, New: v}
		}
		return tree.Change{Op: c.Op, Path: p, Old: v}
	}
	switch v := value.(type) {
	case map[string]any:
		s.fields = slices.Grow(s.fields, len(v))
		for name, member := range v {
			s.add(part(c.Path.Child(name), member))
		}
		return len(v) > 0
	case []any:
		if !tree.HasContainers(v) {
			return false
		}
		for i, entry := range v {
			s.add(part(c.Path.Index(i), entry))
		}
		return true
	}
	return false
}

func isContainer(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}
