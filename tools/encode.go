package tools

import (
	"encoding/json"

	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

const (
	maxToolReply = 64 << 10        // bytes of a reply to a model, which reads all of it
	maxValue     = policy.MaxValue // bytes of one value in a shortened reply
)

// writeEncoder makes a write's reply short enough. A write that has been done must
// not be answered with an error because its reply is too long.
type writeEncoder struct {
	limit int                 // bytes
	steps []func(tree.Object) // each shortens a reply; they are done in order until it fits
}

var (
	// methodEncoder serves programs: they get as much as a line can carry.
	methodEncoder = writeEncoder{4 << 20, []func(tree.Object){omitConfig, shortenChanges, omitChanges, omitWarnings}}
	// toolEncoder serves models.
	toolEncoder = writeEncoder{maxToolReply, []func(tree.Object){
		func(r tree.Object) { omitConfig(r); shortenChanges(r) }, omitChanges, omitWarnings,
	}}
	// minimalEncoder is for a connection that cannot send the other one.
	minimalEncoder = writeEncoder{0, []func(tree.Object){omitConfig, omitChanges, omitWarnings}}
)

// encode returns a write's reply as JSON. It changes r where that is too long.
func (e writeEncoder) encode(r tree.Object) json.RawMessage {
	text := tree.Append(nil, r)
	for _, shorten := range e.steps {
		if len(text) <= e.limit {
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

// encodeWhole encodes a reply of any length.
func encodeWhole(reply, _ tree.Object) (json.RawMessage, error) { return tree.Append(nil, reply), nil }
