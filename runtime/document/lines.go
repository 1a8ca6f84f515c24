package document

import "strings"

// The editor is the place of sections, and of entries that have lines of their
// own.

func (e *editor) dropSection(s *section) { e.droppedSections = append(e.droppedSections, s.span()) }

func (e *editor) dropEntry(en *entry) { e.splices.drop(e.lineOf(en)) }

// updateKey does nothing: applyNames writes the new names of lines.
func (e *editor) updateKey(*entry) {}

func (e *editor) replaceValue(en *entry, text string) {
	e.splices.drop(en.value.span())
	e.insert(en.value.start(), text)
}

func (e *editor) keepComments(after *entry, comments string) {
	for line := range strings.Lines(comments) {
		e.insert(e.lineOf(after).end, e.styleOf(after).indent+strings.TrimRight(line, "\r\n")+e.eol)
	}
}

// insertEntry adds a line behind that of an entry, with its indentation.
func (e *editor) insertEntry(after *entry, key []string, v any) {
	s := e.styleOf(after)
	e.insert(e.lineOf(after).end, s.indent+e.spell(after, key)+" = "+renderValue(v, s)+e.eol)
}

func (e *editor) styleOf(en *entry) style {
	return style{eol: e.eol, indent: string(e.text[e.lineStart(en.start()):en.start()])}
}

// spell writes a dotted key. The names that it has in common with the key of an
// entry are spelled as they are there.
func (e *editor) spell(like *entry, key []string) string {
	shared := 0
	for shared < min(len(key), len(like.key))-1 && e.nameOf(&like.key[shared]) == key[shared] {
		shared++
	}
	if shared == 0 {
		return renderPath(key)
	}
	return e.keyTextTo(like, shared) + renderPath(key[shared:])
}

// insertComments puts comment lines above an entry's line, below everything
// that is added to the line before.
func (e *editor) insertComments(en *entry, comments string) {
	for line := range strings.Lines(comments) {
		e.insert(en.start(), line+e.styleOf(en).indent)
	}
}

// comments returns all comments in a range, a line each. Outside of strings,
// "#" begins a comment.
func (e *editor) comments(r span) string {
	var b strings.Builder
	for at := r.start; at < r.end; {
		switch e.text[at] {
		case '#':
			end := e.lineEnd(at)
			b.WriteString(strings.TrimRight(string(e.text[at:end]), " \t\r\n") + e.eol)
			at = end
		case '"', '\'':
			at = e.skipString(at)
		default:
			at++
		}
	}
	return b.String()
}
