package tools

import (
	"encoding/json"

	"realmconf.io/realmconf/schema/tree"
)

// maxValue is how many bytes of one value a shortened reply shows.
const maxValue = 4 << 10

// fitting is how a write's reply is made short enough. A write that is done is
// never answered with an error because of what there is to say about it.
type fitting struct {
	limit int                 // bytes
	steps []func(tree.Object) // what is left out, one after the other, until the reply fits
}

var (
	// methodReply serves programs: they get everything that a line can carry.
	methodReply = fitting{4 << 20, []func(tree.Object){withoutConfig, withShortChanges, withoutChanges, withoutWarnings}}
	// toolReply serves models, which read all that they get.
	toolReply = fitting{64 << 10, []func(tree.Object){
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
func withShortChanges(r tree.Object) {
	changes, _ := r["changes"].([]tree.Change)
	short := make([]tree.Change, len(changes))
	for i, c := range changes {
		short[i] = c.Shortened(maxValue)
	}
	r["changes"] = short
}
