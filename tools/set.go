package tools

import (
	"context"
	"strings"

	"realmconf.io/realmconf/runtime"
	"realmconf.io/realmconf/runtime/fault"
	"realmconf.io/realmconf/schema/tree"
)

// newSet is config/set: replace the whole configuration.
func newSet(rt *runtime.Runtime, model Model) *Operation {
	o := &Operation{
		Name:  "set",
		Title: "Replace the whole configuration",
		Description: "Replace everything. Use config_patch unless you mean to rewrite it all. " +
			"Send the object that config_get returned (no path), edited. What you leave out returns to its default.",
		Writes: true,
		Input: mustJSON(tree.Object{
			"type": "object",
			"properties": writeProperties(tree.Object{
				"config": tree.Object{
					"type":                 "object",
					"description":          "The complete configuration. Its sections: " + strings.Join(model.Roots(), ", ") + ".",
					"properties":           tree.Object{},
					"additionalProperties": true,
				},
			}),
			"required":             []any{"config", expectedGeneration},
			"additionalProperties": false,
		}),
		Output: mustJSON(writeOutput()),
	}
	o.signature = newSignature(o)
	o.bare = bareForm(o, "config", model)
	o.call = func(ctx context.Context, caller Caller, params tree.Object) (tree.Object, error) {
		config := params["config"].(tree.Object)
		if len(config) == 0 {
			return nil, fault.New(fault.InvalidParams,
				"config is {}, which would return every key to its default: send the complete configuration; nothing was written").
				With("path", "/config")
		}
		outcome, err := rt.Set(ctx, config, write(caller, params))
		if err != nil {
			return nil, err
		}
		return written(outcome, caller), nil
	}
	return o
}
