package document

import (
	"slices"
	"strings"

	"realmconf/schema/tree"
)

// movedElement is an element that moves to another array.
type movedElement struct {
	text          string
	above, behind string // its comments, each with the end of the line
}

// movedElement returns the element that moves to a place where a value is wanted, nil
// if none does. If the array has equal elements, it may be another one of these that
// counts as added.
func (e *editor) movedElement(to tree.Pointer, want any) *movedElement {
	if len(e.into) == 0 {
		return nil
	}
	i := slices.IndexFunc(e.into[to[:len(to)-1].String()], func(mv Move) bool {
		v, _, has := mv.From.Get(e.present)
		return !mv.IsCopy && has && tree.Equal(v, want)
	})
	if i < 0 {
		return nil
	}
	mv := e.into[to[:len(to)-1].String()][i]
	src, _ := e.root.source(mv.From[:len(mv.From)-1])
	n, isIndex := tree.ArrayIndex(mv.From[len(mv.From)-1])
	if src.member == nil || src.member.entry == nil || src.member.entry.value.kind != array || !isIndex || n >= len(src.member.entry.value.entries()) {
		return nil
	}
	l := e.split(&src.member.entry.value)
	it := l.first
	for range n {
		it = it.next
	}
	moved := &movedElement{text: it.text}
	if l.hasOwnLine(it) {
		moved.above = indented(it.before[it.above():len(it.before)-len(it.indent())], "")
		moved.behind = strings.TrimLeft(it.behind, " 	")
		if strings.TrimSpace(moved.behind) == "" {
			moved.behind = ""
		}
	}
	if hash := strings.IndexByte(it.mid, '#'); hash >= 0 {
		moved.above += indented(it.mid[hash:], "")
	}
	return moved
}

// movedComments returns the comments of the elements that move into a new list.
func (e *editor) movedComments(at tree.Pointer, list []any) string {
	if len(e.to) == 0 {
		return ""
	}
	var b strings.Builder
	for i := range list {
		if moved := e.movedElement(at.Index(i), list[i]); moved != nil {
			b.WriteString(moved.above + moved.behind)
		}
	}
	return b.String()
}

// indented returns lines with another indentation, and without blank ones.
func indented(lines, indent string) string {
	var b strings.Builder
	for line := range strings.Lines(lines) {
		if text := strings.TrimLeft(line, " 	"); strings.TrimSpace(text) != "" {
			b.WriteString(indent + text)
		}
	}
	return b.String()
}
