package tools

import (
	"context"

	"realmconf/runtime"
	"realmconf/schema/tree"
)

// newRollback is config/rollback: make the configuration what it was.
func newRollback(rt *runtime.Runtime, g *guard) *Operation {
	o := &Operation{
		Name:  Rollback,
		Title: "Return to an earlier generation",
		Description: "Undo everything since: make the configuration what it was at generation to; other people's work since goes too, so preview with dry_run. To undo one change only, patch its old values back. " +
			"It becomes a new generation and can be undone. Also the way out when the file is broken.",
		Input: lazily(func() tree.Object {
			return tree.Object{
				"type": "object",
				"properties": writeProperties(tree.Object{
					"to":               tree.Object{"type": "integer", "minimum": int64(0), "description": "From config_history."},
					expectedGeneration: tree.Object{"type": "integer", "minimum": int64(0), "description": "The current generation."},
				}),
				"required":             []any{"to", expectedGeneration},
				"additionalProperties": false,
			}
		}),
		Output: lazily(writeOutput),
		guard:  g,
	}
	o.signature = newSignature(o)
	o.write = func(ctx context.Context, params tree.Object, w runtime.Write) (*runtime.Outcome, error) {
		return rt.Rollback(ctx, *number(params["to"]), w)
	}
	return o
}
