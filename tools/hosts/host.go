// Package hosts knows the programs that can start this server: where each has its
// settings, in which form it wants the entry of a server, and how to put the entry there
// without touching the rest of the file.
package hosts

import (
	"cmp"
	"slices"
	"strings"

	"realmconf/schema/tree"
)

// serverName is the name of the entry of a realm in a host's settings.
const serverName = "realmconf"

// Host is a program that can start this server.
type Host struct {
	Name   string  // for the command line
	Title  string  // for a person
	Places []Place // of its settings: the project's first; there is at least one
	Note   string  // where to find the settings, or what else must be set; may be empty
	Writes string  // how to let the model write where the host asks nobody; may be empty

	syntax syntax
	table  tree.Pointer // of the servers in the settings
	entry  func(Server) tree.Object
	shared func(Server) tree.Object // the entry in a project's file that other hosts read; nil if it is the same
	add    string                   // the host's own command, up to the server's; empty if it has none

	addsFor Audience // of the host's own command

	expands []string // what begins a variable in the settings, beside "${"

	forFile string // the name of the entry, if it is that of a file: see For

	programs []string // names of its executable
	traces   []Place  // directories that it makes
}

// For returns the host with an entry, and the texts about it, of a name of its own: a
// project may have several files beside a realm. stem is the beginning of a file's name.
func (h Host) For(stem string) Host {
	const longest = 24 // some hosts limit the length of a server's name together with that of its tools
	var b strings.Builder
	for _, r := range strings.ToLower(stem) {
		switch {
		case b.Len() == longest:
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_':
			b.WriteRune(r)
		default:
			b.WriteByte('-')
		}
	}
	word := strings.Trim(b.String(), "-")
	if word == "" {
		word = "file"
	}
	h.forFile = serverName + "-" + word
	h.add, h.Note, h.Writes = h.named(h.add), h.named(h.Note), h.named(h.Writes)
	h.Places = slices.Clone(h.Places)
	for i := range h.Places {
		h.Places[i].path = h.named(h.Places[i].path)
	}
	return h
}

// named returns a text about the entry of a realm as one about that of a file.
func (h Host) named(text string) string { return strings.ReplaceAll(text, serverName, h.forFile) }

// server returns the name of the entry.
func (h Host) server() string { return cmp.Or(h.forFile, serverName) }

// Server is the command that a host is to start.
type Server struct {
	Program string
	Args    []string
}

// words returns the command as a list.
func (s Server) words() []any {
	list := []any{s.Program}
	for _, word := range s.Args {
		list = append(list, word)
	}
	return list
}

func (s Server) args() []any { return s.words()[1:] }

// syntax is the language of a host's settings.
type syntax string

const (
	jsonSyntax syntax = "JSON" // with comments and trailing commas
	tomlSyntax syntax = "TOML"
	yamlSyntax syntax = "YAML" // written as a whole, and never edited
)

// IsJSON reports whether the host's settings are JSON.
func (h Host) IsJSON() bool { return h.syntax == jsonSyntax }

// entryIn returns the entry of a server in the settings at a place.
func (h Host) entryIn(p Place, s Server) tree.Object {
	if h.shared != nil && p.IsProject() {
		return h.shared(s)
	}
	return h.entry(s)
}

// AddCommand returns the host's own command that adds the server, as words of a shell
// that quote makes; "" if the host has none.
func (h Host) AddCommand(s Server, quote func(string) string) string {
	if h.add == "" {
		return ""
	}
	words := []string{h.add}
	for _, word := range s.words() {
		words = append(words, quote(word.(string)))
	}
	return strings.Join(words, " ")
}

// Find returns the host of a name; false if there is none.
func Find(name string) (Host, bool) {
	for _, h := range Known() {
		if h.Name == name {
			return h, true
		}
	}
	return Host{}, false
}

// Names returns the names of all hosts, sorted.
func Names() []string {
	var names []string
	for _, h := range Known() {
		names = append(names, h.Name)
	}
	return names
}
