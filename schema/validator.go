package schema

import (
	"math"
	"math/big"
	"slices"
	"strconv"

	"realmconf/schema/tree"
)

// keyword is a keyword of JSON Schema that a value can violate.
type keyword string

const (
	keywordType       keyword = "type"
	keywordEnum       keyword = "enum"
	keywordFormat     keyword = "format"
	keywordMinimum    keyword = "minimum"
	keywordMaximum    keyword = "maximum"
	keywordRequired   keyword = "required"
	keywordAdditional keyword = "additionalProperties"
	keywordAnyOf      keyword = "anyOf" // an object that has none of the keys that select a branch
)

// violation is one mistake in a value: a keyword of the schema that it does not
// fulfil. It shows nothing of the value but names of keys.
type violation struct {
	at      tree.Pointer // overwritten later
	keyword keyword
	name    string // additionalProperties: the unknown key; required: the missing key
}

// validator finds every violation in one value.
type validator struct {
	model *Model
	found func(violation)
	at    tree.Pointer // the place of the value; overwritten later
}

// validate calls found for each violation in a configuration.
func (m *Model) validate(config tree.Object, found func(violation)) {
	v := validator{model: m, found: found, at: make(tree.Pointer, 0, usualDepth)}
	v.value(m.root, config)
}

func (v *validator) report(k keyword, name string) { v.found(violation{v.at, k, name}) }

// value checks one value. If its type is wrong, its parts are not checked.
func (v *validator) value(n *Node, value any) {
	if len(n.Types) > 0 && !slices.ContainsFunc(n.Types, func(name string) bool { return isOfType(value, name) }) {
		v.report(keywordType, "")
		return
	}
	if n.Enum != nil && !n.lists(value) {
		v.report(keywordEnum, "")
		return
	}
	switch value := value.(type) {
	case map[string]any:
		v.object(n, value)
	case []any:
		if n.Items != nil {
			for i, entry := range value {
				v.child(n.Items, strconv.Itoa(i), entry)
			}
		}
	case string:
		if n.Format == "" {
			return
		}
		f, _ := v.model.textFormat(n.Format)
		if err := f.Check(value); err != nil {
			v.report(keywordFormat, "")
		}
	case int64, uint64, float64:
		if n.Minimum != nil && compare(value, n.Minimum) < 0 {
			v.report(keywordMinimum, "")
		}
		if n.Maximum != nil && compare(value, n.Maximum) > 0 {
			v.report(keywordMaximum, "")
		}
	}
}

// lists reports whether the enum has a value, or another spelling of it.
func (n *Node) lists(value any) bool {
	if s, isText := value.(string); isText {
		if _, isAlias := find(n.ValueAliases, s); isAlias {
			return true
		}
	}
	return slices.ContainsFunc(n.Enum, func(e any) bool { return tree.Equal(value, e) })
}

func (v *validator) object(n *Node, o tree.Object) {
	if form := n.formFor(o); !form.IsLoose {
		n = form
	} else if n.Union.Tag == "" {
		v.report(keywordAnyOf, "")
	}
	for _, p := range n.Properties {
		if _, has := o[p.Name]; !has && p.Node.IsRequired {
			v.report(keywordRequired, p.Name)
		}
	}
	for name, member := range o {
		own := name
		if canonical, isAlias := n.canonicalKey(name); isAlias {
			own = canonical
		}
		if c := n.property(own); c != nil {
			v.child(c, name, member)
		} else if n.IsClosed {
			v.report(keywordAdditional, name)
		} else if n.Additional != nil {
			v.child(n.Additional, name, member)
		}
	}
}

func (v *validator) child(n *Node, token string, value any) {
	v.at = append(v.at, token)
	v.value(n, value)
	v.at = v.at[:len(v.at)-1]
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
	panic("schema: a limit is not a number")
}
