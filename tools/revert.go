package tools

import (
	"context"
	"fmt"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// except is a parameter of a revert: the places that it leaves out.
const except = "except"

// newRevert returns config/revert: undo one generation. Like a rollback it names no
// content: it says what it undoes.
func newRevert(rt *runtime.Runtime, model Model, p policy.Policy, w words) *Operation {
	return &Operation{
		Name:  Revert,
		Title: "Undo one generation",
		Description: "Undo what one generation changed, and keep everything that came later. A place that was changed again since is refused, with who and what; except leaves it out. " +
			"It becomes a new generation and can be undone.",
		Input: func() tree.Object {
			return tree.Object{
				"type": "object",
				"properties": w.writeProperties(tree.Object{
					"generation":       tree.Object{"type": "integer", "minimum": int64(1), "description": "The one to undo, from config_history."},
					except:             pointerList("Places (JSON Pointers) that stay as they are now."),
					expectedGeneration: tree.Object{"type": "integer", "minimum": int64(0), "description": "The current generation."},
				}),
				"required":             []any{"generation", expectedGeneration},
				"additionalProperties": false,
			}
		},
		Output: writeOutput,
		action: &write{rt, Revert, model, p, func(params tree.Object) (change, error) {
			generation := *number(params["generation"])
			left, err := pointers(params, except)
			if err != nil {
				return change{}, err
			}
			return change{examines: true, apply: func(ctx context.Context, w runtime.Write) (*runtime.Outcome, error) {
				return rt.Revert(ctx, generation, left, w)
			}}, nil
		}},
	}
}

// describeClash returns the fault of a generation that cannot be undone whole, with
// what others have changed since.
func describeClash(c *runtime.Conflict) error {
	overlaps := []any{}
	for _, p := range c.Overlaps {
		overlaps = append(overlaps, p.String())
	}
	who, places := authorsOf(c), joinPlaces(c.Overlaps)
	f := fault.New(fault.GenerationConflict,
		"generation %d changed %s, and %s changed it again: give %s in except to keep that and undo the rest, or patch the values that you want; nothing was written",
		c.Expected, places, who, namesOf(overlaps)).
		With("reverting", c.Expected).With("current", c.Current).With("overlaps", overlaps)
	return withChanges(f, c)
}

// authorsOf says who changed the places of a clash last, and in which generation.
func authorsOf(c *runtime.Conflict) string {
	set := tree.NewPointerSet(c.Overlaps...)
	var last uint64
	for i, change := range c.Changes {
		if i < len(c.By) && set.Overlaps(change.Path) {
			last = max(last, c.By[i])
		}
	}
	for _, commit := range c.Commits {
		if commit.Generation == last {
			return fmt.Sprintf("%s in generation %d", describeAuthor(commit), last)
		}
	}
	return "somebody"
}

// namesOf lists overlaps as a client writes them.
func namesOf(overlaps []any) string {
	if len(overlaps) > 3 {
		return "overlaps"
	}
	return string(tree.Append(nil, overlaps))
}
