package jsonschema

import (
	"hash/maphash"
	"maps"
	"math/bits"
	"slices"
	"strconv"

	"realmconf/schema/tree"
)

// Limits of a check. It ends after so much work, so that no schema and no configuration
// occupy a program for more than some seconds.
const (
	maxSteps     = 20_000_000 // see spend
	maxExplained = 4_000_000  // of these: later values that fit no branch have no further explanation
	maxDepth     = 5_000      // schemas that lead to each other, each with a keyword of its own
	maxResults   = 100_000    // of references that are kept
)

// Steps are about as long as a comparison of two short texts.
const (
	stepsOfCheck     = 5
	stepsOfViolation = 20
	stepsOfPattern   = 200 // and a few for each byte of the text, beside the work itself
	stepsOfFormat    = 10  // and some for each byte of the text
	stepsOfQuotient  = 100
	stepsOfMachine   = 2 // so many of those of a pattern are one here
)

// Find calls found for each violation in a value. The pointer is overwritten later.
func (d *Document) Find(v any, found func(Violation)) { d.find(v, maxSteps, found) }

func (d *Document) find(v any, most int, found func(Violation)) {
	e := evaluation{doc: d, maxSteps: most, seed: maphash.MakeSeed(), results: make(map[visit]result), running: make(map[visit]bool)}
	e.found = found
	e.check(d.Root, v)
	if e.isOver() {
		found(Violation{Keyword: TooLong, Schema: d.Root})
	}
}

// evaluation is the check of one value.
type evaluation struct {
	doc       *Document
	seed      maphash.Seed
	at        tree.Pointer // the place of the value
	place     uint64       // its hash
	scope     []*Schema    // the schemas that led here, each of another resource than the one before
	found     func(Violation)
	isQuiet   bool // only the result matters
	maxSteps  int
	steps     int
	depth     int
	explained int // the steps that explanations of anyOf and oneOf took

	record  *record          // of the reference that is followed, nil if there is none
	results map[visit]result // of references
	running map[visit]bool
}

// result is the outcome of a reference for a place.
type result struct {
	ok         bool
	seen       evaluatedParts // not changed any more
	violations *record        // if it was not quiet
}

// record is what a reference has reported, to be reported again where it is met again.
type record struct {
	own   []Violation
	below []*record // of the references inside of it
}

// each calls do for the violations, maxRepeated at most, and returns how many it may still
// be called for.
func (r *record) each(left int, do func(Violation)) int {
	for _, v := range r.own[:min(len(r.own), left)] {
		do(v)
		left--
	}
	for _, b := range r.below {
		if left > 0 {
			left = b.each(left, do)
		}
	}
	return left
}

// include adds the record of a reference inside of another one.
func (r *record) include(inner *record) {
	if r == nil || len(r.below) >= maxRepeated {
		return
	}
	for len(inner.own) == 0 && len(inner.below) == 1 {
		inner = inner.below[0]
	}
	if len(inner.own)+len(inner.below) > 0 {
		r.below = append(r.below, inner)
	}
}

// maxRepeated is how many violations a reference reports where it is met again.
const maxRepeated = 200

// visit is a schema that is checked for a place.
type visit struct {
	schema  *Schema
	place   uint64
	scope   uint64
	isQuiet bool
}

func (e *evaluation) report(s *Schema, v Violation) bool {
	if !e.isQuiet {
		v.At, v.Schema = e.at, s
		e.tell(v)
	}
	return false
}

// tell hands a violation on, and records it for the reference that is followed.
func (e *evaluation) tell(v Violation) {
	e.spend(stepsOfViolation)
	if e.record != nil && len(e.record.own) < maxRepeated {
		e.record.own = append(e.record.own, v.copied())
	}
	e.found(v)
}

// spend counts work. A check that has spent maxSteps is over: all that is left counts as
// valid, and the check reports TooLong.
func (e *evaluation) spend(steps int) { e.steps += steps }

func (e *evaluation) isOver() bool { return e.steps > e.maxSteps }

// test reports whether a value is valid, and reports no violation.
func (e *evaluation) test(s *Schema, v any) (bool, evaluatedParts) {
	was := e.isQuiet
	e.isQuiet = true
	ok, seen := e.check(s, v)
	e.isQuiet = was
	return ok, seen
}

// check checks a value. If nobody wants to know more than whether it is valid, it ends
// with the first violation.
func (e *evaluation) check(s *Schema, v any) (bool, evaluatedParts) {
	e.depth++
	ok, seen := e.keywords(s, v)
	e.depth--
	return ok, seen
}

func (e *evaluation) keywords(s *Schema, v any) (ok bool, seen evaluatedParts) {
	if e.spend(stepsOfCheck); e.isOver() {
		return true, seen
	}
	if e.depth > maxDepth {
		e.steps = e.maxSteps + 1
		return true, seen
	}
	if s.Never {
		return e.report(s, Violation{Keyword: Never}), seen
	}
	if e.doc.isDynamic && (len(e.scope) == 0 || e.scope[len(e.scope)-1].resource != s.resource) {
		e.scope = append(e.scope, s)
		defer func() { e.scope = e.scope[:len(e.scope)-1] }()
	}
	isOver := func() bool { return !ok && e.isQuiet }
	if ok = e.inPlace(s, v, &seen); isOver() {
		return ok, seen
	}
	if ok = e.assertions(s, v) && ok; isOver() {
		return ok, seen
	}
	if ok = e.branches(s, v, &seen) && ok; isOver() {
		return ok, seen
	}
	if ok = e.conditions(s, v, &seen) && ok; isOver() {
		return ok, seen
	}
	if ok = e.parts(s, v, &seen) && ok; isOver() {
		return ok, seen
	}
	return e.unevaluated(s, v, &seen) && ok, seen
}

