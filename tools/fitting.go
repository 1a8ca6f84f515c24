package tools

import (
	"cmp"
	"encoding/json"
	"slices"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

const (
	maxToolReply = 64 << 10 // bytes of a reply to a model, which reads all of it
	maxValue     = 4 << 10  // bytes of one value in a shortened reply
)

// fitting makes a write's reply short enough. A write that has been done must
// not be answered with an error because its reply is too long.
type fitting struct {
	limit int                 // bytes
	steps []func(tree.Object) // each shortens a reply; they are done in order until it fits
}

var (
	// methodReply serves programs: they get as much as a line can carry.
	methodReply = fitting{4 << 20, []func(tree.Object){omitConfig, shortenChanges, omitChanges, omitWarnings}}
	// toolReply serves models.
	toolReply = fitting{maxToolReply, []func(tree.Object){
		func(r tree.Object) { omitConfig(r); shortenChanges(r) }, omitChanges, omitWarnings,
	}}
	// minimalReply is for a connection that cannot send the other one.
	minimalReply = fitting{0, []func(tree.Object){omitConfig, omitChanges, omitWarnings}}
)

// encode returns a write's reply as JSON. It changes r where that is too long.
func (f fitting) encode(r tree.Object) json.RawMessage {
	text := tree.Append(nil, r)
	for _, shorten := range f.steps {
		if len(text) <= f.limit {
			break
		}
		shorten(r)
		text = tree.Append(nil, r)
	}
	return text
}

func omitConfig(r tree.Object)   { omit(r, "config") }
func omitChanges(r tree.Object)  { omit(r, "changes") }
func omitWarnings(r tree.Object) { omit(r, "warnings") }

// omit deletes a member, and adds one that says so.
func omit(r tree.Object, name string) {
	if _, exists := r[name]; exists {
		delete(r, name)
		r[name+"_omitted"] = true
	}
}

func shortenChanges(r tree.Object) { shortenValues(r, maxValue) }

// shortenValues puts sizes in the place of the values in changes that have more
// than limit bytes.
func shortenValues(r tree.Object, limit int) {
	changes, _ := r["changes"].([]tree.Change)
	short := make([]tree.Change, len(changes))
	for i, c := range changes {
		short[i] = c.Shortened(limit)
	}
	r["changes"] = short
}

// unlimited encodes a reply of any length.
func unlimited(reply, _ tree.Object) (json.RawMessage, error) { return tree.Append(nil, reply), nil }

// limitedConfig encodes the reply to a model's read of the configuration. One
// that is too long is refused, with the sizes of the parts to read instead; the
// whole configuration has a hint how to read less.
func limitedConfig(reply, params tree.Object) (json.RawMessage, error) {
	path, isPart := params["path"].(string)
	if !isPart {
		reply["hint"] = "to read one part, give path: /agent, or /agent/model"
	}
	text := tree.Append(nil, reply)
	if len(text) <= maxToolReply {
		return text, nil
	}
	value := reply["value"]
	if !isPart {
		value = reply["config"]
	}
	at, err := tree.ParsePointer(path)
	if err != nil {
		return nil, err
	}
	children, err := sizes(at, value)
	if err != nil {
		return nil, err
	}
	advice := "read one of its parts; children has their sizes"
	if len(children) == 0 {
		advice = "it has no smaller parts: read it as a resource, or with a program"
	}
	return nil, fault.New(fault.TooLarge, "%s has %d bytes, and %d is the limit: %s", place(at), len(text), maxToolReply, advice).
		With("path", path).With("bytes", len(text)).With("limit", maxToolReply).With("children", children)
}

// maxChildren is how many parts a refusal lists.
const maxChildren = 100

// sizes lists the parts of a value with their sizes as JSON, the largest first.
func sizes(at tree.Pointer, value any) ([]any, error) {
	if raw, ok := value.(json.RawMessage); ok {
		decoded, err := tree.Decode(raw)
		if err != nil {
			return nil, err
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
			parts = append(parts, part{at.Child(name).String(), len(tree.Append(nil, member))})
		}
	case []any:
		for i, entry := range v {
			parts = append(parts, part{at.Index(i).String(), len(tree.Append(nil, entry))})
		}
	}
	slices.SortFunc(parts, func(a, b part) int { return cmp.Or(b.bytes-a.bytes, cmp.Compare(a.path, b.path)) })
	children := []any{}
	for _, p := range parts[:min(maxChildren, len(parts))] {
		children = append(children, tree.Object{"path": p.path, "bytes": p.bytes})
	}
	return children, nil
}
