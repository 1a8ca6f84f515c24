package mirror

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
)

// Note is a file for the last base, whose records are pruned from the local history in
// time. It is read only if the histories have no base; what they say counts more than it.
type Note interface {
	// Note returns the text of the last SetNote, or nothing.
	Note() []byte
	// SetNote replaces the text, if that is possible.
	SetNote(text []byte)
}

// savedBase is a base in a note.
type savedBase struct {
	Local        uint64 `json:"local"`
	LocalSHA256  []byte `json:"local_sha256"`
	Shared       uint64 `json:"shared"`
	SharedSHA256 []byte `json:"shared_sha256"`
	TextSHA256   []byte `json:"text_sha256"`
}

// saveBase writes the base into the note, if it is another one than before.
func (m *Mirror) saveBase() {
	b := m.base
	if m.options.Note == nil || b == nil || b.state != baseKnown {
		return
	}
	text, err := json.Marshal(savedBase{b.local.Generation, b.local.Digest[:], b.shared.Generation, b.shared.Digest[:], b.digest[:]})
	if err != nil {
		panic("mirror: " + err.Error()) // numbers and bytes only
	}
	if !bytes.Equal(text, m.saved) {
		m.options.Note.SetNote(text)
		m.saved = text
	}
}

// loadBase returns the base of the note, nil if there is none or a history contradicts
// it. The local generation may have been pruned; a generation that the local side has not
// reached yet is one of another past.
func (m *Mirror) loadBase(ctx context.Context, local, shared sideState) (*base, error) {
	b, ok := m.parseNote()
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
	if err := m.findShared(ctx, b); err != nil {
		return nil, err
	}
	return b, nil
}

// parseNote returns the base of the note as it is written there.
func (m *Mirror) parseNote() (*base, bool) {
	if m.options.Note == nil {
		return nil, false
	}
	var saved savedBase
	if err := json.Unmarshal(m.options.Note.Note(), &saved); err != nil {
		return nil, false // there is none, or a crash has torn it
	}
	local, err1 := digestOf(saved.LocalSHA256)
	shared, err2 := digestOf(saved.SharedSHA256)
	text, err3 := digestOf(saved.TextSHA256)
	return &base{
		digest: text,
		local:  store.Version{Generation: saved.Local, Digest: local},
		shared: store.Version{Generation: saved.Shared, Digest: shared},
	}, err1 == nil && err2 == nil && err3 == nil
}

func digestOf(b []byte) (d store.Digest, err error) {
	if copy(d[:], b) != len(d) || len(b) != len(d) {
		return d, fmt.Errorf("a digest of %d bytes", len(b))
	}
	return d, nil
}
