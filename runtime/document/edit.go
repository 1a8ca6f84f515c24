package document

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"realmconf/schema/tree"
)

// Edit makes a document with the tree want and the text of this one, except for
// the differences. Values are compared by tree.Equal, so a 2 in the text stays
// where 2.0 is wanted. If nothing differs, the document itself is returned.
// Tables and lists that did not change are shared between both trees.
//
// A nil model is that of a tree of which nothing is known.
//
// A removed key, or element on a line of its own, goes with its line and the
// comment behind it on that line; comment lines above it stay. A removed table
// goes with the comment lines directly above its header and with the comments
// in it. Comments that a blank line separates from it stay, and so does the
// comment at the file's top. A moved entry of a list, changed or not, takes its
// comments along: tree.MatchSimilar finds it by what it has, editTables and editArray
// move its text or its comments, and a move in a JSON Patch counts as well. If an array or inline table becomes another kind of value,
// the comments in it move above its line.
//
// A part that moved, which moves tells, keeps its text, with the comments above,
// inside and behind; under another name of the same table it keeps its place, too.
// So does a member that goes while one with another name and the same value comes,
// if the model does not declare its name, and no other member of the table might be
// meant. A copy has no comments: they are about what was copied, which stays. An array
// of tables that becomes a mixed list is rewritten with its comments above it.
//
// A date, time, inf or nan stays one wherever it is wanted, and a string that spells one
// takes the place of another one, or a place among such, without quotes.
//
// If no small change of the text gives the wanted tree, the smallest value, and
// then table, around it is rewritten with its comments above it, and its
// pointer is in reformatted. The result is checked by parsing it: an error
// means that no level gave the wanted tree, and there is no next document.
func (d *Document) Edit(want tree.Object, model Model, moves ...Move) (next *Document, reformatted []tree.Pointer, err error) {
	return d.EditFrom(want, model, Sources{Moves: moves})
}

// EditFrom is Edit of a tree with parts from other texts. If the tree is equal to that of
// this document, a text that a client gave may still change the type of a value.
func (d *Document) EditFrom(want tree.Object, model Model, sources Sources) (next *Document, reformatted []tree.Pointer, err error) {
	if sources.Given == nil && tree.Equal(d.tree, want) {
		return d, nil, nil
	}
	if err := checkWanted(nil, tree.Others(want, d.tree)); err != nil { // the rest is in the text already
		return nil, nil, err
	}
	if model == nil {
		model = anyModel{}
	}
	have := d.literals()
	typed := d.typed(have, want, model, sources)
	if sources.Given != nil && sameMeaning(have, typed) {
		return d, nil, nil
	}
	for level := inPlace; level <= topTables; level++ {
		next, reformatted, err = d.edit(have, typed, model, level, sources.Moves)
		if err == nil || errors.Is(err, ErrTooLong) || errors.Is(err, ErrTooMany) {
			return next, reformatted, err
		}
	}
	return nil, nil, err
}

// level is how much an edit rewrites around a difference.
type level int

const (
	inPlace     level = iota // the differing scalars and elements
	wholeValues              // the smallest array or inline table of the file's lines
	wholeTables              // the smallest table with a difference that is not in a sub-table
	topTables                // the top-level table around it
)

// edit is one attempt, on one level. Both trees have literals.
func (d *Document) edit(have, want tree.Object, model Model, l level, moves []Move) (*Document, []tree.Pointer, error) {
	e := &editor{layout: d.places(), moves: newMoves(moves), model: model, level: l, present: have, eol: "\n"}
	if n := bytes.IndexByte(e.text, '\n'); n > 0 && e.text[n-1] == '\r' {
		e.eol = "\r\n"
	}
	hasFinalNewline := len(e.text) == 0 || e.text[len(e.text)-1] == '\n'
	if !hasFinalNewline { // the last line gets one while lines move
		completed, err := scan(append(slices.Clip(e.text), e.eol...))
		if err != nil {
			return nil, nil, err
		}
		e.layout = completed
	}
	e.editTable(e.root, scope{container: e}, have, want)
	e.applyNames()
	text := e.apply(e.text, e.eol)
	if !hasFinalNewline {
		text = bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\n")), []byte("\r"))
	}
	if bytes.HasPrefix(d.text, byteOrderMark) {
		text = slices.Concat(byteOrderMark, text)
	}
	if len(text) > MaxBytes {
		return nil, nil, ErrTooLong
	}
	next, err := parse(text, d)
	var syntax *SyntaxError
	if errors.As(err, &syntax) && (syntax.Reason == reasonTooMany || syntax.Reason == reasonTables) {
		return nil, nil, ErrTooMany
	}
	if err != nil {
		return nil, nil, fmt.Errorf("the edited text would not be TOML: %w", err)
	}
	result := next.tree
	if next.places().hasSpellings {
		result = next.literals()
	}
	if !sameMeaning(result, want) {
		return nil, nil, errors.New("the edited text would not mean what is wanted: change fewer keys at once")
	}
	return next, e.reformatted, nil
}
