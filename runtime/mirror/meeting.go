package mirror

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

// Note is a place for the last meeting of the two sides, which the local history forgets
// when it is long ago. It is read only if the histories have no meeting, and is never
// believed against them.
type Note interface {
	// Note returns the text that was noted last, or nothing.
	Note() []byte
	// SetNote replaces the text, if that is possible.
	SetNote(text []byte)
}

// meeting is a base in a note.
type meeting struct {
	Local        uint64 `json:"local"`
	LocalSHA256  []byte `json:"local_sha256"`
	Shared       uint64 `json:"shared"`
	SharedSHA256 []byte `json:"shared_sha256"`
	TextSHA256   []byte `json:"text_sha256"`
}

// note writes down the base, if it is another one than before.
func (m *Mirror) note() {
	b := m.base
	if m.options.Note == nil || b == nil || b.state != known {
		return
	}
	text, err := json.Marshal(meeting{b.local.Generation, b.local.Digest[:], b.shared.Generation, b.shared.Digest[:], b.digest[:]})
	if err != nil {
		panic("mirror: " + err.Error()) // numbers and bytes only
	}
	if !bytes.Equal(text, m.noted) {
		m.options.Note.SetNote(text)
		m.noted = text
	}
}

// notedBase returns the base of the note, nil if there is none or a history contradicts
// it. The local generation may have been pruned; a generation that the local side has not
// reached yet is one of another past.
func (m *Mirror) notedBase(ctx context.Context, local, shared view) (*base, error) {
	b, ok := m.readNote()
	if !ok || b.local.Generation >= local.state.Version.Generation || b.shared.Generation > shared.state.Version.Generation {
		return nil, nil
	}
	r, err := m.options.Local.Record(ctx, b.local.Generation)
	switch {
	case fault.Is(err, fault.NotFound):
	case err != nil:
		return nil, onSide(Local, err)
	case r.Version != b.local, r.Superseded:
		return nil, nil
	}
	there, err := m.options.Shared.Record(ctx, b.shared.Generation)
	switch {
	case fault.Is(err, fault.NotFound):
		b.state = pruned
	case err != nil:
		return nil, onSide(Shared, err)
	case there.Version != b.shared:
		b.state = gone
	}
	return b, nil
}

// readNote reads the note.
func (m *Mirror) readNote() (*base, bool) {
	if m.options.Note == nil {
		return nil, false
	}
	var noted meeting
	if err := json.Unmarshal(m.options.Note.Note(), &noted); err != nil {
		return nil, false // there is none, or a crash has torn it
	}
	local, err1 := digestOf(noted.LocalSHA256)
	shared, err2 := digestOf(noted.SharedSHA256)
	text, err3 := digestOf(noted.TextSHA256)
	return &base{
		digest: text,
		local:  store.Version{Generation: noted.Local, Digest: local},
		shared: store.Version{Generation: noted.Shared, Digest: shared},
	}, err1 == nil && err2 == nil && err3 == nil
}

func digestOf(b []byte) (d store.Digest, err error) {
	if copy(d[:], b) != len(d) || len(b) != len(d) {
		return d, fmt.Errorf("a digest of %d bytes", len(b))
	}
	return d, nil
}
