package jsonschema

import (
	"hash/maphash"
	"maps"
	"slices"
	"strconv"

	"realmconf/schema/tree"
)

// object checks the members of an object.
func (e *evaluation) object(s *Schema, o tree.Object, seen *evaluatedParts) bool {
	if !s.looksAtAllKeys() && len(s.Properties) < len(o) { // a schema of allOf may name one key of many
		ok := true
		for name := range s.Properties {
			if member, has := o[name]; has && (ok || !e.isQuiet) {
				ok = e.key(s, name, member, seen) && ok
			}
		}
		return (ok || !e.isQuiet) && e.keys(s, o) && ok
	}
	ok := true
	for name, member := range o {
		if e.isQuiet && !ok || e.isOver() {
			return ok
		}
		ok = e.key(s, name, member, seen) && ok
	}
	return e.keys(s, o) && ok
}

// looksAtAllKeys reports whether a keyword may be about keys that the schema does not name.
func (s *Schema) looksAtAllKeys() bool {
	return len(s.PatternProperties) > 0 || s.Additional != nil || s.Names != nil
}

// key checks a key of an object and its member.
func (e *evaluation) key(s *Schema, name string, member any, seen *evaluatedParts) bool {
	ok, isKnown := true, false
	if p := s.Properties[name]; p != nil {
		isKnown = true
		if p.Never {
			ok = e.reportAt(name, s, Violation{Keyword: Excluded})
		} else {
			ok = e.member(p, name, member) && ok
		}
	}
	for _, p := range s.PatternProperties {
		if e.isOver() {
			return true
		}
		if e.matches(p.Pattern, name) {
			isKnown = true
			ok = e.member(p.Schema, name, member) && ok
		}
	}
	if !isKnown && s.Additional != nil {
		ok = e.member(s.Additional, name, member) && ok
		isKnown = true
	}
	if isKnown && e.doc.isTracked {
		seen.name(name)
	}
	if s.Names != nil && !e.isName(s.Names, name) {
		ok = e.reportAt(name, s, Violation{Keyword: Names, Name: name})
	}
	return ok
}

// isName reports whether a schema allows a name. A name has a place of its own, unlike
// the value of the member.
func (e *evaluation) isName(s *Schema, name string) bool {
	place := e.place
	e.place = ^mix(place, maphash.String(e.seed, name))
	is, _ := e.test(s, name)
	e.place = place
	return is
}

// reportAt reports a violation at the place of a member or an entry.
func (e *evaluation) reportAt(token string, s *Schema, v Violation) bool {
	e.at = append(e.at, token)
	e.report(s, v)
	e.at = e.at[:len(e.at)-1]
	return false
}

// keys checks which keys an object has, and how many.
func (e *evaluation) keys(s *Schema, o tree.Object) bool {
	ok := true
	e.spend(len(s.Required))
	for _, name := range s.Required {
		if _, has := o[name]; !has {
			ok = e.report(s, Violation{Keyword: Required, Name: name})
		}
	}
	for _, given := range slices.Sorted(maps.Keys(s.DependentRequired)) {
		if _, has := o[given]; !has {
			continue
		}
		e.spend(len(s.DependentRequired[given]))
		for _, name := range s.DependentRequired[given] {
			if _, has := o[name]; !has {
				ok = e.report(s, Violation{Keyword: Dependent, Name: name, Because: given})
			}
		}
	}
	return e.limits(s, len(o), s.MinProperties, s.MaxProperties, MinProperties, MaxProperties) && ok
}

func (e *evaluation) limits(s *Schema, n int, least, most Limit, below, above Keyword) bool {
	ok := true
	if least.IsSet && int64(n) < least.N {
		ok = e.report(s, Violation{Keyword: below, Limit: least.N})
	}
	if most.IsSet && int64(n) > most.N {
		ok = e.report(s, Violation{Keyword: above, Limit: most.N})
	}
	return ok
}

// list checks the entries of a list.
func (e *evaluation) list(s *Schema, list []any, seen *evaluatedParts) bool {
	ok := e.limits(s, len(list), s.MinItems, s.MaxItems, MinItems, MaxItems)
	for i, entry := range list {
		if e.isQuiet && !ok || e.isOver() {
			return ok
		}
		switch {
		case i < len(s.Prefix):
			ok = e.member(s.Prefix[i], strconv.Itoa(i), entry) && ok
		case s.Items != nil:
			ok = e.member(s.Items, strconv.Itoa(i), entry) && ok
		}
	}
	seen.first = max(seen.first, min(len(s.Prefix), len(list)))
	seen.allItems = seen.allItems || s.Items != nil
	if s.Unique {
		e.spend(4 * size(list)) // for the memory, too
		if i, has := repeated(list); has {
			ok = e.reportAt(strconv.Itoa(i), s, Violation{Keyword: Unique})
		}
	}
	if s.Contains != nil {
		ok = e.contains(s, list, seen) && ok
	}
	return ok
}

// repeated returns the first entry that is equal to an earlier one.
func repeated(list []any) (int, bool) {
	seen := tree.NewValueSet(nil)
	for i, v := range list {
		if !seen.Add(v) {
			return i, true
		}
	}
	return 0, false
}

func (e *evaluation) contains(s *Schema, list []any, seen *evaluatedParts) bool {
	count := int64(0)
	for i, entry := range list {
		place := e.place
		e.place = mix(place, uint64(i)+1<<32)
		is, _ := e.test(s.Contains, entry)
		e.place = place
		if is {
			count++
			if e.doc.isTracked && s.containsEvaluates {
				seen.entry(i)
			}
		}
	}
	least := int64(1)
	if s.MinContains.IsSet {
		least = s.MinContains.N
	}
	switch {
	case count < least:
		return e.report(s, Violation{Keyword: Contains, Limit: least})
	case s.MaxContains.IsSet && count > s.MaxContains.N:
		return e.report(s, Violation{Keyword: MaxContains, Limit: s.MaxContains.N})
	}
	return true
}
