package tools

import (
	"context"
	"encoding/json"
	"math"

	"realmconf/runtime"
	"realmconf/schema/tree"
)

const (
	defaultEntries = 20
	maxPaths       = 20 // in one entry
)

// newHistory returns config/history: who changed what, when and why.
func newHistory(rt *runtime.Runtime) *Operation {
	return &Operation{
		Name:        History,
		Title:       "List past changes",
		Description: "Who changed which keys, when and why, newest first; changes by other programs and by hand too.",
		Input: onceJSON(func() tree.Object {
			return tree.Object{
				"type": "object",
				"properties": tree.Object{
					"limit":  tree.Object{"type": "integer", "minimum": int64(1), "maximum": int64(100), "description": "default 20"},
					"before": tree.Object{"type": "integer", "minimum": int64(1), "description": "Only generations below this; next_before in the reply continues."},
				},
				"additionalProperties": false,
			}
		}),
		Output: onceJSON(func() tree.Object {
			return tree.Object{
				"type": "object",
				"properties": tree.Object{
					"generation":  tree.Object{"type": "integer", "description": "The one that is current."},
					"entries":     tree.Object{"type": "array", "items": tree.Object{"type": "object"}},
					"next_before": tree.Object{"type": "integer", "description": "There are older entries: give this as before."},
				},
				"required": []any{"generation", "entries"},
			}
		}),
		action: read{
			do: func(ctx context.Context, _ Caller, params tree.Object, encode encodeFunc) (json.RawMessage, error) {
				reply, err := history(ctx, rt, params)
				if err != nil {
					return nil, err
				}
				return encode(reply, params)
			},
			toolEncode: encodeEntries,
		},
	}
}

// history returns the members of the reply.
func history(ctx context.Context, rt *runtime.Runtime, params tree.Object) (tree.Object, error) {
	limit, before := defaultEntries, uint64(0)
	if n := number(params["limit"]); n != nil {
		limit = int(*n)
	}
	if n := number(params["before"]); n != nil {
		before = *n
	}
	version, err := rt.Version(ctx)
	if err != nil {
		return nil, err
	}
	entries, more, err := rt.History(ctx, before, limit)
	if err != nil {
		return nil, err
	}
	shown := make([]any, 0, len(entries))
	for _, e := range entries {
		shown = append(shown, historyEntry(&e))
	}
	reply := tree.Object{"generation": version.Generation, "entries": shown}
	if more {
		reply["next_before"] = entries[len(entries)-1].Record.Generation
	}
	return reply, nil
}

// historyEntry returns one generation of the list. It has no paths if its changes
// are not known.
func historyEntry(e *runtime.Entry) tree.Object {
	entry := historyRecord(&e.Record)
	entry["valid"] = e.Snapshot != nil
	if e.Opaque {
		return entry
	}
	paths := []any{}
	for _, c := range e.Changes[:min(maxPaths, len(e.Changes))] {
		paths = append(paths, c.Path.String())
	}
	entry["paths"], entry["path_count"] = paths, len(e.Changes)
	return entry
}

// encodeEntries makes a reply short enough for a model: it leaves out the oldest
// entries, and next_before says where to continue.
func encodeEntries(reply, _ tree.Object) (json.RawMessage, error) {
	if text := tree.Append(nil, reply); toolLimit.fits(text) {
		return text, nil
	}
	all, next := reply["entries"].([]any), reply["next_before"]
	reply["entries"], reply["next_before"] = []any{}, uint64(math.MaxInt64)
	r := reduction{size: toolLimit.sent}
	room := toolLimit.bytes - toolLimit.sent(tree.Append(nil, reply))
	kept := all[:max(1, r.countFitting(entriesOf(all), room))]
	reply["entries"] = kept
	if len(kept) < len(all) {
		reply["next_before"] = kept[len(kept)-1].(tree.Object)["generation"]
	} else if reply["next_before"] = next; next == nil {
		delete(reply, "next_before")
	}
	return toolLimit.encode(reply), nil
}
