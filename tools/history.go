package tools

import (
	"context"
	"encoding/json"
	"maps"
	"math"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

const (
	defaultEntries = 20
	maxPaths       = 20 // in one entry
)

// newHistory returns config/history: who changed what, when and why.
func newHistory(rt *runtime.Runtime, w words) *Operation {
	return &Operation{
		Name:        History,
		Title:       "List past changes",
		Description: "Who changed which keys, when and why, newest first; changes by other programs and by hand too.",
		Input: func() tree.Object {
			return tree.Object{
				"type": "object",
				"properties": tree.Object{
					"limit":  tree.Object{"type": "integer", "minimum": int64(1), "maximum": int64(100), "description": "default 20"},
					"before": tree.Object{"type": "integer", "minimum": int64(1), "description": "Only generations below this; next_before continues."},
					"since":  tree.Object{"type": "integer", "minimum": int64(0), "description": "Only generations above this."},
					"path":   tree.Object{"type": "string", "description": "JSON Pointer: only changes at, above or below it. " + w.pick("Who changed the model? /agent/model", "/tool tells who changed it.")},
				},
				"additionalProperties": false,
			}
		},
		Output: func() tree.Object {
			return tree.Object{
				"type": "object",
				"properties": tree.Object{
					"generation":  tree.Object{"type": "integer"},
					"entries":     tree.Object{"type": "array", "items": tree.Object{"type": "object"}},
					"next_before": tree.Object{"type": "integer"},
				},
				"required": []any{"generation", "entries"},
			}
		},
		action: read{
			do: func(ctx context.Context, _ Caller, params tree.Object, encode encodeFunc) (json.RawMessage, error) {
				leave, err := rt.Examine(ctx)
				if err != nil {
					return nil, err
				}
				defer leave()
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

// maxScanned is how many generations one call looks at for those that a filter
// keeps.
const maxScanned = 1000

// history returns the members of the reply.
func history(ctx context.Context, rt *runtime.Runtime, params tree.Object) (tree.Object, error) {
	limit, before, since := defaultEntries, uint64(0), uint64(0)
	if n := number(params["limit"]); n != nil {
		limit = int(*n)
	}
	if n := number(params["before"]); n != nil {
		before = *n
	}
	if n := number(params["since"]); n != nil {
		since = *n
	}
	text, isFiltered := params["path"].(string)
	path, err := tree.ParsePointer(text)
	if err != nil {
		return nil, fault.New(fault.InvalidParams, "%v", err).With("path", "/path")
	}
	version, err := rt.Version(ctx)
	if err != nil {
		return nil, err
	}
	ctx = store.WithHistoryBudget(ctx)
	reply := tree.Object{"generation": version.Generation}
	shown := make([]any, 0, limit)
	for scanned := 0; ; {
		page := limit - len(shown)
		if isFiltered {
			page = max(page, 5*defaultEntries)
		}
		entries, more, err := rt.History(ctx, before, page)
		if err != nil && scanned > 0 { // more history than one request may read
			reply["entries"], reply["next_before"] = shown, before
			return reply, nil
		}
		if err != nil {
			return nil, err
		}
		scanned += len(entries)
		for _, e := range entries {
			if more = more && e.Record.Generation > since; e.Record.Generation <= since {
				break
			}
			before = e.Record.Generation
			if entry, kept := historyEntry(&e, path); kept {
				shown = append(shown, entry)
			}
			if len(shown) == limit {
				more = more || before != entries[len(entries)-1].Record.Generation
				break
			}
		}
		if len(shown) < limit && more && scanned < maxScanned {
			continue
		}
		if more && before > since+1 {
			reply["next_before"] = before
		}
		reply["entries"] = shown
		return reply, nil
	}
}

// historyEntry returns one generation of the list, and whether it changed
// something at, above or below a path. If its changes are not known it has
// no paths, and paths_unknown: it may have changed anything.
func historyEntry(e *runtime.Entry, path tree.Pointer) (entry tree.Object, kept bool) {
	entry = historyRecord(&e.Record, e.IsApprovalUnproven)
	entry["valid"] = e.IsValid
	if e.Opaque {
		entry["paths_unknown"] = true
		return entry, true
	}
	paths, count := []any{}, 0
	for _, c := range e.Changes {
		if !concerns(c, path) {
			continue
		}
		if count++; count <= maxPaths {
			paths = append(paths, c.Path.String())
		}
	}
	entry["paths"], entry["path_count"] = paths, count
	return entry, count > 0 || len(path) == 0
}

// shortEntry returns an entry for a model: the generation, when, who, why and what.
// What is as usual is left out.
func shortEntry(entry tree.Object) tree.Object {
	short := tree.Object{}
	for name, value := range entry {
		switch {
		case name == "commit_id", name == "parent", value == nil:
		case name == "valid" && value == true:
		case name == "path_count" && value == len(entry["paths"].([]any)):
		case name == "actor":
			actor := value.(tree.Object)
			short[name] = tree.Object{"name": actor["name"], "surface": actor["surface"]}
		case name == "approved": // its fields are among the paths
			approved := maps.Clone(value.(tree.Object))
			delete(approved, "fields")
			short[name] = approved
		default:
			short[name] = value
		}
	}
	return short
}

// encodeEntries makes a reply short enough for a model: it leaves out the oldest
// entries, and next_before says where to continue.
func encodeEntries(reply, _ tree.Object) (json.RawMessage, error) {
	entries := reply["entries"].([]any)
	for i, entry := range entries {
		entries[i] = shortEntry(entry.(tree.Object))
	}
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

// concerns reports whether a change happened at, above or below a place.
func concerns(c tree.Change, part tree.Pointer) bool {
	return part.Overlaps(c.Path) || c.Op == "move" && part.Overlaps(c.From)
}
