package tools

import (
	"context"
	"strings"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// newPatch is config/patch: change the keys that are named, and no others.
func newPatch(rt *runtime.Runtime, model Model, g *guard) *Operation {
	o := &Operation{
		Name:  Patch,
		Title: "Change some keys",
		Description: "Change only the keys you name; everything else, comments included, stays. Give exactly one of patch or operations. " +
			"For lists use operations: a list inside patch replaces the whole list. All or nothing; the reply lists every change. " +
			"On generation_conflict read the error's changes, then repeat with its current generation if your intent still holds. " +
			"Keys that run code, reach network or files, hold secrets or concern safety (stricter, too) need a person's yes.",
		Input: lazily(func() tree.Object {
			return tree.Object{
				"type": "object",
				"properties": writeProperties(tree.Object{
					"patch": tree.Object{
						"type":                 "object",
						"description":          `Nested new values, e.g. {"agent":{"model":"gpt-5.5"}}. null returns a key to its default. Durations are text: "2s".`,
						"properties":           sections(model),
						"additionalProperties": true,
					},
					"operations": operationsSchema(),
					"allow_drop": allowDrop("Lists (JSON Pointers) that may lose entries because patch replaces them."),
				}),
				"required":             []any{expectedGeneration},
				"additionalProperties": false,
			}
		}),
		Output: lazily(writeOutput),
		guard:  g,
	}
	o.signature = newSignature(o)
	o.bare = bareForm(o, []string{"patch", "operations"}, model)
	o.write = func(ctx context.Context, params tree.Object, w runtime.Write) (*runtime.Outcome, error) {
		patch, merges := params["patch"].(tree.Object)
		_, operates := params["operations"]
		switch oneOf := "give exactly one of patch and operations: patch for values, operations for the entries of lists; nothing was done"; {
		case merges && operates:
			return nil, fault.New(fault.InvalidParams, "%s", oneOf).With("path", "/operations")
		case !merges && !operates:
			return nil, fault.New(fault.InvalidParams, "%s", oneOf).With("path", "/patch")
		case merges:
			return rt.Patch(ctx, patch, w)
		}
		ops, err := operations(params)
		if err != nil {
			return nil, err
		}
		return rt.Operate(ctx, ops, w)
	}
	o.dropped = func(params tree.Object, c *runtime.Comparison) ([]drop, error) {
		if patch, merges := params["patch"].(tree.Object); merges {
			return storedLosses(model, params, patch, c)
		}
		return operationLosses(model, params, c)
	}
	return o
}

// operationsSchema shows a JSON Patch in the subset of JSON Schema that every
// host takes: no type unions, no empty schemas.
func operationsSchema() tree.Object {
	scalars := []any{tree.Object{"type": "string"}, tree.Object{"type": "number"}, tree.Object{"type": "boolean"}}
	object := tree.Object{"type": "object", "additionalProperties": true}
	entries := tree.Object{"anyOf": append([]any{object}, scalars...)}
	return tree.Object{
		"type":        "array",
		"description": "JSON Patch (RFC 6902), in order. Append with path /hooks/entries/-; change one with /hooks/entries/1/enabled. test makes the call fail unless the value is as given.",
		"items": tree.Object{
			"type": "object",
			"properties": tree.Object{
				"op":   tree.Object{"type": "string", "enum": []any{"add", "remove", "replace", "move", "copy", "test"}},
				"path": tree.Object{"type": "string"},
				"from": tree.Object{"type": "string", "description": "move and copy only"},
				"value": tree.Object{
					"description": "add, replace, test",
					"anyOf":       append([]any{object, tree.Object{"type": "array", "items": entries}}, scalars...),
				},
			},
			"required":             []any{"op", "path"},
			"additionalProperties": false,
		},
	}
}

// sections shows each section as an open object whose description is the names
// of its keys: enough to write most patches, and short. Of a map it is those of
// its entries.
func sections(model Model) tree.Object {
	properties := tree.Object{}
	for _, root := range model.Roots() {
		at := tree.Pointer{root}
		description := strings.Join(model.Children(at), ", ")
		if description == "" {
			description = "any name: " + strings.Join(model.Children(at.Child("any name")), ", ")
		}
		property := tree.Object{
			"type":                 "object",
			"description":          description,
			"properties":           tree.Object{},
			"additionalProperties": true,
		}
		if d, ok := model.Describe(at); ok && d["type"] != "object" {
			property = tree.Object{"type": d["type"]}
		}
		properties[root] = property
	}
	return properties
}
