package jsonschema

import (
	"cmp"
	"math"
	"math/big"
	"slices"
	"strconv"
	"unicode/utf8"

	"realmconf/schema/tree"
)

// assertions checks the keywords about the value itself.
func (e *evaluation) assertions(s *Schema, v any) bool {
	ok := true
	if s.Types != nil && !slices.ContainsFunc(s.Types, func(name string) bool { return IsOfType(v, name) }) {
		ok = e.report(s, Violation{Keyword: Type, Types: s.Types})
	}
	if s.Enum != nil && !e.lists(s.Enum, s.enumSet, v) {
		ok = e.report(s, Violation{Keyword: Enum, Allowed: s.Enum})
	}
	if s.AlsoEnum != nil && !e.lists(s.AlsoEnum, s.alsoEnumSet, v) {
		ok = e.report(s, Violation{Keyword: Enum, Allowed: s.AlsoEnum})
	}
	switch v := v.(type) {
	case string:
		return e.text(s, v) && ok
	case int64, uint64, float64:
		return e.number(s, v) && ok
	}
	return ok
}

// lists reports whether a list has a value. set has the same values, nil if they are few.
func (e *evaluation) lists(list []any, set *tree.ValueSet, v any) bool {
	if set != nil {
		e.spend(size(v))
		return set.Has(v)
	}
	e.spend(len(list))
	return slices.ContainsFunc(list, func(a any) bool { return tree.Equal(v, a) })
}

// size returns how many steps it takes to go through a value.
func size(v any) int {
	n := 1
	switch v := v.(type) {
	case string:
		n += len(v) / 16
	case []any:
		for _, e := range v {
			n += size(e)
		}
	case map[string]any:
		for name, e := range v {
			n += len(name)/16 + size(e)
		}
	}
	return n
}

// setOf returns a set of the values of an enum, nil if they are few.
func setOf(list []any) *tree.ValueSet {
	const few = 8
	if len(list) <= few {
		return nil
	}
	return tree.NewValueSet(list)
}

func (e *evaluation) text(s *Schema, v string) bool {
	ok := true
	if s.MinLength.IsSet || s.MaxLength.IsSet {
		e.spend(size(v))
		ok = e.limits(s, utf8.RuneCountInString(v), s.MinLength, s.MaxLength, MinLength, MaxLength)
	}
	if s.Pattern != nil && !e.matches(s.Pattern, v) {
		ok = e.report(s, Violation{Keyword: PatternMismatch})
	}
	if s.Format != "" && !e.hasFormat(s.Format, v) {
		ok = e.report(s, Violation{Keyword: Format})
	}
	return ok
}

// number checks a number. NaN is not below or above any limit, and a multiple of
// nothing; an infinite number is beyond every limit on its side.
func (e *evaluation) number(s *Schema, v any) bool {
	ok := true
	for _, limit := range []struct {
		n       any
		keyword Keyword
		fits    func(order int) bool
	}{
		{s.Minimum, Minimum, func(order int) bool { return order >= 0 }},
		{s.Maximum, Maximum, func(order int) bool { return order <= 0 }},
		{s.ExclusiveMinimum, ExclusiveMinimum, func(order int) bool { return order > 0 }},
		{s.ExclusiveMaximum, ExclusiveMaximum, func(order int) bool { return order < 0 }},
	} {
		if limit.n == nil || isNaN(v) {
			continue
		}
		if !limit.fits(compareNumbers(v, limit.n)) {
			ok = e.report(s, Violation{Keyword: limit.keyword, Limit: limit.n})
		}
	}
	if s.MultipleOf != nil && !e.isMultiple(v, s.MultipleOf) {
		ok = e.report(s, Violation{Keyword: MultipleOf, Limit: s.MultipleOf})
	}
	return ok
}

// matches is Match, and counts the work.
func (e *evaluation) matches(p *Pattern, text string) bool {
	if e.spend(stepsOfPattern + 4*len(text)); e.isOver() {
		return true
	}
	is, steps := p.Match(text, (e.maxSteps-e.steps)*stepsOfMachine)
	e.spend(steps / stepsOfMachine)
	return is || e.isOver()
}

func isNaN(v any) bool {
	f, isFloat := v.(float64)
	return isFloat && math.IsNaN(f)
}

// IsOfType reports whether a value is of one of JSON Schema's types, for which 1.0 is
// an integer.
func IsOfType(v any, name string) bool {
	switch v := v.(type) {
	case nil:
		return name == "null"
	case bool:
		return name == "boolean"
	case string:
		return name == "string"
	case int64, uint64:
		return name == "integer" || name == "number"
	case float64:
		return name == "number" || name == "integer" && v == math.Trunc(v) && !math.IsInf(v, 0)
	case []any:
		return name == "array"
	case map[string]any:
		return name == "object"
	}
	return false
}

// compareNumbers orders two numbers exactly; an infinite one is beyond all others.
func compareNumbers(a, b any) int {
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
	if f, ok := a.(float64); ok && math.IsInf(f, 0) {
		return int(math.Copysign(1, f))
	}
	if x, isExact := asFloat(a); isExact {
		if y, isExact := asFloat(b); isExact {
			return cmp.Compare(x, y)
		}
	}
	return rational(a).Cmp(rational(b))
}

// asFloat returns a number as a floating point number, and whether it is that one exactly.
func asFloat(n any) (f float64, isExact bool) {
	switch n := n.(type) {
	case float64:
		return n, true
	case int64:
		const most = 1 << 53
		return float64(n), -most <= n && n <= most
	}
	return 0, false
}

// isMultiple reports whether a number is a whole multiple of another one, as they are
// written: 0.3 is one of 0.1.
func (e *evaluation) isMultiple(v, of any) bool {
	if a, isInt := v.(int64); isInt {
		if b, isInt := of.(int64); isInt {
			return a%b == 0 // it is above 0
		}
	}
	e.spend(stepsOfQuotient)
	if f, ok := v.(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
		return false
	}
	return new(big.Rat).Quo(rational(v), rational(of)).IsInt()
}

// rational returns a number exactly as it is written.
func rational(n any) *big.Rat {
	switch n := n.(type) {
	case int64:
		return new(big.Rat).SetInt64(n)
	case uint64:
		return new(big.Rat).SetUint64(n)
	case float64:
		if r, ok := new(big.Rat).SetString(strconv.FormatFloat(n, 'g', -1, 64)); ok {
			return r
		}
	}
	return new(big.Rat)
}
