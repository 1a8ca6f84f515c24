package policy

import (
	"encoding/hex"
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
	Project    string // the name of the project's directory; may be empty
	Directory  string // the real path of the directory with config.toml; may be empty
	Generation uint64 // the one that the change is based on
	Time       time.Time
	Summary    string // the first line of the question

	Fields  []ProposedChange // the held ones, those with the strongest class first
	Others  []ProposedChange // all that changes with them and is not held
	Effects []ProposedChange // held changes in what agents of realms run with

	Diff string // config.toml before and after, as diff -u without its names; empty if the text before is not TOML
}

// ProposedChange is one change in a proposal. An entry of a list or a map that comes,
// goes or is renamed is one change.
type ProposedChange struct {
	tree.Change
	Risk   schema.RiskSet
	Note   string   // of a value that says too little alone; may be empty
	Realms []string // of an effect, the realms whose agents it is for
}

// Tree returns the proposal as a JSON object.
func (p Proposal) Tree() tree.Object {
	o := p.content()
	o["digest"] = hex.EncodeToString(p.Digest[:])
	o["time"] = p.Time.UTC().Format(time.RFC3339)
	return o
}

// keyDirectory is the member of a proposal with the directory.
const keyDirectory = "directory"

// TreeWithoutPaths returns the proposal as a JSON object for a client that is shown no
// paths of the file system.
func (p Proposal) TreeWithoutPaths() tree.Object {
	o := p.Tree()
	delete(o, keyDirectory)
	return o
}

// content returns what a person decides about: all but the digest and the time.
func (p Proposal) content() tree.Object {
	o := tree.Object{
		"tool": p.Tool, "client": p.Client, "reason": p.Reason, "realm": p.Realm, "project": p.Project,
		"generation": p.Generation, "summary": p.Summary, "diff": p.Diff,
		"fields": changeTrees(p.Fields), "others": changeTrees(p.Others), "effects": changeTrees(p.Effects),
	}
	if p.Directory != "" {
		o[keyDirectory] = p.Directory
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
func (u *Unapproved) proposal(items []item) Proposal {
	before := u.comparison.Before
	p := Proposal{
		Tool: u.call.Tool, Client: u.call.Client, Reason: u.call.Reason, Project: before.Metadata.Project, Directory: u.directory(),
		Generation: before.Version.Generation, Time: time.Now(), Diff: u.textDiff(),
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
		p.Effects = append(p.Effects, ProposedChange{Change: g.change, Risk: g.risk, Realms: g.realms})
	}
	for _, unknown := range u.effects.unknown {
		p.Effects = append(p.Effects, ProposedChange{Change: tree.Change{Op: "unknown"}, Note: unknownLine(unknown), Realms: []string{unknown.Realm}})
	}
	return p
}

// textDiff returns the difference of the two texts.
func (u *Unapproved) textDiff() string {
	if u.comparison.BaseUnknown() {
		return ""
	}
	before, after, err := u.comparison.ShownTexts()
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
