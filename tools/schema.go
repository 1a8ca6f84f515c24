package tools

import (
	"context"
	"encoding/json"
	"math"
	"slices"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/schema"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// newSchema returns config/schema: which keys there may be, under a path or about
// what a query says.
func newSchema(rt *runtime.Runtime, model Model, w words) *Operation {
	return &Operation{
		Name:  Schema,
		Title: "Find and describe configuration keys",
		Description: "Which keys exist: type, meaning, default, limits, and whether a change needs a person's yes (x-risk; of a section, all in it). " +
			"Give query to find keys by words " + w.search + ", or path for the keys under a place. Use before writing a key new to you.",
		Input: func() tree.Object {
			return tree.Object{
				"type": "object",
				"properties": tree.Object{
					"path":   tree.Object{"type": "string", "description": "JSON Pointer; any name for map keys" + w.pick(" (/self_hosted/servers/x)", "") + ", 0 for list entries. Omit for the sections."},
					"query":  tree.Object{"type": "string", "maxLength": int64(1000), "description": "A few words instead of path: the ten best places, with value and required keys. <id> is a name of your own, - an entry of a list."},
					"offset": tree.Object{"type": "integer", "minimum": int64(0), "description": "The part of a long description; next_offset continues."},
					"depth":  tree.Object{"type": "integer", "minimum": int64(1), "maximum": int64(schema.MaxDepth), "description": "Levels under path, default 1." + w.levels},
				},
				"additionalProperties": false,
			}
		},
		Output: func() tree.Object {
			return tree.Object{
				"type": "object",
				"properties": tree.Object{
					"path":        tree.Object{"type": "string"},
					"schema":      tree.Object{"type": "object"},
					"length":      tree.Object{"type": "integer"},
					"next_offset": tree.Object{"type": "integer"},
					"query":       tree.Object{"type": "string"},
					"places":      tree.Object{"type": "array", "items": tree.Object{"type": "object"}},
					"more":        tree.Object{"type": "integer"},
				},
			}
		},
		action: read{
			do: func(ctx context.Context, _ Caller, params tree.Object, encode encodeFunc) (json.RawMessage, error) {
				reply, err := describe(ctx, rt, model, params)
				if err != nil {
					return nil, err
				}
				return encode(reply, params)
			},
			toolEncode: encodeDescription,
		},
	}
}

func describe(ctx context.Context, rt *runtime.Runtime, model Model, params tree.Object) (tree.Object, error) {
	text, _ := params["path"].(string)
	if query, searches := params["query"].(string); searches {
		if text != "" {
			return nil, fault.New(fault.InvalidParams, "give query or path, not both: query searches everywhere; nothing was done").With("path", "/path")
		}
		if params["offset"] != nil {
			return nil, fault.New(fault.InvalidParams, "offset is for the description of a path: query finds at most ten places, so use other words; nothing was done").With("path", "/offset")
		}
		return search(ctx, rt, model, query)
	}
	path, err := tree.ParsePointer(text)
	if err != nil {
		return nil, fault.New(fault.InvalidParams, "%v", err).With("path", "/path")
	}
	depth, offset := 1, uint64(0)
	if n := number(params["depth"]); n != nil {
		depth = int(*n)
	}
	if n := number(params["offset"]); n != nil {
		offset = min(*n, math.MaxInt32)
	}
	page, ok := model.DescribePage(path, depth, int(offset))
	if !ok {
		return nil, unknownKey(path, model)
	}
	reply := tree.Object{"path": path.String(), "schema": page.Description}
	switch {
	case page.IsPart && page.Offset > page.Length:
		return nil, fault.New(fault.InvalidParams, "offset is %d, and the description of %s has %d parts: give a lower one", page.Offset, policy.Place(path), page.Length).
			With("path", "/offset")
	case page.IsPart:
		reply["offset"], reply["length"] = page.Offset, page.Length
	}
	if page.Next > 0 {
		reply["next_offset"] = page.Next
	}
	return reply, nil
}

// encodeDescription encodes the reply to a model: without the keywords that only
// programs use.
func encodeDescription(reply, _ tree.Object) (json.RawMessage, error) {
	if described, ok := reply["schema"].(tree.Object); ok {
		reply["schema"] = withoutProgramKeywords(described)
	}
	if path, isPath := reply["path"].(string); isPath {
		reply["path"] = fault.ClipMiddle(path, maxMessage)
	}
	text := tree.Append(nil, reply)
	if !toolLimit.fits(text) {
		return nil, fault.New(fault.TooLarge, "the description has %d bytes in a result, and %d is the limit: ask with a lower depth, or for a path below", toolLimit.sent(text), MaxResult).
			With("path", reply["path"]).With("bytes", toolLimit.sent(text)).With("limit", MaxResult)
	}
	return text, nil
}

// withoutProgramKeywords returns a description without the keywords that tell a
// model nothing: how an absent key is shown, what identifies the entries of a list,
// and limits that only say how many bits a number has.
func withoutProgramKeywords(described tree.Object) tree.Object {
	short := make(tree.Object, len(described))
	for keyword, v := range described {
		switch keyword {
		case "x-unset", "x-key", "x-tag":
			continue
		case "minimum", "maximum":
			if isTypeLimit(v) {
				continue
			}
		case "properties", "x-branches":
			below := make(tree.Object)
			for name, e := range v.(tree.Object) {
				below[name] = withoutProgramKeywords(e.(tree.Object))
			}
			v = below
		case "items", "additionalProperties":
			if one, isSchema := v.(tree.Object); isSchema {
				v = withoutProgramKeywords(one)
			}
		case "anyOf":
			var list []any
			for _, e := range v.([]any) {
				list = append(list, withoutProgramKeywords(e.(tree.Object)))
			}
			v = list
		}
		short[keyword] = v
	}
	return short
}

// isTypeLimit reports whether a limit is the lowest or highest number of 32 or 64
// bits.
func isTypeLimit(v any) bool {
	limits := []any{int64(-1 << 31), int64(1<<31 - 1), int64(1<<32 - 1), int64(-1 << 63), int64(1<<63 - 1), uint64(1<<64 - 1)}
	return slices.Contains(limits, v)
}
