package tools

import (
	"cmp"
	"encoding/json"
	"slices"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

const (
	maxToolReply = 64 << 10 // bytes of a reply to a model, which reads all that it gets
	maxValue     = 4 << 10  // bytes of one value that a shortened reply shows
)

// fitting is how a write's reply is made short enough. A write that is done is
// never answered with an error because of what there is to say about it.
type fitting struct {
	limit int                 // bytes
	steps []func(tree.Object) // what is left out, one after the other, until the reply fits
}

var (
	// methodReply serves programs: they get everything that a line can carry.
	methodReply = fitting{4 << 20, []func(tree.Object){withoutConfig, withShortChanges, withoutChanges, withoutWarnings}}
	// toolReply serves models.
	toolReply = fitting{maxToolReply, []func(tree.Object){
		func(r tree.Object) { withoutConfig(r); withShortChanges(r) }, withoutChanges, withoutWarnings,
	}}
	// brief is the shortest reply that there is.
	brief = fitting{0, []func(tree.Object){withoutConfig, withoutChanges, withoutWarnings}}
)

// reply is a write's reply as JSON. What had to be left out is taken out of r.
func (f fitting) reply(r tree.Object) json.RawMessage {
	text := tree.Append(nil, r)
	for _, leaveOut := range f.steps {
		if len(text) <= f.limit {
			break
		}
		leaveOut(r)
		text = tree.Append(nil, r)
	}
	return text
}

func withoutConfig(r tree.Object)   { omit(r, "config") }
func withoutChanges(r tree.Object)  { omit(r, "changes") }
func withoutWarnings(r tree.Object) { omit(r, "warnings") }

// omit leaves a member out and says so.
func omit(r tree.Object, name string) {
	if _, there := r[name]; there {
		delete(r, name)
		r[name+"_omitted"] = true
	}
}

// withShortChanges puts sizes in the place of long values.
func withShortChanges(r tree.Object) { shorten(r, maxValue) }

// shorten puts sizes in the place of the values in changes that need more than
// limit bytes.
func shorten(r tree.Object, limit int) {
	changes, _ := r["changes"].([]tree.Change)
	short := make([]tree.Change, len(changes))
	for i, c := range changes {
		short[i] = c.Shortened(limit)
	}
	r["changes"] = short
}

// whole is a reply that is short by its nature.
func whole(reply, _ tree.Object) (json.RawMessage, error) { return tree.Append(nil, reply), nil }

// narrower is the reply to a model's read of the configuration. One that is too
// long is refused, with what there is to read instead; one of everything says
// how to read less.
func narrower(reply, params tree.Object) (json.RawMessage, error) {
	path, part := params["path"].(string)
	if !part {
		reply["hint"] = "to read one part, give path: /agent, or /agent/model"
	}
	text := tree.Append(nil, reply)
	if len(text) <= maxToolReply {
		return text, nil
	}
	value := reply["value"]
	if !part {
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
