package tools

import (
	"context"
	"encoding/json"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// newDiff returns config/diff: the changes between two generations.
func newDiff(rt *runtime.Runtime) *Operation {
	return &Operation{
		Name:        Diff,
		Title:       "Compare two generations",
		Description: "What changed between two generations, with old and new values.",
		Input: onceJSON(func() tree.Object {
			return tree.Object{
				"type": "object",
				"properties": tree.Object{
					"from": tree.Object{"type": "integer", "minimum": int64(0), "description": "The older generation; config_history lists them."},
					"to":   tree.Object{"type": "integer", "minimum": int64(0), "description": "default: current"},
				},
				"required":             []any{"from"},
				"additionalProperties": false,
			}
		}),
		Output: onceJSON(func() tree.Object {
			return tree.Object{
				"type": "object",
				"properties": tree.Object{
					"from":    tree.Object{"type": "integer"},
					"to":      tree.Object{"type": "integer"},
					"changes": tree.Object{"type": "array", "items": tree.Object{"type": "object"}},
				},
				"required": []any{"from", "to", "changes"},
			}
		}),
		action: read{
			do: func(ctx context.Context, _ Caller, params tree.Object, encode encodeFunc) (json.RawMessage, error) {
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
			toolEncode: encodeChanges,
		},
	}
}

// encodeChanges makes a reply short enough for a model: it puts sizes in the
// place of long values first, and then of all values.
func encodeChanges(reply, _ tree.Object) (json.RawMessage, error) {
	text := tree.Append(nil, reply)
	for _, limit := range []int{maxValue, 0} {
		if len(text) <= maxToolReply {
			return text, nil
		}
		shortenValues(reply, limit)
		text = tree.Append(nil, reply)
	}
	if len(text) > maxToolReply {
		return nil, fault.New(fault.TooLarge, "the difference has %d bytes, and %d is the limit: compare generations that are closer together, or read the parts that you need", len(text), maxToolReply).
			With("path", "").With("bytes", len(text)).With("limit", maxToolReply).With("children", []any{})
	}
	return text, nil
}
