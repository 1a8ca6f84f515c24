package hosts

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/tailscale/hujson"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// byteOrderMark may begin a text that an editor of Windows wrote.
const byteOrderMark = "\ufeff"

// applyJSON edits JSON that may have comments and trailing commas.
func (h Host) applyJSON(text []byte, entry tree.Object) ([]byte, error) {
	text, isMarked := bytes.CutPrefix(text, []byte(byteOrderMark))
	mark := ""
	if isMarked {
		mark = byteOrderMark
	}
	at := append(h.table[:len(h.table):len(h.table)], h.server())
	current := objectIn(text, at)
	if current == nil { // then as one, in the layout of the file
		next, err := setJSON(text, at, entry)
		return append([]byte(mark), next...), err
	}
	for _, name := range slices.Sorted(maps.Keys(entry)) {
		var err error
		if text, err = setJSON(text, append(at[:len(at):len(at)], name), entry[name]); err != nil {
			return nil, err
		}
	}
	members, err := tree.DecodeObject(standardize(current))
	if err != nil {
		return nil, fault.New(fault.InvalidConfig, "the entry %q in the settings cannot be read: %v: correct it first", h.server(), err)
	}
	return append([]byte(mark), text...), h.refuseRemote(members)
}

// objectIn returns the text of the object at a place of a JSON text; nil if there is none.
func objectIn(text []byte, at tree.Pointer) []byte {
	root, err := hujson.Parse(text)
	if err != nil {
		return nil
	}
	v := root.Find(at.String())
	if v == nil {
		return nil
	}
	if _, ok := v.Value.(*hujson.Object); !ok {
		return nil
	}
	return text[v.StartOffset:v.EndOffset]
}

// setJSON returns a JSON text with a value at a place, and every other byte as it is.
func setJSON(text []byte, at tree.Pointer, value any) ([]byte, error) {
	root, err := hujson.Parse(text)
	if err != nil {
		return nil, fault.New(fault.InvalidConfig, "the settings are not JSON: %s", strings.TrimPrefix(err.Error(), "hujson: "))
	}
	layout := layoutOf(text)
	v, prefix := &root, ""
	for i, name := range at {
		o, ok := v.Value.(*hujson.Object)
		if !ok {
			if i == 0 {
				return nil, fault.New(fault.InvalidConfig, "the settings are no JSON object: correct them first")
			}
			return nil, notTable(at[i-1])
		}
		found, isTwice := findMember(o, name)
		if isTwice {
			return nil, fault.New(fault.InvalidConfig, "%q is in the settings twice, and programs read the last one: leave one of them", name)
		}
		if found < 0 {
			for j := len(at) - 1; j > i; j-- {
				value = tree.Object{at[j]: value}
			}
			return layout.insert(text, v, o, prefix, name, value), nil
		}
		v = &o.Members[found].Value
		prefix = layout.indentation(text, o.Members[found].Name.StartOffset)
	}
	if current, err := tree.Decode(standardize(text[v.StartOffset:v.EndOffset])); err == nil && tree.Equal(current, value) {
		return text, nil
	}
	return splice(text, v.StartOffset, v.EndOffset, layout.value(value, prefix)), nil
}

// findMember returns the index of an object's first member with a name, or -1, and
// whether there is another one.
func findMember(o *hujson.Object, name string) (found int, isTwice bool) {
	hasName := func(m hujson.ObjectMember) bool {
		literal, _ := m.Name.Value.(hujson.Literal)
		return literal.String() == name
	}
	found = slices.IndexFunc(o.Members, hasName)
	return found, found >= 0 && slices.ContainsFunc(o.Members[found+1:], hasName)
}

// standardize returns a JSON text without comments and trailing commas.
func standardize(text []byte) []byte {
	plain, err := hujson.Standardize(bytes.Clone(text))
	if err != nil {
		return text
	}
	return plain
}

// splice returns a text with a part of it replaced.
func splice(text []byte, start, end int, part []byte) []byte {
	return slices.Concat(text[:start], part, text[end:])
}

// layout is how the lines of a JSON text are made.
type layout struct {
	newline string
	unit    string // of an indentation
}

// layoutOf returns the layout of a text: the indentation is that of its first line that
// has one.
func layoutOf(text []byte) layout {
	l := layout{"\n", "  "}
	if bytes.Contains(text, []byte("\r\n")) {
		l.newline = "\r\n"
	}
	for line := range bytes.Lines(text) {
		if blank := line[:len(line)-len(bytes.TrimLeft(line, " \t"))]; len(blank) > 0 && len(blank) < len(bytes.TrimRight(line, "\r\n")) {
			l.unit = string(blank)
			break
		}
	}
	return l
}

// indentation returns the blanks before an offset if the line begins with them.
func (l layout) indentation(text []byte, offset int) string {
	line := text[bytes.LastIndexByte(text[:offset], '\n')+1 : offset]
	return string(line[:len(line)-len(bytes.TrimLeft(line, " \t"))])
}

// value returns a value as text whose lines, but for the first, begin with prefix.
func (l layout) value(value any, prefix string) []byte {
	if list, ok := value.([]any); ok { // arguments are read best on one line
		var b []byte
		for i, v := range list {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = tree.Append(b, v)
		}
		return slices.Concat([]byte("["), b, []byte("]"))
	}
	return bytes.ReplaceAll(indent(value, prefix, l.unit), []byte("\n"), []byte(l.newline))
}

// insert returns a text with a new member at the end of an object. Prefix is the
// indentation of the object's line.
func (l layout) insert(text []byte, v *hujson.Value, o *hujson.Object, prefix, name string, value any) []byte {
	inner := prefix + l.unit
	if len(o.Members) == 0 {
		member := slices.Concat([]byte(l.newline+inner), tree.Append(nil, name), []byte(": "), l.value(value, inner), []byte(l.newline+prefix))
		if len(bytes.TrimSpace(o.AfterExtra)) > 0 { // a comment: it stays before the member
			end := v.EndOffset - 1
			start := end - (len(o.AfterExtra) - len(bytes.TrimRight(o.AfterExtra, " \t\r\n")))
			return splice(text, start, end, member)
		}
		return splice(text, v.StartOffset+1, v.EndOffset-1, member)
	}
	last := &o.Members[len(o.Members)-1]
	first := &o.Members[0].Name
	isInline := !bytes.Contains(text[v.StartOffset:first.StartOffset], []byte("\n"))
	if !isInline {
		inner = l.indentation(text, first.StartOffset)
	}
	separator := l.newline + inner
	if isInline {
		separator = " "
	}
	member := slices.Concat([]byte(separator), tree.Append(nil, name), []byte(": "), l.value(value, inner))
	end := last.Value.EndOffset
	if last.Value.AfterExtra != nil { // a comma is there already, and one comes after the new member
		end += len(last.Value.AfterExtra) + 1
		at := end + restOfLine(o.AfterExtra)
		return splice(text, at, at, append(member, ','))
	}
	at := end + restOfLine(o.AfterExtra)
	return slices.Concat(text[:end], []byte(","), text[end:at], member, text[at:])
}

// restOfLine returns the length of a comment on the line of the member before it.
func restOfLine(extra []byte) int {
	line, _, found := bytes.Cut(extra, []byte("\n"))
	if !found || len(bytes.TrimSpace(line)) == 0 {
		return 0
	}
	return len(bytes.TrimRight(line, "\r"))
}
