package cli

import (
	"bytes"
	"slices"
	"strings"

	"realmconf/runtime/document"
	"realmconf/schema/tree"
	"realmconf/tools/layout"
	"realmconf/tools/policy"
)

// unsetTables encodes an object as encodeTOML does, and tells for each table which
// of its keys are not set:
//
//	[agent]
//	# not set: max_turns, system_prompt
//	model = "gpt-5.5"
//
// A null in the object, or a key of the schema that the object does not have, is one
// that is not set.
type unsetTables struct {
	session *Session
	at      tree.Pointer // of the object in the configuration
	doc     *document.Document
	lines   [][]byte
	notes   map[int][]string // by the number of lines above
}

// encodeWithUnset returns the value of an object at a pointer as TOML, with the keys
// that are not set in comments.
func (s *Session) encodeWithUnset(at tree.Pointer, value tree.Object) ([]byte, error) {
	doc, err := encodeDocument(withoutNulls(value).(tree.Object))
	if err != nil {
		return nil, err
	}
	u := unsetTables{session: s, at: at, doc: doc, lines: slices.Collect(bytes.Lines(doc.Text())), notes: make(map[int][]string)}
	u.add(nil, value)
	var text []byte
	for i := 0; i <= len(u.lines); i++ {
		for _, note := range u.notes[i] {
			text = append(append(text, note...), '\n')
		}
		if i < len(u.lines) {
			text = append(text, u.lines[i]...)
		}
	}
	return text, nil
}

// add adds the comment of the table at p, which is relative to the document, and
// those of the tables in it.
func (u *unsetTables) add(p tree.Pointer, o tree.Object) {
	if names := u.unset(p, o); len(names) > 0 {
		line, isOwn := u.header(p, o)
		text := "# not set: "
		if !isOwn {
			line, text = line-1, "# not set in "+policy.EscapeHidden(slices.Concat(u.at, p).String())+": "
		}
		u.notes[line] = append(u.notes[line], layout.Wrap(text+strings.Join(names, ", "), u.session.Terminal.Width, "#   ")...)
	}
	for name, member := range o {
		switch v := member.(type) {
		case tree.Object:
			u.addTable(p.Child(name), v)
		case []any:
			for i, entry := range v {
				if table, isTable := entry.(tree.Object); isTable {
					u.addTable(p.Child(name).Index(i), table)
				}
			}
		}
	}
}

// addTable adds the comments of an object that has a header in the text: comments
// inside the lines of a value would hide where it ends.
func (u *unsetTables) addTable(p tree.Pointer, o tree.Object) {
	if line, _, ok := u.doc.Position(p); ok && u.lines[line-1][0] == '[' {
		u.add(p, o)
	}
}

// header returns the number of the line of a table's header, 0 for the document, and
// whether it is the table's own one and not that of a table in it.
func (u *unsetTables) header(p tree.Pointer, o tree.Object) (line int, isOwn bool) {
	if len(p) == 0 {
		return 0, true
	}
	line, _, _ = u.doc.Position(p)
	for name := range o {
		if below, _, ok := u.doc.Position(p.Child(name)); ok && below == line {
			return line, false
		}
	}
	return line, true
}

// unset returns the names of the keys that are not set in the table at p, sorted.
func (u *unsetTables) unset(p tree.Pointer, o tree.Object) []string {
	var names []string
	for name, v := range o {
		if v == nil {
			names = append(names, name)
		}
	}
	described, _ := u.session.Model.Describe(slices.Concat(u.at, p))
	keys, _ := described["properties"].(tree.Object)
	for name := range keys {
		if _, has := o[name]; !has {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