// inPlace checks the schemas that a schema refers to, and those of allOf.
func (e *evaluation) inPlace(s *Schema, v any, seen *evaluatedParts) bool {
	ok := true
	follow := func(to *Schema, isRef bool) {
		var valid bool
		var its evaluatedParts
		if isRef {
			valid, its = e.reference(to, v)
		} else {
			valid, its = e.check(to, v)
		}
		seen.add(its)
		ok = ok && valid
	}
	if s.Ref != nil {
		follow(s.end, true)
	}
	if s.Dynamic != nil {
		follow(e.target(s.Dynamic), true)
	}
	for _, part := range s.AllOf {
		if ok || !e.isQuiet {
			follow(part, false)
		}
	}
	return ok
}

// reference checks the schema that a reference leads to. The same schema is checked
// once for a place; one that leads back to
// itself at the same place says nothing more.
func (e *evaluation) reference(s *Schema, v any) (bool, evaluatedParts) {
	key := visit{s, e.place, e.scopeHash(), e.isQuiet}
	if e.running[key] {
		return true, evaluatedParts{}
	}
	if known, has := e.results[key]; has {
		known.violations.each(maxRepeated, e.found)
		e.record.include(known.violations)
		return known.ok, known.seen
	}
	outer, own := e.record, new(record)
	e.record = own
	e.running[key] = true
	ok, seen := e.check(s, v)
	delete(e.running, key)
	e.record = outer
	outer.include(own)
	if len(e.results) < maxResults {
		e.results[key] = result{ok, seen, own}
	}
	return ok, seen
}

func (e *evaluation) scopeHash() uint64 {
	h := uint64(0)
	if e.doc.isDynamic {
		for _, s := range e.scope {
			h = mix(h, uint64(s.ID)+1)
		}
	}
	return h
}

// target returns the schema that a dynamic reference leads to: that of the outermost
// resource on the way that has the anchor.
func (e *evaluation) target(d *DynamicRef) *Schema {
	if d.isRoot {
		if d.Target.recursiveAnchor {
			for _, s := range e.scope {
				if root := e.doc.roots[s.resource]; root != nil && root.recursiveAnchor {
					return root
				}
			}
		}
		return d.Target
	}
	if d.anchor != "" {
		for _, s := range e.scope {
			if to := e.doc.dynamics[s.resource][d.anchor]; to != nil {
				return to
			}
		}
	}
	return d.Target
}

// conditions checks if, not and dependentSchemas.
func (e *evaluation) conditions(s *Schema, v any, seen *evaluatedParts) bool {
	ok := true
	if s.If != nil {
		is, its := e.test(s.If, v)
		next := s.Else
		if is {
			seen.add(its)
			next = s.Then
		}
		if next != nil {
			valid, its := e.check(next, v)
			seen.add(its)
			ok = ok && valid
		}
	}
	if s.Not != nil {
		if is, _ := e.test(s.Not, v); is {
			ok = e.report(s, Violation{Keyword: Not})
		}
	}
	if o, isObject := v.(map[string]any); isObject {
		for _, name := range slices.Sorted(maps.Keys(s.DependentSchemas)) {
			if _, has := o[name]; has {
				valid, its := e.check(s.DependentSchemas[name], v)
				seen.add(its)
				ok = ok && valid
			}
		}
	}
	return ok
}

// parts checks the members of an object and the entries of a list.
func (e *evaluation) parts(s *Schema, v any, seen *evaluatedParts) bool {
	switch v := v.(type) {
	case map[string]any:
		return e.object(s, v, seen)
	case []any:
		return e.list(s, v, seen)
	}
	return true
}

// unevaluated checks what no other keyword has looked at. It comes last.
func (e *evaluation) unevaluated(s *Schema, v any, seen *evaluatedParts) bool {
	ok := true
	if seen.isUnknown {
		return true // there is a violation already
	}
	switch v := v.(type) {
	case map[string]any:
		if s.Unevaluated == nil || seen.allNames {
			return true
		}
		names, _ := seen.all()
		for name, member := range v {
			if !names[name] {
				ok = e.member(s.Unevaluated, name, member) && ok
			}
		}
		seen.allNames = true
	case []any:
		if s.UnevaluatedItems == nil || seen.allItems {
			return true
		}
		_, entries := seen.all()
		for i := seen.first; i < len(v); i++ {
			if !entries[i] {
				ok = e.member(s.UnevaluatedItems, strconv.Itoa(i), v[i]) && ok
			}
		}
		seen.allItems = true
	}
	return ok
}

// member checks a member or an entry of the value. A key that may not be there is reported
// as unknown.
func (e *evaluation) member(s *Schema, token string, v any) bool {
	place := e.place
	e.at = append(e.at, token)
	e.place = mix(place, maphash.String(e.seed, token))
	ok := false
	if s.Never {
		ok = e.report(s, Violation{Keyword: Unknown})
	} else {
		ok, _ = e.check(s, v)
	}
	e.at, e.place = e.at[:len(e.at)-1], place
	return ok
}

// mix combines two hashes.
func mix(a, b uint64) uint64 {
	high, low := bits.Mul64(a^0x9e3779b97f4a7c15, b^0xd1b54a32d192ed03)
	return high ^ low ^ a
}

// copied returns a violation that stays as it is.
func (v Violation) copied() Violation {
	v.At = slices.Clone(v.At)
	return v
}
