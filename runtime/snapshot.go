package runtime

import (
	"encoding/json"

	"realmconf/runtime/document"
	"realmconf/runtime/store"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// Snapshot is a configuration in memory: a generation, or a draft of one. It does
// not change, and may be used from many goroutines. Its views are computed from its
// source, each when it is first needed:
//
//	text ─→ Stored ─ defaults ─→ Resolved ─ tokens for secrets ─→ Shown ─→ ShownJSON
//	          └───────────────────────────── tokens for secrets ─→ ShownStored
//
// A caller must not change a returned value.
type Snapshot struct {
	Version  store.Version
	Pending  bool           // a change by another program was seen but has no generation yet
	Metadata store.Metadata // identity of the configuration
	Notices  []store.Notice // what a person should know of the store's files

	source
	model Model

	resolved    lazy[tree.Object]
	shown       lazy[tree.Object]
	shownStored lazy[tree.Object]
	sections    lazy[sections] // of shown
	shownJSON   lazy[json.RawMessage]
	report      lazy[schema.Report] // of the file's check
	unreadable  lazy[*schema.Issue] // of composable
	warnings    lazy[[]schema.Issue]
	replies     replies
}

// source is everything in which snapshots differ: the text, the tree that counts
// as stored, and the tokens that replace the secrets for clients.
//
//	made by       text               tree                    tokens refer to
//	storedSource  the store's        the text's              its own generation, once that is committed
//	successor     a write's result   the text's              its own generation
//	masked        as before          tokens for secrets      as before
//	draft         a write's result   the text's or           the generation before where a secret is
//	                                 the client's            unchanged; nothing where it is new
//	writeBase     the last that      the text's              that text's generation
//	              is TOML, or none
//	newEffective  the realm's own    the composition         the realm's own generation; nothing where
//	                                                         a secret is inherited
type source struct {
	document  *document.Document
	stored    tree.Object
	committed bool // the record of the snapshot's Version holds this text

	token   tokenFunc
	draftOf *Snapshot // nil unless this is a draft: the snapshot that gives the tokens of unchanged secrets

	baseUnknown bool   // an earlier or the empty configuration in the place of text that is not TOML
	baseOf      uint64 // of writeBase: the generation that the text is of, 0 for none
}

// newSnapshot is the only way to make a Snapshot.
func newSnapshot(model Model, version store.Version, metadata store.Metadata, src source) *Snapshot {
	return &Snapshot{Version: version, Metadata: metadata, source: src, model: model}
}

// storedSource returns the source of a text that a store gave for a version.
func storedSource(doc *document.Document, version store.Version) source {
	src := source{document: doc, stored: doc.Tree(), token: notStoredToken}
	if store.DigestOf(doc.Text()) == version.Digest {
		src.committed, src.token = true, tokensOf(version.Generation)
	}
	return src
}

// successor returns the snapshot of the next version, which a write made of s.
func (s *Snapshot) successor(version store.Version, doc *document.Document) *Snapshot {
	next := newSnapshot(s.model, version, s.Metadata, source{
		document: doc, stored: doc.Tree(), committed: true, token: tokensOf(version.Generation),
	})
	next.Notices = s.Notices
	next.reuseViews(s)
	return next
}

// masked returns s as its client knows it: also in Stored and Resolved, tokens
// replace the secrets.
func (s *Snapshot) masked() *Snapshot {
	src := s.source
	src.stored = s.ShownStored()
	m := newSnapshot(s.model, s.Version, s.Metadata, src)
	m.Pending, m.Notices = s.Pending, s.Notices
	return m
}

// draft returns the configuration that a write would make of s. It has no
// generation of its own, and stays under that of s.
func (s *Snapshot) draft(doc *document.Document, stored tree.Object) *Snapshot {
	d := newSnapshot(s.model, s.Version, s.Metadata, source{
		document: doc, stored: stored, token: notStoredToken, draftOf: s,
	})
	d.Notices = s.Notices
	return d
}

// Stored is the content of the file, without defaults, with its secrets.
func (s *Snapshot) Stored() tree.Object { return s.stored }

// Resolved is Stored with the defaults filled in, with its secrets.
func (s *Snapshot) Resolved() tree.Object {
	return s.resolved.get(func() tree.Object { return s.model.Fill(s.stored) })
}

// Shown is Resolved as a client may see it: a token replaces each secret.
func (s *Snapshot) Shown() tree.Object {
	return s.shown.get(func() tree.Object { return s.mask(s.Resolved(), (*Snapshot).Resolved) })
}

// ShownStored is Stored as a client may see it.
func (s *Snapshot) ShownStored() tree.Object {
	return s.shownStored.get(func() tree.Object { return s.mask(s.stored, (*Snapshot).Stored) })
}

// mask returns a view with tokens in the place of its secrets.
func (s *Snapshot) mask(view tree.Object, viewOf func(*Snapshot) tree.Object) tree.Object {
	return viewIfSame(view, s.model.Mask(view, s.tokens(viewOf)))
}

// ShownJSON is Shown as JSON.
func (s *Snapshot) ShownJSON() json.RawMessage {
	return s.shownJSON.get(func() json.RawMessage {
		if all := s.shownSections(); all != nil {
			return all.json()
		}
		return tree.Append(nil, s.Shown())
	})
}

func (s *Snapshot) shownSections() sections {
	return s.sections.get(func() sections { return newSections(s.Shown(), nil) })
}

// Warnings are the mistakes in the file, with their lines. A file with mistakes
// can still be read.
func (s *Snapshot) Warnings() []schema.Issue {
	return s.warnings.get(func() []schema.Issue { return listWarnings(s.checked().Warnings, s.document) })
}

// checked returns what the check of the file finds: warnings only, since nothing in
// it is new.
func (s *Snapshot) checked() schema.Report {
	return s.report.get(func() schema.Report { return s.model.Check(s.document.Tree(), s.document.Tree()) })
}

// Text is the file's bytes, with its secrets.
func (s *Snapshot) Text() []byte { return s.document.Text() }

// ShownText is the file's text as a client may see it: with its comments, and a
// token in the place of each secret. A comment may hold anything. The error is that
// of an edit.
func (s *Snapshot) ShownText() ([]byte, error) { return s.textWith(s.ShownStored()) }

// textWith returns the text with a tree's values, which differ in the secrets alone.
func (s *Snapshot) textWith(values tree.Object) ([]byte, error) {
	doc, _, err := s.document.Edit(values, newEditModel(s.model, target{}))
	if err != nil {
		return nil, err
	}
	return doc.Text(), nil
}

// knowReport gives the report of a write's check in advance, if the file holds
// exactly the configuration that was checked.
func (s *Snapshot) knowReport(checked tree.Object, report schema.Report) {
	if report.Issues.Count == 0 && tree.Exactly(s.document.Tree(), checked) {
		s.report.set(report)
	}
}

// maxRecheck is how long a text may be that is checked before anybody asks for the result.
const maxRecheck = 64 << 10

// reuseReport checks the file if that is little work: if the snapshot before is known to
// have no mistakes, only what differs is checked. A file with mistakes is checked when its
// warnings are needed.
func (s *Snapshot) reuseReport(before *Snapshot) {
	if len(s.Text()) > maxRecheck {
		return
	}
	if known, isKnown := before.report.peek(); isKnown && known.IsValid() {
		if report := s.model.Recheck(s.document.Tree(), before.document.Tree()); report.IsValid() {
			s.report.set(report)
		}
	}
}

// composable returns the snapshot as a document of a chain.
func (s *Snapshot) composable() schema.Document {
	unreadable := s.unreadable.get(func() *schema.Issue {
		if tree.Same(s.stored, s.document.Tree()) {
			return s.checked().Unreadable
		}
		return s.model.Check(s.stored, s.stored).Unreadable
	})
	return schema.Document{Tree: s.stored, IsChecked: true, Unreadable: unreadable}
}
