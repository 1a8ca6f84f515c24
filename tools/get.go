package tools

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/schema"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// newGet returns config/get: read the configuration, or a part of it.
func newGet(rt *runtime.Runtime, model Model, w words) *Operation {
	return &Operation{
		Name:  Get,
		Title: "Read configuration",
		Description: "Read the configuration and its generation (the version number every write must quote). " +
			"Give path to read one part; that is nearly always what you want. " +
			"Secrets appear as tokens like realmconf-secret:12:" + w.token + "; leave a token where it is and the stored secret stays.",
		Input: func() tree.Object {
			return tree.Object{
				"type": "object",
				"properties": tree.Object{
					"path":   tree.Object{"type": "string", "description": "JSON Pointer, e.g. " + w.pick("/agent/model", "/tool/name") + ", " + w.entry + ", or by id " + w.keyed + " (path of the reply has the index). Omit for everything."},
					"offset": tree.Object{"type": "integer", "minimum": int64(0), "description": "Read a text, list or object from this character, entry or member on; next_offset continues."},
					"limit":  tree.Object{"type": "integer", "minimum": int64(1), "description": "At most so many."},
					"view":   w.viewSchema(),
				},
				"additionalProperties": false,
			}
		},
		Output: func() tree.Object {
			return tree.Object{
				"type": "object",
				"properties": tree.Object{
					"config":      tree.Object{"type": "object"},
					"generation":  tree.Object{"type": "integer"},
					"path":        tree.Object{"type": "string"},
					"length":      tree.Object{"type": "integer"},
					"next_offset": tree.Object{"type": "integer"},
					"warnings":    tree.Object{"type": "array", "items": tree.Object{"type": "object"}},
				},
				"required": []any{"generation"},
			}
		},
		action: read{
			do: func(ctx context.Context, caller Caller, params tree.Object, encode encodeFunc) (json.RawMessage, error) {
				return get(ctx, rt, model, caller, params, encode)
			},
			toolEncode: func(reply, params tree.Object) (json.RawMessage, error) {
				return encodeConfig(model.Key, reply, params, w)
			},
		},
		isQuick: func() bool {
			size, known := rt.KnownSize()
			return known && size <= quickSize
		},
	}
}

// quickSize is the length of the text up to which a read is quick, in bytes, once the
// configuration was read.
const quickSize = 64 << 10

// The views of a configuration.
const (
	ViewResolved  = "resolved"
	ViewStored    = "stored"
	ViewEffective = "effective"
)

// appendReplyKey appends everything that the reply to a read depends on, beside the
// snapshot. Only the path, which comes last, may have any bytes.
func appendReplyKey(key []byte, caller Caller, params tree.Object) []byte {
	view, _ := params["view"].(string)
	key = append(append(key, caller.Surface...), byte(caller.PathVisibility))
	key = append(append(key, view...), 0)
	for _, name := range [...]string{"offset", "limit"} {
		if n, ok := params[name]; ok {
			key = tree.Append(key, n)
		}
		key = append(key, 0)
	}
	if path, isPart := params["path"].(string); isPart {
		key = append(append(key, '='), path...)
	}
	return key
}

// get replies from the snapshot's cache: the same read gets the same bytes until
// the configuration changes.
func get(ctx context.Context, rt *runtime.Runtime, model Model, caller Caller, params tree.Object, encode encodeFunc) (json.RawMessage, error) {
	text, _ := params["path"].(string)
	path, err := tree.ParsePointer(text)
	if err != nil {
		return nil, fault.New(fault.InvalidParams, "%v", err).With("path", "/path")
	}
	view, _ := params["view"].(string)
	var room [128]byte // so that a usual key takes no allocation
	key := appendReplyKey(room[:0], caller, params)
	if view == ViewEffective {
		e, err := rt.EffectiveArrived(ctx, caller.Arrival)
		if fault.Is(err, fault.InvalidParams) {
			err = fault.Of(err).With("path", "/view")
		}
		if err != nil {
			return nil, err
		}
		return e.Reply(key, func() (json.RawMessage, error) {
			reply, err := effectiveReply(e, model, caller, params, path)
			if err == nil {
				err = startPages(reply, params)
			}
			if err != nil {
				return nil, err
			}
			return encode(reply, params)
		})
	}
	snapshot, noEffect, err := readOwn(ctx, rt, path, caller.Arrival)
	if err != nil {
		return nil, err
	}
	return noEffect.cacheOr(snapshot).Reply(key, func() (json.RawMessage, error) {
		reply, err := getReply(snapshot, model, caller, params, path)
		if err != nil {
			return nil, err
		}
		addWarnings(reply, noEffect.issues)
		raw, err := encode(reply, params)
		if f := fault.Of(err); f != nil && f.Kind == fault.TooLarge && view != ViewStored && !isPaged(params) {
			return nil, withStoredSize(f, snapshot, path)
		}
		return raw, err
	})
}

