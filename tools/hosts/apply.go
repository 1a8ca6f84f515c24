package hosts

import (
	"bytes"
	"fmt"
	"maps"

	"realmconf/runtime/document"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// Apply returns the text of a host's settings at a place with the entry of a server in it, and
// everything else as it is: comments, order, other servers, and other members of an
// entry that is there already. An error is a fault that says what is in the way.
func (h Host) Apply(p Place, text []byte, s Server) ([]byte, error) {
	switch {
	case h.CanEdit(p, text) && (len(bytes.TrimSpace(text)) == 0 || h.syntax == yamlSyntax):
		return h.Snippet(p, s), nil
	case h.syntax == tomlSyntax:
		return h.applyTOML(text, h.entryIn(p, s))
	case h.syntax == jsonSyntax:
		return h.applyJSON(text, h.entryIn(p, s))
	}
	return nil, fault.New(fault.InvalidConfig, "the settings of %s are %s, which is not edited here: put the entry there yourself", h.Title, h.syntax)
}

// maxTOML is the length of the longest TOML that a document can have.
const maxTOML = 1 << 20

// applyTOML edits TOML.
func (h Host) applyTOML(text []byte, entry tree.Object) ([]byte, error) {
	if len(text) > maxTOML {
		return nil, fault.New(fault.InvalidConfig, "the settings are longer than 1 MiB, and such TOML is not edited here: put the entry there yourself")
	}
	d, err := document.Parse(text)
	if err != nil {
		return nil, fault.New(fault.InvalidConfig, "the settings are not TOML: %v", err)
	}
	want, err := h.withEntry(d.Tree(), append(h.table[:len(h.table):len(h.table)], h.server()), entry)
	if err != nil {
		return nil, err
	}
	next, _, err := d.Edit(want, nil)
	if err != nil {
		return nil, fault.New(fault.InvalidConfig, "the entry cannot be put into the settings: %v", err)
	}
	return next.Text(), nil
}

// withEntry returns a tree with the members of an entry at a place.
func (h Host) withEntry(in tree.Object, at tree.Pointer, entry tree.Object) (tree.Object, error) {
	out := maps.Clone(in)
	if out == nil {
		out = tree.Object{}
	}
	if len(at) == 0 {
		if err := h.refuseRemote(in); err != nil {
			return nil, err
		}
		maps.Copy(out, entry)
		return out, nil
	}
	var below tree.Object
	if v, ok := in[at[0]]; ok {
		if below, ok = v.(tree.Object); !ok {
			return nil, notTable(at[0])
		}
	}
	next, err := h.withEntry(below, at[1:], entry)
	out[at[0]] = next
	return out, err
}

// notTable refuses settings in which another value is in the place of a table.
func notTable(name string) error {
	return fault.New(fault.InvalidConfig, "%s", fmt.Sprintf("%q in the settings is no table of servers: correct it first", name))
}
