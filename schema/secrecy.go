package schema

import (
	"slices"

	"realmconf/schema/internal/jsonschema"
)

// secrecy is how much of a place of a loaded schema is secret, and why. The type that the
// schema has there takes nothing of it away: a schema may be wrong, or that of another
// version, and the file has the secret all the same.
type secrecy int

const (
	isPublic        secrecy = iota
	hidesMisfits            // the name says secret, and the schema wants no text there: texts and numbers that it does not have are hidden
	hidesTexts              // the name says secret: texts are hidden
	hidesNumbers            // the name is that of a secret: texts and numbers are hidden
	hidesEverything         // the schema or the person says so
)

// hides reports whether a value at this place is a secret. Of a place that is one by its
// name alone, everybody knows the values that the schema lists.
func (p *nodeSource) hides(n *Node, v any) bool {
	level := p.around.here
	switch v := v.(type) {
	case string:
		if level == isPublic || v == "" || isReference(v) {
			return false
		}
		return level == hidesEverything || !slices.Contains(n.Enum, any(v))
	case bool:
		return level == hidesEverything
	case int64, uint64, float64:
		return level >= hidesNumbers || level == hidesMisfits && !n.accepts("number") && !n.accepts("integer")
	}
	return false
}

// secrecyOf fills in how much of a place is secret. A place that the name alone makes a
// secret and that holds none if it is as the schema wants has no class for that.
func (n *Node) secrecyOf(p *nodeSource) {
	around := &p.around
	if said, has := p.saysSecret(); has {
		around.decide(said)
	}
	n.MayHoldAddress = true
	if marked, has := around.marks.decision(); has {
		around.decide(marked)
		n.MayHoldAddress = marked
	}
	if around.here == hidesTexts || around.here == hidesNumbers {
		isText, isSection := p.builder.mayBeSecretText(p.alternatives)
		isNumber := around.here == hidesNumbers && (n.accepts("number") || n.accepts("integer"))
		if !isText && !isSection && !isNumber {
			around.here = hidesMisfits
		}
	}
	if n.MayHoldSecret = around.here != isPublic; around.here > hidesMisfits {
		n.Risk |= NewRiskSet(RiskSecret)
	}
}

// decide makes a place and all places below it secret, or public.
func (c *circumstances) decide(isSecret bool) {
	c.here, c.below, c.belowNamed = isPublic, isPublic, belowNone
	if isSecret {
		c.here, c.below = hidesEverything, hidesEverything
	}
}

// inside returns the circumstances of a member or an entry, before its name counts.
func (c circumstances) inside(token string) circumstances {
	return circumstances{risk: c.risk, here: c.below, below: c.below, marks: c.marks.below(token)}
}

// insideNamed returns the circumstances of a member of a name, which has one of some
// schemas.
func (b *builder) insideNamed(around circumstances, isListed bool, lists [][]*jsonschema.Schema, name string) circumstances {
	c := around.inside(name)
	if c.below == hidesEverything {
		return c
	}
	isText, isSection := b.mayBeSecretText(lists)
	isQuantity := !isText && !isSection && b.wantsNumber(lists)
	says := secretNameOf(name)
	switch {
	case says == suggestsSecret && isQuantity:
		c.here, c.below = isPublic, isPublic
	case says == suggestsSecret:
		c.raise(hidesTexts, isText) // [token_store] may have an address and a size
	case says == namesSecret:
		c.raise(hidesNumbers, true)
	case c.here == hidesNumbers && (isQuantity || isQuantityName(name)):
		c.here = hidesTexts
	}
	if c.belowNamed = secretsBelowName(name); c.belowNamed != belowNone {
		c.raise(hidesTexts, false)
	}
	if around.belowNamed != belowNone && !isListed {
		if isText {
			c.raise(hidesTexts, around.belowNamed == belowAtDepth)
		} else {
			c.raise(hidesMisfits, false)
		}
	}
	return c
}

// raise makes a place at least as secret as a level, with all places below it or alone.
func (c *circumstances) raise(level secrecy, withBelow bool) {
	c.here = max(c.here, level)
	if withBelow {
		c.below = max(c.below, level)
	}
}

// wantsNumber reports whether each of some alternatives has a number or a boolean, and
// nothing else.
func (b *builder) wantsNumber(alternatives [][]*jsonschema.Schema) bool {
	for _, list := range alternatives {
		for _, so := range b.flatten(list) {
			isOther := func(name string) bool {
				return name != "number" && name != "integer" && name != "boolean" && name != "null"
			}
			if so.enum != nil || so.types == nil || slices.ContainsFunc(so.types, isOther) {
				return false
			}
		}
	}
	return true
}

// mayBeSecretText reports whether a place may hold a text, or texts in a list or under
// names of a person's choice. A section with keys of its own is no secret as a whole,
// but a text in its place is one.
func (b *builder) mayBeSecretText(alternatives [][]*jsonschema.Schema) (isText, isSection bool) {
	for _, list := range alternatives {
		for _, so := range b.flatten(list) {
			if so.enum != nil {
				continue // everybody knows the values
			}
			hasKeys := slices.ContainsFunc(so.schemas, func(s *jsonschema.Schema) bool { return len(s.Properties) > 0 })
			if so.types == nil && hasKeys {
				isSection = true
				continue
			}
			isMap := so.accepts("object") && !hasKeys
			if so.accepts("string") || so.types != nil && isMap || so.accepts("array") {
				return true, false
			}
			isSection = isSection || so.accepts("object")
		}
	}
	return false, isSection
}

// saysSecret returns whether the schemas of a place say that it holds a secret, and
// whether they say anything.
func (p *nodeSource) saysSecret() (isSecret, says bool) {
	for _, so := range p.shapes {
		for _, s := range so.schemas {
			switch v, has := s.Source["x-secret"]; {
			case has:
				return v != false, true
			case s.Source["writeOnly"] == true, s.Format == "password":
				isSecret, says = true, true
			}
		}
	}
	return isSecret, says
}
