package runtime

import (
	"bytes"
	"errors"
	"slices"

	"realmconf/runtime/document"
	"realmconf/runtime/store"
)

// parsedState is the text of a store at one moment, parsed: a snapshot, or the
// reason why the text is not TOML.
type parsedState struct {
	state    store.State
	metadata store.Metadata
	snapshot *Snapshot             // nil if the text is not TOML
	syntax   *document.SyntaxError // nil if it is
}

// parseState parses the state of a store. It takes over from the state before, which may be
// nil, what is the same in both: most of a text that another program changed.
func parseState(state store.State, metadata store.Metadata, model Model, before *parsedState) (*parsedState, error) {
	c := &parsedState{state: state, metadata: metadata}
	var known *Snapshot
	var like *document.Document
	if before != nil && before.snapshot != nil {
		known, like = before.snapshot, before.snapshot.document
	}
	doc, err := document.ParseLike(state.Text, like)
	if errors.As(err, &c.syntax) {
		return c, nil
	}
	if err != nil {
		return nil, err
	}
	c.snapshot = newSnapshot(model, state.Version, metadata, storedSource(doc, state.Version))
	c.snapshot.Pending = state.Pending
	c.snapshot.Notices = state.Notices
	if known != nil {
		c.snapshot.reuseViews(known)
		c.snapshot.reuseReport(known)
	}
	return c, nil
}

// parsedStateOf returns the state that a store has once it has committed s.
func parsedStateOf(s *Snapshot) *parsedState {
	state := store.State{Text: s.Text(), Version: s.Version, Next: store.Successor(s.Version.Generation), Notices: s.Notices}
	return &parsedState{state: state, metadata: s.Metadata, snapshot: s}
}

// matches reports whether parsing a state would give c again.
func (c *parsedState) matches(state store.State, metadata store.Metadata) bool {
	return c.state.Version == state.Version && c.state.Pending == state.Pending &&
		c.state.Next == state.Next && slices.Equal(c.state.Notices, state.Notices) && c.metadata == metadata && bytes.Equal(c.state.Text, state.Text)
}
