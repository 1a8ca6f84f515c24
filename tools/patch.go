package tools

import (
	"context"
	"strings"

	"realmconf.io/realmconf/runtime"
	"realmconf.io/realmconf/schema/tree"
)

// newPatch is config/patch: change the keys that are named, and no others.
func newPatch(rt *runtime.Runtime, model Model) *Operation {
	o := &Operation{
		Name:  "patch",
		Title: "Change some keys",
		Description: "Change only the keys you name; everything else, comments included, stays. " +
			"A list in the patch replaces the whole list. All or nothing; the reply lists every change. " +
			"On generation_conflict read again, then repeat with the current generation if your intent still holds.",
		Writes: true,
		Input: mustJSON(tree.Object{
			"type": "object",
			"properties": writeProperties(tree.Object{
				"patch": tree.Object{
					"type":                 "object",
					"description":          `Nested new values (RFC 7396), e.g. {"agent":{"model":"gpt-5.5"}}. null returns a key to its default.`,
					"properties":           sections(model),
					"additionalProperties": true,
				},
			}),
			"required":             []any{"patch", expectedGeneration},
			"additionalProperties": false,
		}),
		Output: mustJSON(writeOutput()),
	}
	o.signature = newSignature(o)
	o.bare = bareForm(o, "patch", model)
	o.call = func(ctx context.Context, caller Caller, params tree.Object) (tree.Object, error) {
		outcome, err := rt.Patch(ctx, params["patch"].(tree.Object), write(caller, params))
		if err != nil {
			return nil, err
		}
		return written(outcome, caller), nil
	}
	return o
}

// sections shows each section as an open object whose description is the names
// of its keys: enough to write most patches, and short.
func sections(model Model) tree.Object {
	properties := tree.Object{}
	for _, root := range model.Roots() {
		children := model.Children(tree.Pointer{root})
		if len(children) == 0 {
			continue
		}
		properties[root] = tree.Object{
			"type":                 "object",
			"description":          strings.Join(children, ", "),
			"properties":           tree.Object{},
			"additionalProperties": true,
		}
	}
	return properties
}
