package schema

import (
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"realmconf/schema/tree"
)

// validator holds one value against constraints and finds everything that is
// wrong with it. JSON Schema in general has more keywords; those that our
// schemas use are few, and a library for all of them costs every start of the
// program more than all else that it does.
type validator struct {
	model *Model
	found func(violation) // nil: only whether anything is wrong is asked
	at    tree.Pointer    // where the value stands; written over later
}

// validate holds a whole value against a schema. The places of what is found
// are seen from there.
func (m *Model) validate(c *constraint, value any, found func(violation)) {
	v := validator{model: m, found: found}
	v.value(c, value)
}

// report notes a violation, and gives false for the caller to return.
func (v *validator) report(f violation) bool {
	if v.found != nil {
		f.at = slices.Clone(v.at)
		v.found(f)
	}
	return false
}

// value reports whether a value is right. A value of a wrong kind is not looked
// into.
func (v *validator) value(c *constraint, value any) bool {
	if c == nil {
		return true
	}
	c.ready()
	switch text, isText := value.(string); {
	case c.types != nil && !slices.ContainsFunc(c.types, func(name string) bool { return isOfType(value, name) }):
		return v.report(violation{keyword: "type"})
	case c.isConstant && !tree.Equal(value, c.constant):
		return v.report(violation{keyword: "const"})
	case c.enum != nil && !slices.ContainsFunc(c.enum, func(e any) bool { return tree.Equal(value, e) }):
		return v.report(violation{keyword: "enum"})
	case c.format != "":
		f, ok := v.model.textFormat(c.format)
		if !ok {
			panic("schema: no rule checks the format " + c.format)
		}
		if isText {
			if err := f.Check(text); err != nil {
				return v.report(violation{keyword: "format", format: c.format, why: err})
			}
		}
	}
	right := true
	switch value := value.(type) {
	case map[string]any:
		right = v.object(c, value)
	case []any:
		right = v.list(c, value)
	case string:
		right = v.length(c, "Length", utf8.RuneCountInString(value))
	case int64, uint64, float64:
		right = v.number(c, value)
	}
	if !right && v.found == nil {
		return false
	}
	return v.combinations(c, value) && right
}

func (v *validator) object(c *constraint, o tree.Object) bool {
	right := true
	var missing, unknown []string
	for _, name := range c.required {
		if _, ok := o[name]; !ok {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		right = v.report(violation{keyword: "required", names: missing})
	}
	for name, member := range o {
		if !right && v.found == nil {
			return false
		}
		below, listed := c.properties[name]
		switch {
		case listed:
		case c.closed:
			unknown = append(unknown, name)
			continue
		default:
			below = c.additional
		}
		right = v.child(below, name, member) && right
	}
	if unknown != nil {
		right = v.report(violation{keyword: "additionalProperties", names: unknown})
	}
	if c.names != nil {
		names := validator{model: v.model}
		for name := range o {
			if !names.value(c.names, name) {
				return v.report(violation{keyword: "propertyNames"})
			}
		}
	}
	return right
}

func (v *validator) list(c *constraint, list []any) bool {
	right := v.length(c, "Items", len(list))
	if c.items == nil {
		return right
	}
	for i, entry := range list {
		right = v.child(c.items, strconv.Itoa(i), entry) && right
	}
	return right
}

func (v *validator) child(c *constraint, token string, value any) bool {
	if c == nil {
		return true
	}
	v.at = append(v.at, token)
	right := v.value(c, value)
	v.at = v.at[:len(v.at)-1]
	return right
}

// length looks at the limits of how much there may be.
func (v *validator) length(c *constraint, of string, n int) bool {
	if c.lengths == nil {
		return true
	}
	right := true
	if limit, ok := c.lengths["min"+of]; ok && int64(n) < limit {
		right = v.report(violation{keyword: "min" + of})
	}
	if limit, ok := c.lengths["max"+of]; ok && int64(n) > limit {
		right = v.report(violation{keyword: "max" + of})
	}
	return right
}

func (v *validator) number(c *constraint, n any) bool {
	right := true
	if c.least != nil && compare(n, c.least) < 0 {
		right = v.report(violation{keyword: "minimum", limit: c.least})
	}
	if c.most != nil && compare(n, c.most) > 0 {
		right = v.report(violation{keyword: "maximum", limit: c.most})
	}
	return right
}

// combinations holds the value against the schemas that are about the whole of
// it.
func (v *validator) combinations(c *constraint, value any) bool {
	right := true
	quiet := validator{model: v.model}
	if c.not != nil && quiet.value(c.not, value) {
		right = v.report(violation{keyword: "not"})
	}
	for _, one := range c.all {
		right = v.value(one, value) && right
	}
	if c.any != nil && !slices.ContainsFunc(c.any, func(one *constraint) bool { return quiet.value(one, value) }) {
		right = v.report(violation{keyword: "anyOf"})
	}
	switch {
	case c.when == nil:
	case quiet.value(c.when, value):
		right = v.value(c.then, value) && right
	default:
		right = v.value(c.whenNone, value) && right
	}
	return right
}

// isOfType reports whether a value is of one of JSON Schema's types, for which
// 1.0 is an integer.
func isOfType(value any, name string) bool {
	switch value := value.(type) {
	case nil:
		return name == "null"
	case bool:
		return name == "boolean"
	case string:
		return name == "string"
	case int64, uint64:
		return name == "integer" || name == "number"
	case float64:
		return name == "number" || name == "integer" && value == math.Trunc(value)
	case []any:
		return name == "array"
	case map[string]any:
		return name == "object"
	}
	return false
}

// compare orders two finite numbers exactly.
func compare(a, b any) int {
	if x, ok := a.(int64); ok {
		if y, ok := b.(int64); ok {
			switch {
			case x < y:
				return -1
			case x > y:
				return 1
			}
			return 0
		}
	}
	return rational(a).Cmp(rational(b))
}

func rational(n any) *big.Rat {
	switch n := n.(type) {
	case int64:
		return new(big.Rat).SetInt64(n)
	case uint64:
		return new(big.Rat).SetUint64(n)
	case float64:
		return new(big.Rat).SetFloat64(n)
	}
	panic("schema: a limit is no number")
}

// silent reports whether a keyword says nothing about what is right.
func silent(keyword string) bool {
	switch keyword {
	case "$schema", "$id", "$comment", "title", "description", "default", "examples":
		return true
	}
	return strings.HasPrefix(keyword, "x-")
}
