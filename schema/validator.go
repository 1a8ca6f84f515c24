package schema

import (
	"errors"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"realmconf.io/realmconf/schema/tree"
)

// validator is a schema, compiled for each section by itself when a
// configuration has that section: to compile all takes longer than most first
// requests.
type validator struct {
	root     func() *jsonschema.Schema // where every section may be anything
	sections map[string]func() *jsonschema.Schema
}

// newValidator accepts the other names of keys and values too: a file that uses
// them is right.
func newValidator(schema tree.Object) *validator {
	root := withAliases(schema)
	v := &validator{sections: make(map[string]func() *jsonschema.Schema)}
	if properties, ok := root["properties"].(map[string]any); ok {
		open := make(tree.Object, len(properties))
		for name, section := range properties {
			open[name] = true
			v.sections[name] = sync.OnceValue(func() *jsonschema.Schema { return compile(section) })
		}
		root["properties"] = open
	}
	v.root = sync.OnceValue(func() *jsonschema.Schema { return compile(root) })
	return v
}

// validate gives each error with the section that it is in: a nil pointer for
// what is wrong with the sections' names.
func (v *validator) validate(config tree.Object, found func(in tree.Pointer, e *jsonschema.ValidationError)) {
	check := func(in tree.Pointer, schema *jsonschema.Schema, value any) {
		var invalid *jsonschema.ValidationError
		if err := schema.Validate(value); errors.As(err, &invalid) {
			found(in, invalid)
		} else if err != nil {
			panic("schema: the validator did not run: " + err.Error())
		}
	}
	check(nil, v.root(), config)
	for name, value := range config {
		if section := v.sections[name]; section != nil {
			check(tree.Pointer{name}, section(), value)
		}
	}
}

func compile(schema any) *jsonschema.Schema {
	const name = "config.schema.json"
	c := jsonschema.NewCompiler()
	// What the generator writes means the same in draft 7, which compiles
	// faster.
	c.DefaultDraft(jsonschema.Draft7)
	c.AssertFormat()
	for name, f := range formats() {
		c.RegisterFormat(&jsonschema.Format{Name: name, Validate: func(v any) error {
			if text, ok := v.(string); ok {
				return f.check(text)
			}
			return nil
		}})
	}
	if err := c.AddResource(name, schema); err != nil {
		panic("schema: " + err.Error())
	}
	return c.MustCompile(name)
}

// withAliases is a copy of a schema in which the other names of keys are
// properties, and the other spellings of values are in their enums. What says
// nothing to a validator is left out.
func withAliases(schema tree.Object) tree.Object {
	c := make(tree.Object, len(schema))
	for keyword, v := range schema {
		if silent(keyword) {
			continue
		}
		switch v := v.(type) {
		case map[string]any:
			if keyword == "properties" {
				c[keyword] = propertiesWithAliases(v)
			} else {
				c[keyword] = withAliases(v)
			}
		case []any:
			c[keyword] = branchesWithAliases(v)
		default:
			c[keyword] = v
		}
	}
	values, _ := schema["x-value-alias"].(map[string]any)
	enum, ok := c["enum"].([]any) // a copy
	if ok {
		for other := range values {
			enum = append(enum, other)
		}
		c["enum"] = enum
	}
	return c
}

// silent reports whether a keyword is for readers alone.
func silent(keyword string) bool {
	return keyword == "$schema" || keyword == "description" || keyword == "default" || strings.HasPrefix(keyword, "x-")
}

func propertiesWithAliases(properties tree.Object) tree.Object {
	c := make(tree.Object, len(properties))
	for name, v := range properties {
		o, ok := v.(map[string]any)
		if !ok { // true: what all branches of a union have
			c[name] = v
			continue
		}
		p := withAliases(o)
		c[name] = p
		for _, other := range otherNames(o) {
			c[other] = p
		}
	}
	return c
}

// branchesWithAliases is withAliases for each schema of a list such as allOf.
func branchesWithAliases(list []any) []any {
	c := make([]any, len(list))
	for i, v := range list {
		if o, ok := v.(map[string]any); ok {
			v = withAliases(o)
		}
		c[i] = v
	}
	return c
}
