package schema

import (
	"fmt"
	"slices"
	"sync"

	"realmconf/schema/tree"
)

// constraint is what one schema object asks of a value. It is read from the
// object when the first value comes to it: most configurations come to few
// parts of a schema.
type constraint struct {
	source tree.Object
	read   sync.Once

	types      []string
	enum       []any // nil: any value
	constant   any
	isConstant bool
	format     string
	least      any // int64, uint64 or float64; nil for no limit
	most       any
	lengths    map[string]int64 // minLength, maxLength (in characters), minItems, maxItems

	required   []string
	properties map[string]*constraint // nil for a property that may be anything
	closed     bool                   // there may be no others
	additional *constraint            // of the others; nil: they may be anything
	names      *constraint            // of the properties' names
	items      *constraint

	not            *constraint
	all, any       []*constraint
	when           *constraint
	then, whenNone *constraint
}

// violation is one thing that is wrong with a value: a keyword of the schema
// that it does not fulfil. It shows nothing of the value but names of keys.
type violation struct {
	at      tree.Pointer
	keyword string
	names   []string // additionalProperties: those that nobody knows; required: those that are missing
	limit   any      // minimum and maximum
	format  string   // format, and why the text has another one; the error is ours
	why     error
}

// newConstraint is a schema's, nil for true.
func newConstraint(schema any) *constraint {
	switch s := known(schema).(type) {
	case map[string]any:
		return &constraint{source: s}
	case bool:
		if s {
			return nil
		}
	}
	panic(fmt.Sprintf("schema: %v is no schema that is understood here", schema))
}

// ready is the constraint, read.
func (c *constraint) ready() *constraint {
	c.read.Do(func() {
		for keyword, v := range c.source {
			c.readKeyword(keyword, v)
		}
		// The other names of keys and values are right too.
		other, _ := c.source["x-value-alias"].(map[string]any)
		for value := range other {
			if c.enum != nil {
				c.enum = append(c.enum, value)
			}
		}
	})
	return c
}

// readKeyword understands what a configuration's schema may use of JSON Schema
// 2020-12, and takes anything else for a mistake of the program: what is not
// understood would not be checked.
func (c *constraint) readKeyword(keyword string, v any) {
	switch keyword {
	case "type":
		if name, ok := v.(string); ok {
			c.types = []string{name}
		} else {
			c.types = texts(v.([]any))
		}
	case "enum":
		c.enum = slices.Clone(v.([]any))
	case "const":
		c.constant, c.isConstant = v, true
	case "format":
		c.format = v.(string)
	case "minimum":
		c.least = v
	case "maximum":
		c.most = v
	case "minLength", "maxLength", "minItems", "maxItems":
		if c.lengths == nil {
			c.lengths = make(map[string]int64)
		}
		c.lengths[keyword] = v.(int64)
	case "required":
		c.required = texts(v.([]any))
	case "properties":
		c.readProperties(v.(map[string]any))
	case "additionalProperties":
		if c.closed = v == false; !c.closed {
			c.additional = newConstraint(v)
		}
	case "propertyNames":
		c.names = newConstraint(v)
	case "items":
		c.items = newConstraint(v)
	case "not":
		c.not = newConstraint(v)
	case "allOf":
		c.all = newConstraints(known(v).([]any))
	case "anyOf":
		c.any = newConstraints(known(v).([]any))
	case "if":
		c.when = newConstraint(v)
	case "then":
		c.then = newConstraint(v)
	case "else":
		c.whenNone = newConstraint(v)
	default:
		if !silent(keyword) {
			panic("schema: nobody checks the keyword " + keyword)
		}
	}
}

func (c *constraint) readProperties(properties tree.Object) {
	c.properties = make(map[string]*constraint, len(properties))
	for name, v := range properties {
		p := newConstraint(v)
		c.properties[name] = p
		if p == nil {
			continue
		}
		for _, other := range otherNames(p.source) {
			c.properties[other] = p
		}
	}
}

func newConstraints(schemas []any) []*constraint {
	var list []*constraint
	for _, s := range schemas {
		list = append(list, newConstraint(s))
	}
	return list
}
