package tools

import (
	"context"
	"encoding/json"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// newSchema returns config/schema: which keys there may be.
func newSchema(model Model) *Operation {
	return &Operation{
		Name:  Schema,
		Title: "Describe configuration keys",
		Description: "Which keys exist under a path: type, meaning, default, limits, and whether a change needs a person's yes (x-risk; a section shows its riskiest key's). " +
			"One level at a time. Use before writing a key you have not seen.",
		Input: onceJSON(func() tree.Object {
			return tree.Object{
				"type": "object",
				"properties": tree.Object{
					"path": tree.Object{"type": "string", "description": "JSON Pointer; any name for map keys (/self_hosted/servers/x), 0 for list entries. Omit for the sections."},
				},
				"additionalProperties": false,
			}
		}),
		Output: onceJSON(func() tree.Object {
			return tree.Object{
				"type": "object",
				"properties": tree.Object{
					"path":   tree.Object{"type": "string"},
					"schema": tree.Object{"type": "object", "description": "JSON Schema of this place, its children in short."},
				},
				"required": []any{"path", "schema"},
			}
		}),
		action: read{
			do: func(_ context.Context, _ Caller, params tree.Object, encode encodeFunc) (json.RawMessage, error) {
				reply, err := describe(model, params)
				if err != nil {
					return nil, err
				}
				return encode(reply, params)
			},
			toolEncode: encodeShort, // a description has one level, and only its path may be long
		},
	}
}

func describe(model Model, params tree.Object) (tree.Object, error) {
	text, _ := params["path"].(string)
	path, err := tree.ParsePointer(text)
	if err != nil {
		return nil, fault.New(fault.InvalidParams, "%v", err).With("path", "/path")
	}
	if schema, ok := model.Describe(path); ok {
		return tree.Object{"path": path.String(), "schema": schema}, nil
	}
	return nil, unknownKey(path, model)
}
