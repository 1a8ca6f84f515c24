package schema_test

import (
	"fmt"
	"testing"

	"realmconf/schema"
	"realmconf/schema/tree"
	"realmconf/schema/tree/treetest"
)

// sized is a schema and a configuration of a size.
type sized func(n int) (schema, config tree.Object)

// keyed returns an object with n members.
func keyed(n int, name string, member func(i int) any) tree.Object {
	o := make(tree.Object, n)
	for i := range n {
		o[fmt.Sprintf(name, i)] = member(i)
	}
	return o
}

// counted returns a list of n entries.
func counted(n int, entry func(i int) any) []any {
	list := make([]any, n)
	for i := range list {
		list[i] = entry(i)
	}
	return list
}

func textOf(format string) func(i int) any { return func(i int) any { return fmt.Sprintf(format, i) } }

func integers(i int) any { return int64(i) }

// keywords returns for each keyword of JSON Schema that has many parts a schema that has
// them, with a configuration to which all apply, and which mostly fails.
func keywords() map[string]sized {
	text := tree.Object{"type": "string"}
	return map[string]sized{
		"properties": func(n int) (tree.Object, tree.Object) {
			return tree.Object{"properties": keyed(n, "k%d", func(int) any { return text })}, keyed(n, "k%d", integers)
		},
		"required": func(n int) (tree.Object, tree.Object) {
			return tree.Object{"required": counted(n, textOf("missing%d")), "properties": keyed(n, "missing%d", func(int) any { return text })}, keyed(n, "x%d", integers)
		},
		"required properties": func(n int) (tree.Object, tree.Object) {
			return tree.Object{"required": counted(n, textOf("k%d")), "properties": keyed(n, "k%d", func(int) any { return text })}, keyed(n, "k%d", integers)
		},
		"dependentSchemas": func(n int) (tree.Object, tree.Object) {
			return tree.Object{"dependentSchemas": keyed(n, "k%d", func(int) any { return tree.Object{"required": counted(5, textOf("z%d"))} })}, keyed(n, "k%d", integers)
		},
		"dependentRequired": func(n int) (tree.Object, tree.Object) {
			return tree.Object{"dependentRequired": keyed(n, "k%d", func(int) any { return counted(5, textOf("z%d")) })}, keyed(n, "k%d", integers)
		},
		"dependentSchemas with properties": func(n int) (tree.Object, tree.Object) {
			return tree.Object{"dependentSchemas": keyed(n, "k%d", func(i int) any { return tree.Object{"properties": tree.Object{fmt.Sprintf("k%d", i): text}} })}, keyed(n, "k%d", integers)
		},
		"unknown keys beside known ones": func(n int) (tree.Object, tree.Object) {
			return tree.Object{"additionalProperties": false, "properties": keyed(n, "known%d", func(int) any { return text })}, keyed(n, "known%dx", integers)
		},
		"keys near to known ones": func(n int) (tree.Object, tree.Object) {
			return tree.Object{"properties": keyed(n, "known%d", func(int) any { return text })}, keyed(n, "knwon%d", integers)
		},
		"allOf": func(n int) (tree.Object, tree.Object) {
			return tree.Object{"allOf": counted(n, func(i int) any { return tree.Object{"properties": tree.Object{fmt.Sprintf("k%d", i): text}} })}, keyed(n, "k%d", integers)
		},
		"anyOf that fails": func(n int) (tree.Object, tree.Object) {
			return tree.Object{"properties": tree.Object{"a": tree.Object{"anyOf": counted(n, func(i int) any { return tree.Object{"const": int64(i)} })}}}, tree.Object{"a": "x"}
		},
		"oneOf that fails for objects": func(n int) (tree.Object, tree.Object) {
			return tree.Object{"properties": tree.Object{"a": tree.Object{"oneOf": counted(n, func(i int) any {
				return tree.Object{"required": []any{fmt.Sprintf("k%d", i), "z"}, "properties": tree.Object{"z": text}}
			})}}}, tree.Object{"a": tree.Object{"y": int64(1)}}
		},
		"enum of objects": func(n int) (tree.Object, tree.Object) {
			return tree.Object{"properties": tree.Object{"l": tree.Object{"items": tree.Object{"enum": counted(n, func(i int) any { return tree.Object{"a": int64(i)} })}}}},
				tree.Object{"l": counted(n, func(i int) any { return tree.Object{"a": int64(-i - 1)} })}
		},
		"enum of texts": func(n int) (tree.Object, tree.Object) {
			return tree.Object{"properties": tree.Object{"l": tree.Object{"items": tree.Object{"enum": counted(n, textOf("a%d"))}}}},
				tree.Object{"l": counted(n, textOf("b%d"))}
		},
		"propertyNames": func(n int) (tree.Object, tree.Object) {
			return tree.Object{"propertyNames": tree.Object{"enum": counted(n, textOf("known%d"))}}, keyed(n, "%d", integers)
		},
		"contains": func(n int) (tree.Object, tree.Object) {
			return tree.Object{"properties": tree.Object{"l": tree.Object{"contains": text}}}, tree.Object{"l": counted(n, integers)}
		},
		"prefixItems": func(n int) (tree.Object, tree.Object) {
			return tree.Object{"properties": tree.Object{"l": tree.Object{"prefixItems": counted(n, func(i int) any { return tree.Object{"minimum": int64(i + 1)} })}}}, tree.Object{"l": counted(n, integers)}
		},
		"uniqueItems": func(n int) (tree.Object, tree.Object) {
			return tree.Object{"properties": tree.Object{"l": tree.Object{"uniqueItems": true}}},
				tree.Object{"l": counted(n, func(i int) any { return tree.Object{"a": counted(20, integers), "b": int64(i)} })}
		},
		"unevaluatedProperties": func(n int) (tree.Object, tree.Object) {
			return tree.Object{"unevaluatedProperties": false, "allOf": counted(n, func(i int) any {
				return tree.Object{"properties": tree.Object{fmt.Sprintf("k%d", i): text}}
			})}, keyed(n, "x%d", integers)
		},
		"unevaluatedItems": func(n int) (tree.Object, tree.Object) {
			return tree.Object{"properties": tree.Object{"l": tree.Object{"unevaluatedItems": false, "allOf": counted(20, func(i int) any { return tree.Object{"contains": tree.Object{"const": int64(i)}} })}}},
				tree.Object{"l": counted(n, integers)}
		},
		"$dynamicRef": func(n int) (tree.Object, tree.Object) {
			return tree.Object{"$id": "http://x/tree", "$dynamicAnchor": "node", "properties": tree.Object{"l": tree.Object{"items": tree.Object{"$dynamicRef": "#node"}}}, "required": []any{"v"}},
				tree.Object{"l": counted(n, func(int) any { return tree.Object{} })}
		},
		"x-secret of many keys": func(n int) (tree.Object, tree.Object) {
			return tree.Object{"properties": keyed(n, "api_token_%d", func(int) any { return text })}, keyed(n, "api_tokem_%d", textOf("s%d"))
		},
	}
}

// TestKeywords_growth measures schemas and configurations of growing size, for each keyword
// that has many parts.
func TestKeywords_growth(t *testing.T) {
	for name, make := range keywords() {
		t.Run(name, func(t *testing.T) {
			treetest.CheckGrowth(t, func(n int) func() {
				object, config := make(n)
				text := tree.Append(nil, object)
				return func() {
					m, err := schema.Load(text, schema.LoadOptions{})
					if err != nil {
						t.Fatal(err)
					}
					m.Check(config, tree.Object{})
					m.Mask(config, func(tree.Pointer, any) string { return "" })
				}
			})
		})
	}
}
