package tools

import (
	"context"
	"strings"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// newSet is config/set: replace the whole configuration.
func newSet(rt *runtime.Runtime, model Model, g *guard) *Operation {
	o := &Operation{
		Name:  Set,
		Title: "Replace the whole configuration",
		Description: "Replace everything. Use config_patch unless you mean to rewrite it all. " +
			"Send the config of config_get's reply (no path), edited; defaults in it are not written down. What you leave out returns to its default and must be named in allow_drop.",
		Input: lazily(func() tree.Object {
			return tree.Object{
				"type": "object",
				"properties": writeProperties(tree.Object{
					"config": tree.Object{
						"type":                 "object",
						"description":          "The complete configuration. Its sections: " + strings.Join(model.Roots(), ", ") + ".",
						"properties":           tree.Object{},
						"additionalProperties": true,
					},
					"allow_drop": allowDrop("Stored keys or lists (JSON Pointers) that may go or lose entries."),
				}),
				"required":             []any{"config", expectedGeneration},
				"additionalProperties": false,
			}
		}),
		Output: lazily(writeOutput),
		guard:  g,
	}
	o.signature = newSignature(o)
	o.bare = bareForm(o, []string{"config"}, model)
	o.write = func(ctx context.Context, params tree.Object, w runtime.Write) (*runtime.Outcome, error) {
		config := params["config"].(tree.Object)
		if len(config) == 0 {
			return nil, fault.New(fault.InvalidParams,
				"config is {}, which would return every key to its default: send the complete configuration; nothing was written").
				With("path", "/config")
		}
		return rt.Set(ctx, config, w)
	}
	o.dropped = func(params tree.Object, c *runtime.Comparison) ([]drop, error) {
		return storedLosses(model, params, params["config"].(tree.Object), c)
	}
	return o
}
