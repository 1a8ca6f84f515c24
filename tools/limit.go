package tools

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"

	"realmconf/runtime/fault"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// MaxResult is the highest length of a tool's result in bytes, because a model
// reads all of it. Counted is the JSON of the result as it is sent: the text
// blocks, quoted, and the structured content, which has the same again. Revisions
// of MCP without structured content have the same limit, so that a client that
// goes on to another revision still gets what it got before.
const MaxResult = 64 << 10

// resultFrame is the length of everything else in a result: the names of its
// members, and the server's name and version.
const resultFrame = 512

// limit is how long replies and errors may be for one kind of client. All of
// them are made short enough here.
type limit struct {
	bytes  int
	isTool bool // replies are sent as a tool's result
}

var (
	// methodLimit serves programs: they get half of what a frame can carry.
	methodLimit = limit{bytes: 4 << 20}
	// toolLimit serves models.
	toolLimit = limit{bytes: MaxResult - resultFrame, isTool: true}
)

// sent returns the length of a part of a reply's JSON as it is sent.
func (l limit) sent(text []byte) int {
	if !l.isTool {
		return len(text)
	}
	return len(text) + l.quoted(text)
}

// quoted returns the length of JSON in a text block, without the quotes.
func (l limit) quoted(text []byte) int {
	return len(text) + bytes.Count(text, []byte{'"'}) + bytes.Count(text, []byte{'\\'})
}

// fits reports whether a reply may be sent.
func (l limit) fits(text json.RawMessage) bool { return l.sent(text) <= l.bytes }

// encode returns a reply as JSON, without the parts for which there is no room.
// A write that was done must not be answered with an error, so encode has none.
func (l limit) encode(reply tree.Object) json.RawMessage {
	text := tree.Append(nil, reply)
	if l.fits(text) {
		return text
	}
	r := reduction{members: reply, room: l.bytes, size: l.sent}
	return r.shorten()
}

// minimalReply returns the reply of a write for a connection that can send no
// longer one.
func minimalReply(reply tree.Object) json.RawMessage {
	short := maps.Clone(reply)
	for _, name := range []string{"changes", "warnings"} {
		count := 0
		switch list := reply[name].(type) {
		case []tree.Change:
			count = len(list)
		case []schema.Issue:
			count = len(list)
		default:
			continue
		}
		delete(short, name)
		short[name+"_omitted"] = count
	}
	if _, exists := short["config"]; exists {
		delete(short, "config")
		short["config_omitted"] = true
	}
	return tree.Append(nil, short)
}

// maxMessage is the highest length of an error's text as JSON. Texts of clients
// and of files are shorter in it, so it is rarely reached.
const maxMessage = 4 << 10

// shorten returns an error with a text and data that may be sent: the beginning
// and the end of the text, which says what to do, and of each list in the data
// its beginning. Errors that are not faults stay as they are.
func (l limit) shorten(err error) error {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return err
	}
	message := fault.ClipMiddle(f.Message, maxMessage)
	data := tree.Append(nil, f.With("kind", string(f.Kind)).Data)
	size := func(text []byte) int { return len(text) }
	if l.isTool {
		size = l.quoted // there is no structured content beside an error
	}
	room := l.bytes - 2*maxMessage // a text is at most twice as long when quoted
	if message == f.Message && size(data) <= room {
		return err
	}
	short := *f
	short.Message = message
	if size(data) > room {
		r := reduction{members: f.With("kind", string(f.Kind)).Data, room: room, size: size}
		r.shorten()
		short.Data = r.members
	}
	return &short
}
