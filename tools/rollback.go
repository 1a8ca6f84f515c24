package tools

import (
	"context"

	"realmconf/runtime"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// newRollback returns config/rollback: make the configuration what it was. It
// names no content, because it may drop everything.
func newRollback(rt *runtime.Runtime, model Model, p policy.Policy, w words) *Operation {
	return &Operation{
		Name:  Rollback,
		Title: "Return to an earlier generation",
		Description: "Undo everything since: make the configuration what it was at generation to; other people's work since goes too, so preview with dry_run. To undo one change only, use config_revert. " +
			"It becomes a new generation and can be undone. Also the way out when " + w.document + " is broken.",
		Input: func() tree.Object {
			return tree.Object{
				"type": "object",
				"properties": w.writeProperties(tree.Object{
					"to":               tree.Object{"type": "integer", "minimum": int64(0), "description": "From config_history."},
					expectedGeneration: tree.Object{"type": "integer", "minimum": int64(0), "description": "The current generation."},
				}),
				"required":             []any{"to", expectedGeneration},
				"additionalProperties": false,
			}
		},
		Output: writeOutput,
		action: &write{rt, Rollback, model, p, func(params tree.Object) (change, error) {
			to := *number(params["to"])
			return change{returnsTo: &to, examines: true, apply: func(ctx context.Context, w runtime.Write) (*runtime.Outcome, error) {
				return rt.Rollback(ctx, to, w)
			}}, nil
		}},
	}
}
