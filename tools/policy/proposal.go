package policy

import (
	"encoding/hex"
	"maps"
	"strings"
	"time"

	"realmconf/schema"
	"realmconf/schema/tree"
	"realmconf/tools/layout"
)

// Proposal is a held change as data, for a program that shows it to a person. Tokens
// replace the secrets, apart from those that the client itself gave.
type Proposal struct {
	// Digest is the Subject of the question. Secrets go into it, too, and a client
	// could test guesses with it: only programs of the same user may see it.
	Digest Fingerprint

	Tool       string
	Client     string // as it names itself; may be empty
	Reason     string // why, in the client's words; may be empty
	Realm      string // the realm's id; may be empty
	File       string // the name of the file, if that is no realm's; else empty
	Project    string // the name of the project's directory; may be empty
	Directory  string // the real path of the directory with config.toml, which no client may see; may be empty
	Store      string // the URL of the shared store with the realm; may be empty
	Generation uint64 // the one that the change is based on
	Time       time.Time
	Summary    string // the first line of the question

	Fields  []ProposedChange // the held ones, those with the strongest class first
	Others  []ProposedChange // all that changes with them and is not held
	Effects []ProposedChange // held changes in what agents of realms run with

	// Diff is config.toml before and after, as diff -u without its names, and without
	// the texts of comments; empty if the text before is not TOML. CommentedDiff is the
	// same for the person whose file it is: with the comments, but for what looks like a
	// secret in them.
	Diff, CommentedDiff string
}

// ProposedChange is one change in a proposal. An entry of a list or a map that comes,
// goes or is renamed is one change.
type ProposedChange struct {
	tree.Change
	Risk   schema.RiskSet
	Note   string   // of a value that says too little alone; may be empty
	Realms []string // of an effect, the realms whose agents it is for
}

// keyCommentedDiff is the member of PersonTree that Tree has not.
const keyCommentedDiff = "commented_diff"

// PersonTree is Tree for the programs that show a proposal to the person whose file it
// is, with the directory or the store. No client may get it.
func (p Proposal) PersonTree() tree.Object {
	o := p.Tree()
	if p.Directory != "" {
		o["directory"] = p.Directory
	}
	if p.Store != "" {
		o["store"] = p.Store
	}
	if p.CommentedDiff != p.Diff {
		o[keyCommentedDiff] = p.CommentedDiff
	}
	return o
}

// ForClients returns a PersonTree as Tree is, apart from the directory.
func ForClients(proposal tree.Object) tree.Object {
	o := maps.Clone(proposal)
	delete(o, keyCommentedDiff)
	return o
}

// ForPerson returns a PersonTree in which the difference is that for the person.
func ForPerson(proposal tree.Object) tree.Object {
	o := ForClients(proposal)
	if text, has := proposal[keyCommentedDiff]; has {
		o["diff"] = text
	}
	return o
}

// Tree returns the proposal as a JSON object, as clients may see it.
func (p Proposal) Tree() tree.Object {
	o := p.content()
	o["digest"] = hex.EncodeToString(p.Digest[:])
	o["time"] = p.Time.UTC().Format(time.RFC3339)
	return o
}

// content returns what a person decides about: all but the digest, the time, the
// directory and the comments.
func (p Proposal) content() tree.Object {
	o := tree.Object{
		"tool": p.Tool, "client": p.Client, "reason": p.Reason, "realm": p.Realm, "project": p.Project,
		"generation": p.Generation, "summary": p.Summary, "diff": p.Diff,
		"fields": changeTrees(p.Fields), "others": changeTrees(p.Others), "effects": changeTrees(p.Effects),
	}
	if p.File != "" {
		o["file"] = p.File
	}
	return o
}

func changeTrees(changes []ProposedChange) []any {
	list := make([]any, len(changes))
	for i, c := range changes {
		list[i] = c.Tree()
	}
	return list
}

// Tree returns the change as a JSON object: that of tree.Change with risk, and with
// note and realms if it has them.
func (c ProposedChange) Tree() tree.Object {
	o := c.Change.Tree()
	o["risk"] = c.Risk.List()
	if c.Note != "" {
		o["note"] = c.Note
	}
	if len(c.Realms) > 0 {
		realms := make([]any, len(c.Realms))
		for i, realm := range c.Realms {
			realms[i] = realm
		}
		o["realms"] = realms
	}
	return o
}

// proposal returns the change as data, without the digest.
func (u *UnapprovedError) proposal(items []item) Proposal {
	before := u.comparison.Before
	p := Proposal{
		Tool: u.call.Tool, Client: u.call.Client, Reason: u.call.Reason, File: before.Metadata.File, Project: before.Metadata.Project, Directory: u.directory(), Store: u.sharedPlace(),
		Generation: before.Version.Generation, Time: time.Now(),
		Diff:          u.textDiff(func(string) string { return " " + schema.NotShown }),
		CommentedDiff: u.textDiff(schema.HideSecrets),
	}
	if id := before.Metadata.RealmID; id != nil {
		p.Realm = *id
	}
	p.Summary = u.summary(items)
	for _, i := range items {
		if i.isHeld {
			p.Fields = append(p.Fields, i.proposed())
		} else {
			p.Others = append(p.Others, i.proposed())
		}
	}
	for _, g := range groupEffects(u.effects.held, func(f effectField) string { return string(tree.Append(nil, f.change.Tree())) }) {
		p.Effects = append(p.Effects, ProposedChange{Change: g.change, Risk: g.risk, Note: routeNote(g.route), Realms: g.realms})
	}
	for _, unknown := range u.effects.unknown {
		change := ProposedChange{Change: tree.Change{Op: "unknown"}, Note: unknownLine(unknown)}
		if unknown.Realm != "" {
			change.Realms = []string{unknown.Realm}
		}
		p.Effects = append(p.Effects, change)
	}
	return p
}

// textDiff returns the difference of the two texts, with what comment returns in the
// place of comments.
func (u *UnapprovedError) textDiff(comment func(string) string) string {
	if u.comparison.BaseUnknown() {
		return ""
	}
	before, after, err := u.comparison.ShownTexts(comment)
	if err != nil {
		return "" // the fields have everything
	}
	var b strings.Builder
	for _, l := range layout.DiffLines(string(before), string(after)) {
		b.WriteByte(l.Sign)
		b.WriteString(l.Text + "\n")
	}
	return b.String()
}
