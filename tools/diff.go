package tools

import (
	"context"
	"encoding/json"

	"realmconf/runtime"
	"realmconf/schema/tree"
)

// newDiff returns config/diff: the changes between two generations.
func newDiff(rt *runtime.Runtime) *Operation {
	return &Operation{
		Name:        Diff,
		Title:       "Compare two generations",
		Description: "What changed between two generations, with old and new values: a report, no JSON Patch to send back.",
		Input: func() tree.Object {
			return tree.Object{
				"type": "object",
				"properties": tree.Object{
					"from": tree.Object{"type": "integer", "minimum": int64(0), "description": "The older generation; config_history lists them."},
					"to":   tree.Object{"type": "integer", "minimum": int64(0), "description": "default: current"},
				},
				"required":             []any{"from"},
				"additionalProperties": false,
			}
		},
		Output: func() tree.Object {
			return tree.Object{
				"type": "object",
				"properties": tree.Object{
					"from":            tree.Object{"type": "integer"},
					"to":              tree.Object{"type": "integer"},
					"changes":         tree.Object{"type": "array", "items": tree.Object{"type": "object"}},
					"changes_omitted": tree.Object{"type": "integer"},
				},
				"required": []any{"from", "to", "changes"},
			}
		},
		action: read{
			do: func(ctx context.Context, _ Caller, params tree.Object, encode encodeFunc) (json.RawMessage, error) {
				leave, err := rt.Examine(ctx)
				if err != nil {
					return nil, err
				}
				defer leave()
				c, err := rt.Compare(ctx, *number(params["from"]), number(params["to"]))
				if err != nil {
					return nil, err
				}
				return encode(tree.Object{
					"from":    c.Before.Version.Generation,
					"to":      c.After.Version.Generation,
					"changes": c.ShownChanges(),
				}, params)
			},
			toolEncode: encodeShort,
		},
	}
}
