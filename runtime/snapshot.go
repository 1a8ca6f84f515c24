package runtime

import (
	"bytes"
	"encoding/json"
	"errors"
	"sync"

	"realmconf/runtime/document"
	"realmconf/runtime/store"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// Snapshot is a configuration at one generation. It does not change, and may
// be used from many goroutines.
type Snapshot struct {
	Version  store.Version
	Pending  bool           // a change by others is seen but has no generation yet
	Metadata store.Metadata // whose configuration it is

	document    *document.Document
	stored      tree.Object
	settled     bool // it is what Version's record holds
	baseUnknown bool // it is empty in the place of a text that is not TOML, before which nothing is known to have been
	mint        mint // of the tokens for its secrets

	resolve     func() tree.Object
	shown       func() tree.Object // resolve, with tokens in the place of secrets
	shownStored func() tree.Object // the same of what the file says
	sections    func() sections    // of shown
	render      func() json.RawMessage
	warnings    func() []schema.Issue
	right       func() bool // whether it is known that Check finds nothing in Stored
	replies     *replies
}

func newSnapshot(doc *document.Document, version store.Version, metadata store.Metadata, model Model) *Snapshot {
	s := unmasked(doc, version, metadata, model)
	s.mint = unsettled
	if s.settled = store.DigestOf(doc.Text()) == version.Digest; s.settled {
		s.mint = referringTo(version.Generation)
	}
	s.mask(model, s.mint, s.mint)
	return s
}

// newSuccessor is newSnapshot for what a write made of another snapshot. Found
// is how many mistakes the write's check found in wanted.
func newSuccessor(doc *document.Document, version store.Version, before *Snapshot, model Model, wanted tree.Object, found int) *Snapshot {
	s := newSnapshot(doc, version, before.Metadata, model)
	s.follow(before, model)
	if right := found == 0 && tree.Exactly(doc.Tree(), wanted); right {
		s.warnings = func() []schema.Issue { return nil }
	} else {
		s.right = func() bool { return false } // or it is to be found out, each time again
	}
	return s
}

// newDraft is a configuration that a write would make of another one, and that
// has no generation of its own: secrets that stay what and where they are keep
// their tokens.
func newDraft(doc *document.Document, before *Snapshot, model Model) *Snapshot {
	return draft(unmasked(doc, before.Version, before.Metadata, model), before, model)
}

func draft(s, before *Snapshot, model Model) *Snapshot {
	s.mint = unsettled
	s.mask(model,
		func(p tree.Pointer, secret any) string {
			return before.keeping(p, secret, before.Resolved(), s.Resolved())
		},
		func(p tree.Pointer, secret any) string { return before.keeping(p, secret, before.Stored(), s.Stored()) })
	return s
}

// opaque is the snapshot as a client knows it, whatever its secrets are: their
// tokens stand for them in what is Stored, and in what is Resolved.
func (s *Snapshot) opaque(model Model) *Snapshot {
	o := &Snapshot{
		Version: s.Version, Pending: s.Pending, Metadata: s.Metadata,
		document: s.document, settled: s.settled, baseUnknown: s.baseUnknown, mint: s.mint, warnings: s.warnings, right: s.right,
	}
	o.hold(s.ShownStored(), model)
	o.mask(model, o.mint, o.mint)
	return o
}

// opaqueDraft is newDraft over an opaque snapshot, where a client gave this
// tree.
func opaqueDraft(given tree.Object, doc *document.Document, before *Snapshot, model Model) *Snapshot {
	s := unmasked(doc, before.Version, before.Metadata, model)
	s.hold(given, model)
	return draft(s, before, model)
}

func unmasked(doc *document.Document, version store.Version, metadata store.Metadata, model Model) *Snapshot {
	s := &Snapshot{Version: version, Metadata: metadata, document: doc, replies: new(replies)}
	s.hold(doc.Tree(), model)
	s.warnings = sync.OnceValue(func() []schema.Issue {
		_, warnings := model.Check(doc.Tree(), doc.Tree())
		return located(warnings, doc)
	})
	s.right = func() bool { return len(s.Warnings()) == 0 }
	return s
}

// hold makes a tree what the snapshot says.
func (s *Snapshot) hold(stored tree.Object, model Model) {
	s.stored = stored
	s.resolve = sync.OnceValue(func() tree.Object { return model.Fill(stored) })
}

// mask gives the snapshot the views that may be shown.
func (s *Snapshot) mask(model Model, resolved, stored mint) {
	s.shown = sync.OnceValue(func() tree.Object { return model.Mask(s.Resolved(), resolved) })
	s.shownStored = sync.OnceValue(func() tree.Object { return model.Mask(s.Stored(), stored) })
	s.sections = sync.OnceValue(func() sections { return newSections(s.Shown(), nil) })
	s.render = sync.OnceValue(func() json.RawMessage { return s.sections().json() })
}

// Stored is what the file says, and nothing else, secrets included. Nobody
// writes into it.
func (s *Snapshot) Stored() tree.Object { return s.stored }

// Resolved is what the file means: Stored with the defaults filled in. Nobody
// writes into it.
func (s *Snapshot) Resolved() tree.Object { return s.resolve() }

// Shown is Resolved as it may leave for a client: a token stands for each
// secret. Nobody writes into it.
func (s *Snapshot) Shown() tree.Object { return s.shown() }

// ShownStored is Stored as it may leave for a client. Nobody writes into it.
func (s *Snapshot) ShownStored() tree.Object { return s.shownStored() }

// ShownJSON is Shown as JSON, rendered once.
func (s *Snapshot) ShownJSON() json.RawMessage { return s.render() }

// Warnings are the mistakes that the file holds, with their lines. They do not
// keep it from being read.
func (s *Snapshot) Warnings() []schema.Issue { return s.warnings() }

// Text is the file's bytes, secrets included. Nobody writes into them.
func (s *Snapshot) Text() []byte { return s.document.Text() }

// located adds to each issue the line and column of the key that it is about;
// for a key that is missing, those of the table that should have it.
func located(issues []schema.Issue, doc *document.Document) []schema.Issue {
	for i, issue := range issues {
		p, err := tree.ParsePointer(issue.Path)
		if err != nil {
			continue
		}
		for ; len(p) > 0; p = p[:len(p)-1] {
			if line, column, ok := doc.Position(p); ok {
				issues[i].Line, issues[i].Column = line, column
				break
			}
		}
	}
	return issues
}

// content is what a store's text turned out to be: a snapshot, or text that is
// not TOML.
type content struct {
	state    store.State
	metadata store.Metadata
	snapshot *Snapshot             // nil when the text is not TOML
	syntax   *document.SyntaxError // why
}

// is reports whether a store that holds this state would read as c again.
func (c *content) is(state store.State, metadata store.Metadata) bool {
	return c.state.Version == state.Version && c.state.Pending == state.Pending &&
		c.state.Next == state.Next && c.metadata == metadata && bytes.Equal(c.state.Text, state.Text)
}

func read(state store.State, metadata store.Metadata, model Model) (*content, error) {
	c := &content{state: state, metadata: metadata}
	doc, err := document.Parse(state.Text)
	if errors.As(err, &c.syntax) {
		return c, nil
	}
	if err != nil {
		return nil, err
	}
	c.snapshot = newSnapshot(doc, state.Version, metadata, model)
	c.snapshot.Pending = state.Pending
	return c, nil
}
