package tools

import (
	"fmt"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// Subject is the configuration that texts for clients are about. The zero value is that
// of a realm in a directory.
type Subject struct {
	File   string // the name of a file of any program; empty for a realm
	Shared bool   // the realm is kept by servers for several machines, and in no file
}

func (s Subject) words() words {
	switch {
	case s.File != "":
		return fileWords(s.File)
	case s.Shared:
		return sharedWords()
	}
	return realmWords()
}

// words are the parts of the texts for clients that differ among subjects.
type words struct {
	title    string // of the server, for people
	document string // how sentences call the text
	opening  string // the first sentence of the instructions
	only     string // that there is no other way to change it
	risk     string // what happens else
	inherits bool   // there is an effective view

	path, entry, keyed string // examples of places: a section; a list's entry by index; the same by identity
	token              string // the place in the example of a secret's token
	patch              string // an example of a patch
	entriesRead        string // how the index of a list's entry is found
	levels             string // examples of depth
	held               string // which keys need a person's yes
	search             string // examples of queries
}

// realmWords are the words for Meerkat's configuration.
func realmWords() words {
	return words{
		title: "Realm configuration", document: "the file", inherits: true,
		opening: `This server holds one agent platform configuration ("realm config"): config.toml`,
		only:    neverEdit("config.toml"), risk: editRisk,
		path: "/agent", entry: "/hooks/entries/0", keyed: "/hooks/entries/audit",
		token:       "/realm/team/auth/a/source/secret",
		patch:       `{"agent":{"model":"gpt-5.5"}}`,
		entriesRead: ` (config_get with path /hooks/entries/audit tells that of the entry "audit"): {"op":"replace","path":"/hooks/entries/1/enabled","value":true}`,
		levels:      " 2 shows what a new entry needs, e.g. of /realm/x/auth/y; 4 of a new realm, /realm/x.",
		held:        "Keys that run code, reach network or files, hold secrets or concern safety (stricter, too) need a person's yes. ",
		search:      `("web search", "provider api key")`,
	}
}

const editRisk = ": your edit would not be checked, and could be lost"

// neverEdit forbids to edit a file in another way.
func neverEdit(file string) string {
	return "Never edit " + file + " with a file tool while this server is there"
}

// sharedWords are the words for Meerkat's configuration in a store of several machines.
func sharedWords() words {
	w := realmWords()
	w.title, w.document = "Shared realm configuration", "the text"
	w.opening = `This server holds one agent platform configuration ("realm config") that machines share: TOML in etcd`
	w.only, w.risk = "It is in no file here (a config.toml may be a copy or another realm's): change it with these tools only", ""
	return w
}

// maxFileName is how much of a file's name the texts have, in bytes.
const maxFileName = 60

// fileWords are the words for a file of any program.
func fileWords(name string) words {
	name = fault.ClipMiddle(policy.EscapeHidden(name), maxFileName)
	return words{
		title: "File " + name, document: "the file",
		opening: fmt.Sprintf("This server holds one file, %s: TOML", name),
		only:    neverEdit(name), risk: editRisk,
		path: "/tool", entry: "/servers/0", keyed: "/servers/main",
		token:       "/env/TOKEN",
		patch:       `{"tool":{"name":"value"}}`,
		entriesRead: `: {"op":"replace","path":"/servers/1/enabled","value":true}`,
		levels:      " 2 shows what a new entry needs.",
		held:        "A key needs a person's yes unless the user has allowed its class (config_schema: x-risk). ",
		search:      `("line length", "api key")`,
	}
}

// viewSchema returns the schema of the view of a read.
func (w words) viewSchema() tree.Object {
	views := []string{ViewResolved, ViewStored}
	if w.inherits {
		views = append(views, ViewEffective)
	}
	return tree.Object{"type": "string", "enum": values(views), "description": "resolved (default): defaults filled in; null or missing means unset, and config_schema tells what then holds. stored: only what " + w.document + " says." +
		w.pick(" effective: what agents run with, inherited values too; origins says from which realm.", "")}
}

// pick returns a text if there is an effective view, else the other.
func (w words) pick(withEffective, without string) string {
	if w.inherits {
		return withEffective
	}
	return without
}
