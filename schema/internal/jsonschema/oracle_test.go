package jsonschema

import (
	"maps"
	"slices"
	"testing"

	oracle "github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"realmconf/schema/tree"
)

// drawSchema draws a schema of a draft. mayRefer says that it may refer to the root and
// to definitions: only where a part of the value is meant, since a schema that leads
// back to itself for the same value has no defined meaning.
func drawSchema(t *rapid.T, d draft, depth int, mayRefer bool) any {
	here := func() any { return drawSchema(t, d, depth-1, mayRefer) }
	below := func() any { return drawSchema(t, d, depth-1, true) }
	if mayRefer && rapid.IntRange(0, 4).Draw(t, "refers") == 0 {
		return tree.Object{"$ref": rapid.SampledFrom([]any{"#", "#/definitions/d", "#/definitions/e"}).Draw(t, "ref")}
	}
	if depth <= 0 || rapid.IntRange(0, 9).Draw(t, "simple") == 0 {
		return rapid.SampledFrom([]any{tree.Object{}, tree.Object{"type": "string"}, tree.Object{"type": "integer"}, tree.Object{"type": []any{"object", "null"}}}).Draw(t, "leaf")
	}
	number := func() any { return rapid.SampledFrom([]any{int64(0), int64(1), int64(2), 1.5}).Draw(t, "number") }
	length := func() any { return rapid.SampledFrom([]any{int64(0), int64(1), int64(2)}).Draw(t, "length") }
	names := func() any {
		return rapid.SampledFrom([]any{[]any{"a"}, []any{"b", "c"}, []any{"a", "b"}}).Draw(t, "names")
	}
	members := func() any { return tree.Object{"a": below(), "b": below()} }
	keywords := map[string]func() any{
		"type": func() any {
			return rapid.SampledFrom([]any{"object", "array", "string", "integer", "number", "boolean"}).Draw(t, "type")
		},
		"enum":       func() any { return []any{"a", int64(1), tree.Object{"a": int64(1)}} },
		"properties": members, "additionalProperties": below, "required": names, "items": below, "not": here,
		"patternProperties": func() any { return tree.Object{"^a": below(), "b|c": below()} },
		"allOf":             func() any { return []any{here(), here()} }, "anyOf": func() any { return []any{here(), here()} }, "oneOf": func() any { return []any{here(), here()} },
		"minimum": number, "maximum": number, "minLength": length, "maxLength": length, "minItems": length, "maxItems": length,
		"minProperties": length, "maxProperties": length, "uniqueItems": func() any { return true }, "multipleOf": func() any { return 0.5 },
		"pattern": func() any { return rapid.SampledFrom([]any{"^a", "b$", "[0-9]+"}).Draw(t, "pattern") },
	}
	if d == draft4 {
		keywords["exclusiveMinimum"] = func() any { return true }
	} else {
		keywords["exclusiveMinimum"], keywords["const"], keywords["contains"], keywords["propertyNames"] = number, number, below, below
	}
	if d <= draft2019 {
		keywords["items"] = func() any { return rapid.SampledFrom([]any{below(), []any{below(), below()}}).Draw(t, "items") }
		keywords["additionalItems"] = below
	}
	if d <= draft7 {
		keywords["dependencies"] = func() any { return tree.Object{"a": names(), "b": here()} }
	}
	if d >= draft7 {
		keywords["if"], keywords["then"], keywords["else"] = here, here, here
	}
	if d >= draft2019 {
		keywords["dependentRequired"] = func() any { return tree.Object{"a": names()} }
		keywords["dependentSchemas"] = func() any { return tree.Object{"b": here()} }
		keywords["unevaluatedProperties"], keywords["unevaluatedItems"], keywords["minContains"], keywords["maxContains"] = below, below, length, length
	}
	o := tree.Object{}
	for range rapid.IntRange(1, 4).Draw(t, "keywords") {
		keyword := rapid.SampledFrom(sortedKeys(keywords)).Draw(t, "keyword")
		o[keyword] = keywords[keyword]()
	}
	if d == draft4 && o["exclusiveMinimum"] != nil {
		o["minimum"] = number()
	}
	return o
}

func drawValue(t *rapid.T, depth int) any {
	kinds := []string{"text", "number", "bool"}
	if depth > 0 {
		kinds = append(kinds, "object", "object", "list")
	}
	switch rapid.SampledFrom(kinds).Draw(t, "kind") {
	case "object":
		o := tree.Object{}
		for range rapid.IntRange(0, 3).Draw(t, "members") {
			o[rapid.SampledFrom([]string{"a", "b", "c", "ab"}).Draw(t, "name")] = drawValue(t, depth-1)
		}
		return o
	case "list":
		list := []any{}
		for range rapid.IntRange(0, 3).Draw(t, "entries") {
			list = append(list, drawValue(t, depth-1))
		}
		return list
	case "number":
		return rapid.SampledFrom([]any{int64(0), int64(1), int64(3), 1.5, 2.0}).Draw(t, "value")
	case "bool":
		return rapid.Bool().Draw(t, "value")
	}
	return rapid.SampledFrom([]string{"", "a", "b1", "abc"}).Draw(t, "value")
}

// TestFind_oracle draws schemas of each draft and values: they are valid here if another
// implementation finds them valid.
func TestFind_oracle(t *testing.T) {
	for d, address := range map[draft]string{
		draft4: "http://json-schema.org/draft-04/schema#", draft6: "http://json-schema.org/draft-06/schema#", draft7: "http://json-schema.org/draft-07/schema#",
		draft2019: "https://json-schema.org/draft/2019-09/schema", draft2020: "https://json-schema.org/draft/2020-12/schema",
	} {
		t.Run(address, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				root, isObject := drawSchema(t, d, 3, false).(tree.Object)
				if !isObject {
					return
				}
				root["$schema"] = address
				root["definitions"] = tree.Object{"d": drawSchema(t, d, 2, false), "e": drawSchema(t, d, 1, false)}
				text := tree.Append(nil, root)
				c := oracle.NewCompiler()
				if err := c.AddResource("file:///schema.json", root); err != nil {
					t.Fatal(err)
				}
				theirs, err := c.Compile("file:///schema.json")
				if err != nil {
					t.Fatalf("%s: %v", text, err)
				}
				compiled, err := Compile(text, Options{})
				if err != nil {
					t.Fatalf("%s: %v", text, err)
				}
				for range 5 {
					v := drawValue(t, 3)
					err := theirs.Validate(v)
					count := 0
					compiled.Find(v, func(Violation) { count++ })
					if (count == 0) != (err == nil) {
						t.Fatalf("%s with %s: %d violations, the other implementation: %v", text, tree.Append(nil, v), count, err)
					}
				}
			})
		})
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
