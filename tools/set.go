package tools

import (
	"context"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// newSet returns config/set: replace the whole configuration.
func newSet(rt *runtime.Runtime, model Model, p policy.Policy, w words) *Operation {
	o := &Operation{
		Name:  Set,
		Title: "Replace the whole configuration",
		Description: "Replace everything. Use config_patch unless you mean to rewrite it all. " +
			"Send the config of config_get's reply (no path), edited; defaults in it are not written down. What you leave out returns to its default and must be named in allow_drop.",
		Input: func() tree.Object {
			return tree.Object{
				"type": "object",
				"properties": w.writeProperties(tree.Object{
					"config": tree.Object{
						"type":                 "object",
						"description":          "The complete configuration." + sectionNames(model),
						"additionalProperties": true,
					},
					allowDrop: pointerList("Stored keys or lists (JSON Pointers) that may go or lose entries."),
				}),
				"required":             []any{"config", expectedGeneration},
				"additionalProperties": false,
			}
		},
		Output: writeOutput,
		action: &write{rt, Set, model, p, func(params tree.Object) (change, error) {
			config := params["config"].(tree.Object)
			if len(config) == 0 {
				return change{}, fault.New(fault.InvalidParams,
					"config is {}, which would return every key to its default: send the complete configuration; nothing was written").
					With("path", "/config")
			}
			return change{patch: config, apply: func(ctx context.Context, w runtime.Write) (*runtime.Outcome, error) {
				return rt.Set(ctx, config, w)
			}}, nil
		}},
	}
	o.unwrap = bareForm(o, []string{"config"}, model)
	return o
}