// withStoredSize adds to the refusal of a read how long the view stored would be: it
// is often much shorter.
func withStoredSize(f *fault.Fault, snapshot *runtime.Snapshot, path tree.Pointer) *fault.Fault {
	value, _, ok := path.Get(snapshot.ShownStored())
	if !ok {
		return f
	}
	size := toolLimit.sent(tree.Append(nil, value))
	f = f.With("stored_bytes", size)
	f.Message += fmt.Sprintf("; with view stored it has %d", size)
	return f
}

// getReply returns the members of the reply to a read of a snapshot.
func getReply(snapshot *runtime.Snapshot, model Model, caller Caller, params tree.Object, path tree.Pointer) (tree.Object, error) {
	view := snapshot.Shown
	if params["view"] == ViewStored {
		view = snapshot.ShownStored
	}
	reply := runtime.NewEnvelope(snapshot, nil, caller.PathVisibility).Members()
	switch _, part := params["path"]; {
	case part:
		value, place, err := valueAt(path, view(), model)
		if err != nil {
			return nil, err
		}
		delete(reply, "config")
		reply["path"], reply["value"] = place.String(), value
	case params["view"] == ViewStored, isPaged(params):
		reply["config"] = view()
	default:
		reply["config"] = snapshot.ShownJSON()
	}
	if snapshot.Pending {
		reply["reconcile_pending"] = true
	}
	addWarnings(reply, runtime.NoticeIssues(snapshot.Notices))
	addWarnings(reply, snapshot.Warnings())
	return reply, startPages(reply, params)
}

// leaveOutElsewhere leaves the old mistakes out of a model's reply that are in other
// places than those that it is about, and tells how many they are: a file may have
// many, and each reply would repeat them. A read of everything has them all.
func leaveOutElsewhere(reply tree.Object, about *tree.PointerSet) {
	warnings, _ := reply["warnings"].([]schema.Issue)
	isElsewhere := func(i schema.Issue) bool {
		switch i.Kind {
		case schema.Type, schema.UnknownKey, schema.Missing, schema.Enum, schema.Range, schema.Format, schema.Rule, schema.Duplicate:
			p, err := tree.ParsePointer(i.Path)
			return err == nil && len(p) > 0 && !about.Overlaps(p)
		}
		return false // a write may have caused it
	}
	kept := slices.DeleteFunc(slices.Clone(warnings), isElsewhere)
	if len(kept) == len(warnings) {
		return
	}
	reply["warnings_elsewhere"] = len(warnings) - len(kept)
	if delete(reply, "warnings"); len(kept) > 0 {
		reply["warnings"] = kept
	}
}

// addWarnings adds warnings to a reply.
func addWarnings(reply tree.Object, more []schema.Issue) {
	if len(more) > 0 {
		had, _ := reply["warnings"].([]schema.Issue)
		reply["warnings"] = append(slices.Clip(had), more...)
	}
}

