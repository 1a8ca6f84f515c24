package jsonschema

import (
	"slices"

	"realmconf/schema/tree"
)

// branches checks anyOf and oneOf.
func (e *evaluation) branches(s *Schema, v any, seen *evaluatedParts) bool {
	ok := true
	if s.AnyOf != nil {
		ok = e.anyOf(s, v, seen)
	}
	if s.OneOf != nil {
		ok = e.oneOf(s, v, seen) && ok
	}
	seen.isUnknown = seen.isUnknown || !ok
	return ok
}

func (e *evaluation) anyOf(s *Schema, v any, seen *evaluatedParts) bool {
	is := false
	for _, branch := range s.AnyOf {
		if valid, its := e.test(branch, v); valid {
			seen.add(its)
			if is = true; !e.doc.isTracked {
				break // the others can only have looked at more
			}
		}
	}
	return is || e.explainBranches(s, s.AnyOf, v, AnyOf)
}

func (e *evaluation) oneOf(s *Schema, v any, seen *evaluatedParts) bool {
	count := 0
	for _, branch := range s.OneOf {
		if valid, its := e.test(branch, v); valid {
			seen.add(its)
			count++
		}
	}
	switch {
	case count == 1:
		return true
	case count > 1:
		return e.report(s, Violation{Keyword: OneOf, Matches: count})
	}
	return e.explainBranches(s, s.OneOf, v, OneOf)
}

// attempt is a branch that a value does not fit, and why.
type attempt struct {
	violations   []Violation
	isOther      bool // the value is of another type than the branch
	absentValues int  // consts and enums of members that the value does not have
}

// explainBranches reports why a value fits no branch: the violations of the branch that
// it means. That is one of its type, of which no const or enum of a member says that
// another is meant, and of several the one with the fewest violations, the first one if
// they are equal. If the value is of no branch's type, or is in no branch's list of
// values, that is one violation with the types or values of all.
func (e *evaluation) explainBranches(s *Schema, branches []*Schema, v any, keyword Keyword) bool {
	if e.isQuiet {
		return false
	}
	if e.explained > maxExplained {
		return e.report(s, Violation{Keyword: keyword})
	}
	before, depth := e.steps, len(e.at)
	attempts := make([]attempt, len(branches))
	report, outer := e.found, e.record
	for i, branch := range branches {
		a := &attempts[i]
		e.found = func(v Violation) {
			if len(a.violations) < maxRepeated {
				a.violations = append(a.violations, v.copied())
			}
		}
		e.record = nil
		e.check(branch, v)
		a.judge(depth)
	}
	e.found, e.record = report, outer
	e.explained += e.steps - before
	if e.mergeTypes(s, attempts) {
		return false
	}
	attempts = slices.DeleteFunc(attempts, func(a attempt) bool { return a.isOther })
	if len(attempts) > 1 && (e.mergeValues(s, attempts, depth) || e.mergeTags(attempts, depth) || e.mergeRequired(s, attempts, depth)) {
		return false
	}
	if len(attempts) == 0 || len(branches) == 0 {
		return e.report(s, Violation{Keyword: keyword})
	}
	best := attempts[0]
	for _, a := range attempts[1:] {
		if a.absentValues < best.absentValues || a.absentValues == best.absentValues && len(a.violations) < len(best.violations) {
			best = a
		}
	}
	if len(best.violations) == 0 { // the branch was explained before, at the same place
		return e.report(s, Violation{Keyword: keyword})
	}
	for _, v := range best.violations {
		e.tell(v)
	}
	return false
}

// judge computes what the violations of a branch say about it.
func (a *attempt) judge(depth int) {
	for _, v := range a.violations {
		switch {
		case v.Keyword == Type && len(v.At) == depth, v.Keyword == Never && len(v.At) == depth:
			a.isOther = true
		case (v.Keyword == Enum || v.Keyword == Excluded) && len(v.At) == depth+1:
			a.absentValues++
		}
	}
}

// mergeTypes reports one violation with all types, if the value is of none.
func (e *evaluation) mergeTypes(s *Schema, attempts []attempt) bool {
	var types []string
	for _, a := range attempts {
		if !a.isOther {
			return false
		}
		for _, v := range a.violations {
			for _, name := range v.Types {
				if len(v.At) == len(e.at) && !slices.Contains(types, name) {
					types = append(types, name)
				}
			}
		}
	}
	if len(types) == 0 {
		return false
	}
	e.report(s, Violation{Keyword: Type, Types: types})
	return true
}

// mergeValues reports one violation with the values of all branches, if each has a list
// of them.
func (e *evaluation) mergeValues(s *Schema, attempts []attempt, depth int) bool {
	_, allowed, ok := valuesOfAll(attempts, func(v Violation) bool { return len(v.At) == depth })
	if ok {
		e.report(s, Violation{Keyword: Enum, Allowed: allowed})
	}
	return ok
}

// mergeTags reports one violation with the values of a member in all branches, if it has
// none of them: the member says which branch is meant, and it is not known of any other
// mistake whether it is one.
func (e *evaluation) mergeTags(attempts []attempt, depth int) bool {
	for _, tag := range attempts[0].violations {
		if tag.Keyword != Enum || len(tag.At) != depth+1 {
			continue
		}
		first, allowed, ok := valuesOfAll(attempts, func(v Violation) bool { return len(v.At) == depth+1 && v.At[depth] == tag.At[depth] })
		if ok {
			first.Allowed = allowed
			e.tell(first)
			return true
		}
	}
	return false
}

// valuesOfAll returns the allowed values of all branches at a place, and the violation of
// the first one there. It reports false unless each branch has a list of values that the
// value at the place is not in.
func valuesOfAll(attempts []attempt, isThere func(Violation) bool) (first Violation, allowed []any, ok bool) {
	known := tree.NewValueSet(nil)
	for _, a := range attempts {
		i := slices.IndexFunc(a.violations, func(v Violation) bool { return v.Keyword == Enum && isThere(v) })
		if i < 0 {
			return first, nil, false
		}
		if allowed == nil {
			first = a.violations[i]
		}
		for _, v := range a.violations[i].Allowed {
			if known.Add(v) {
				allowed = append(allowed, v)
			}
		}
	}
	return first, allowed, true
}

// mergeRequired reports one violation with the missing keys of all branches, if each
// lacks one and nothing else.
func (e *evaluation) mergeRequired(s *Schema, attempts []attempt, depth int) bool {
	names, known := []string(nil), make(map[string]bool)
	for _, a := range attempts {
		if len(a.violations) != 1 || a.violations[0].Keyword != Required || len(a.violations[0].At) != depth {
			return false
		}
		if name := a.violations[0].Name; !known[name] {
			known[name] = true
			names = append(names, name)
		}
	}
	e.report(s, Violation{Keyword: Required, Name: names[0], OneOf: names})
	return true
}
