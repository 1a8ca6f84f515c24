package main

import (
	"fmt"
	"reflect"

	"github.com/invopop/jsonschema"

	"realmconf/schema/meerkat"
)

// branch is one branch of a union: a field of its struct.
type branch struct {
	field reflect.StructField
	value string // of the tag, for case; the key that decides, for with
}

// branches returns the fields of a union that are its branches, and whether a tag
// selects them.
func branches(t reflect.Type) (list []branch, tagged bool) {
	for f := range t.Fields() {
		if v, ok := f.Tag.Lookup("case"); ok {
			list, tagged = append(list, branch{f, v}), true
		}
		if v, ok := f.Tag.Lookup("with"); ok {
			list = append(list, branch{f, v})
		}
	}
	return list, tagged
}

// union returns the schema of a union: the keys of all branches, and an if and a
// then for each. Every then repeats the names of the common members, so that it can
// be closed, and a wrong key is reported once and in its place.
func (g generator) union(t reflect.Type, list []branch, tagged bool) *jsonschema.Schema {
	s := g.reflect(t, t)
	s.AdditionalProperties = nil
	tag := tagOf(t)
	if tagged != (tag != "") {
		panic(fmt.Sprintf("%s: a union with case has one field of type Tag, one with with has none", t.Name()))
	}
	var values []any
	for i, b := range list {
		values = append(values, b.value)
		then := g.reflect(b.field.Type, nil)
		then.Description = g.comments[t.Name()+"."+b.field.Name]
		for p := s.Properties.Oldest(); p != nil; p = p.Next() {
			if _, own := then.Properties.Get(p.Key); own {
				panic(fmt.Sprintf("%s: %s has a field %s, and so have all branches", t.Name(), b.field.Name, p.Key))
			}
			then.Properties.Set(p.Key, jsonschema.TrueSchema)
		}
		s.AllOf = append(s.AllOf, &jsonschema.Schema{If: condition(tag, list[:i+1]), Then: then})
		if !tagged {
			s.AnyOf = append(s.AnyOf, &jsonschema.Schema{Required: []string{b.value}})
		}
	}
	if tagged {
		s.Extras = map[string]any{"x-tag": tag}
		p, _ := s.Properties.Get(tag)
		p.Enum = values
	}
	return s
}

// condition returns the if of the last branch of a list.
func condition(tag string, list []branch) *jsonschema.Schema {
	last := list[len(list)-1].value
	if tag != "" {
		properties := jsonschema.NewProperties()
		properties.Set(tag, &jsonschema.Schema{Const: last})
		return &jsonschema.Schema{Properties: properties, Required: []string{tag}}
	}
	is := &jsonschema.Schema{Required: []string{last}}
	for _, b := range list[:len(list)-1] {
		is.Not = &jsonschema.Schema{AnyOf: append(anyOf(is.Not), &jsonschema.Schema{Required: []string{b.value}})}
	}
	return is
}

func anyOf(s *jsonschema.Schema) []*jsonschema.Schema {
	if s == nil {
		return nil
	}
	return s.AnyOf
}

// tagOf returns the key of a struct's field of type Tag, or "".
func tagOf(t reflect.Type) string {
	for f := range t.Fields() {
		if f.Type == reflect.TypeFor[meerkat.Tag]() {
			return f.Tag.Get("json")
		}
	}
	return ""
}

// outputSchema returns the schema of an output schema: a table of a few keys, or
// any JSON Schema. Which of them it is depends on all keys together.
func (g generator) outputSchema(t reflect.Type) *jsonschema.Schema {
	then := g.reflect(t, t)
	var names []any
	for p := then.Properties.Oldest(); p != nil; p = p.Next() {
		names = append(names, p.Key)
	}
	format := jsonschema.NewProperties()
	format.Set("format", &jsonschema.Schema{Const: "meerkat_v1"})
	return &jsonschema.Schema{
		Type:        "object",
		Description: aboutType(t.Name(), g.comments[t.Name()]),
		If: &jsonschema.Schema{
			Required: []string{"schema"},
			AnyOf: []*jsonschema.Schema{
				{Properties: format, Required: []string{"format"}},
				{PropertyNames: &jsonschema.Schema{Enum: names}},
			},
		},
		Then:   then,
		Extras: map[string]any{"x-form": "output-schema"},
	}
}