// encodeConfig encodes the reply to a model's read of the configuration, without
// the warnings for which there is no room. One that is still too long is refused,
// with the sizes of the parts to read instead; the whole configuration has a hint
// how to read less, in words. keyOf returns the member that identifies the entries of a list.
func encodeConfig(keyOf func(tree.Pointer) string, reply, params tree.Object, w words) (json.RawMessage, error) {
	path, isPart := params["path"].(string)
	if isPart {
		leaveOutElsewhere(reply, tree.NewPointerSet(pathParameter(params)))
	} else {
		reply["hint"] = "to read one part, give path: " + w.pick("/agent, or /agent/model", "/KEY, or /KEY/KEY")
	}
	text := tree.Append(nil, reply)
	if toolLimit.fits(text) {
		return text, nil
	}
	short := maps.Clone(reply)
	if isPart {
		short["path"] = fault.ClipMiddle(path, maxMessage)
	}
	warnings, has := reply["warnings"].([]schema.Issue)
	if has {
		short["warnings"], short["warnings_omitted"] = []schema.Issue{}, len(warnings)
	}
	size := toolLimit.sent(tree.Append(nil, short))
	switch {
	case isPaged(params):
		return encodePage(short, params)
	case size > toolLimit.bytes:
		return nil, tooLongToRead(keyOf, reply, params, size)
	}
	if has {
		r := reduction{size: toolLimit.sent}
		fitting := r.countFitting(entriesOf(warnings), min(maxReadWarnings, toolLimit.bytes-size))
		short["warnings"], short["warnings_omitted"] = warnings[:fitting], len(warnings)-fitting
		if fitting == len(warnings) {
			delete(short, "warnings_omitted")
		}
	}
	return tree.Append(nil, short), nil
}

// maxReadWarnings is the room that warnings get in a read that is too long with all
// of them.
const maxReadWarnings = 8 << 10

// tooLongToRead refuses a read whose result would have size bytes.
func tooLongToRead(keyOf func(tree.Pointer) string, reply, params tree.Object, size int) error {
	path, isPart := params["path"].(string)
	value := reply["value"]
	if !isPart {
		value = reply["config"]
	}
	at, err := tree.ParsePointer(path)
	if err != nil {
		return err
	}
	children, count, err := sizes(at, value)
	if err != nil {
		return err
	}
	names, omitted := namesOfEntries(keyOf(at), value)
	advice := "read one of its parts (children has their sizes), or read it page by page with offset 0"
	switch {
	case count == 0:
		advice = "read it part by part with offset 0"
	case names != nil:
		advice = "read one of its entries by its index (keys has their names in order, from 0), or read it page by page with offset 0"
	}
	f := fault.New(fault.TooLarge, "%s has %d bytes in a result, and %d is the limit: %s", policy.Place(at), size, MaxResult, advice).
		With("path", path).With("bytes", size).With("limit", MaxResult).With("children", children)
	if names != nil {
		delete(f.Data, "children")
		f = f.With("keys", names)
		if omitted > 0 {
			f = f.With("keys_omitted", omitted)
		}
	} else if count > len(children) {
		f = f.With("children_omitted", count-len(children))
	}
	return f
}

const (
	// maxChildren is how many parts a refusal lists.
	maxChildren = 20
	// maxKeys is how many bytes the names of a list's entries have in a refusal.
	maxKeys = 4 << 10
)

// namesOfEntries returns the identities of a list's entries, in their order, as many
// as there is room for, and how many are left out. It returns nil for any other value,
// and for a list whose entries have no identity.
func namesOfEntries(key string, value any) (names []any, omitted int) {
	list, _ := value.([]any)
	room := maxKeys
	for i, entry := range list {
		o, _ := entry.(tree.Object)
		name, isText := o[key].(string)
		if !isText {
			return nil, 0
		}
		if room -= len(name) + len(`"",`); room < 0 {
			return names, len(list) - i
		}
		names = append(names, name)
	}
	return names, 0
}

// sizes lists the parts of a value with their sizes in a result, the largest
// first, and counts them.
func sizes(at tree.Pointer, value any) (children []any, count int, err error) {
	if raw, ok := value.(json.RawMessage); ok {
		decoded, err := tree.DecodeUnlimited(raw)
		if err != nil {
			return nil, 0, err
		}
		value = decoded
	}
	type part struct {
		path  string
		bytes int
	}
	var parts []part
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			parts = append(parts, part{at.Child(name).String(), toolLimit.sent(tree.Append(nil, member))})
		}
	case []any:
		for i, entry := range v {
			parts = append(parts, part{at.Index(i).String(), toolLimit.sent(tree.Append(nil, entry))})
		}
	}
	slices.SortFunc(parts, func(a, b part) int { return cmp.Or(b.bytes-a.bytes, cmp.Compare(a.path, b.path)) })
	children = []any{}
	for _, p := range parts[:min(maxChildren, len(parts))] {
		children = append(children, tree.Object{"path": p.path, "bytes": p.bytes})
	}
	return children, len(parts), nil
}
