package schema

import (
	"slices"

	"realmconf/schema/internal/jsonschema"
)

// flattener makes the shapes of schemas, once for each list of schemas.
type flattener struct {
	known   map[string][]shape
	running map[string]bool
	counts  *flattenCounts
}

type flattenCounts struct {
	combinations int
	work         int  // schemas and members that were combined
	isPartial    bool // a result lacks the branches that lead back to where it was needed
}

// Limits of the combinations of branches that are looked at for a schema. Further choices
// are left out of its description.
const (
	maxCombinations = 200_000
	maxCombined     = 500_000 // schemas and members in them
)

func newFlattener() flattener {
	return flattener{known: make(map[string][]shape), running: make(map[string]bool), counts: new(flattenCounts)}
}

// flatten returns the shapes of schemas that hold together. A branch that leads back to
// the schemas that it is a branch of adds nothing.
func (f flattener) flatten(schemas []*jsonschema.Schema) []shape {
	key := alternativesKey([][]*jsonschema.Schema{schemas})
	if shapes, has := f.known[key]; has {
		return shapes
	}
	if f.running[key] {
		f.counts.isPartial = true
		return nil
	}
	f.running[key] = true
	shapes := f.shapes(schemas)
	delete(f.running, key)
	if isWhole := len(f.running) == 0; isWhole || !f.counts.isPartial {
		f.known[key] = shapes
		f.counts.isPartial = f.counts.isPartial && !isWhole
	}
	return shapes
}

// shapes returns the shapes of schemas that hold together: it follows references and
// allOf, and makes a shape for each branch of anyOf, oneOf and if. Combinations that no
// value can have are left out.
func (f flattener) shapes(schemas []*jsonschema.Schema) []shape {
	all := []shape{{}}
	seen := make(map[*jsonschema.Schema]bool)
	stack := slices.Clone(schemas) // the next one last
	slices.Reverse(stack)
	var choices [][][]*jsonschema.Schema
	for len(stack) > 0 {
		s := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[s] {
			continue
		}
		seen[s] = true
		if s.Never {
			return nil
		}
		if s.Source != nil && !all[0].add(s) {
			return nil
		}
		for _, next := range slices.Backward(s.InPlace()) {
			stack = append(stack, next)
		}
		choices = append(choices, choicesOf(s)...)
	}
	for _, branches := range choices {
		isDecided := slices.ContainsFunc(branches, func(branch []*jsonschema.Schema) bool { return len(branch) == 1 && seen[branch[0]] })
		if isDecided || f.counts.combinations > maxCombinations || f.counts.work > maxCombined {
			continue
		}
		var next []shape
		for _, so := range all {
			for _, branch := range branches {
				others := f.flatten(branch)
				f.counts.combinations += len(others)
				for _, other := range others {
					f.counts.work += so.size() + other.size()
				}
				next = append(next, so.with(others)...)
				if len(next) > maxAlternatives {
					break
				}
			}
		}
		if next = next[:min(len(next), maxAlternatives)]; len(next) > 0 {
			all = next
		}
	}
	return all
}

// choicesOf returns the branches of each choice in a schema that tells something about
// the places below.
func choicesOf(s *jsonschema.Schema) [][][]*jsonschema.Schema {
	var all [][][]*jsonschema.Schema
	for _, branches := range [][]*jsonschema.Schema{s.AnyOf, s.OneOf} {
		if !slices.ContainsFunc(branches, tells) {
			continue
		}
		var choice [][]*jsonschema.Schema
		for _, b := range branches {
			choice = append(choice, []*jsonschema.Schema{b})
		}
		all = append(all, choice)
	}
	if s.If != nil && (s.Then != nil && tells(s.Then) || s.Else != nil && tells(s.Else)) {
		then, otherwise := []*jsonschema.Schema{s.If}, []*jsonschema.Schema(nil)
		if s.Then != nil {
			then = append(then, s.Then)
		}
		if s.Else != nil {
			otherwise = append(otherwise, s.Else)
		}
		all = append(all, [][]*jsonschema.Schema{then, otherwise})
	}
	for _, name := range sortedNames(s.DependentSchemas) {
		if branch := s.DependentSchemas[name]; tells(branch) {
			all = append(all, [][]*jsonschema.Schema{nil, {branch}})
		}
	}
	return all
}

// tells reports whether a branch says more than which keys must be there.
func tells(s *jsonschema.Schema) bool {
	return s.Ref != nil || s.Dynamic != nil || s.Types != nil || s.Enum != nil || s.Properties != nil || s.PatternProperties != nil || s.Additional != nil ||
		s.Items != nil || s.Prefix != nil || s.AllOf != nil || s.AnyOf != nil || s.OneOf != nil || s.Then != nil || s.Else != nil || s.Pattern != nil || s.Format != ""
}
