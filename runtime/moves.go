package runtime

import (
	"slices"

	"realmconf/runtime/document"
	"realmconf/schema/tree"
)

// movesOf returns the moves and copies of a JSON Patch that still hold after all
// of it: from where in the configuration before to where in the one after, which is
// given. It leaves out those through a list whose indexes change, and those inside one
// list: its entries are matched by their content.
func movesOf(operations []tree.Operation, after tree.Object) []document.Move {
	var moves []document.Move
	shifts := countIndexShifts(operations)
	for _, op := range operations {
		if op.Op == "test" || !shifts.isSteady(op.Path) {
			continue
		}
		if isIndex(op.Path) {
			if m, ok := shifts.entryMove(op, after); ok {
				moves = append(moves, m)
			}
			continue
		}
		from, isCopy := op.From, op.Op == "copy"
		var moved []document.Move
		if op.Op == "move" || op.Op == "copy" {
			from, isCopy, moved = follow(moves, op)
		}
		moves = slices.DeleteFunc(moves, func(m document.Move) bool {
			return m.To.HasPrefix(op.Path) || op.Op == "move" && m.To.HasPrefix(op.From)
		})
		switch {
		case op.From == nil || !shifts.isSteady(op.From):
		case !isIndex(op.From):
			moves = append(append(moves, moved...), document.Move{From: from, To: op.Path, IsCopy: isCopy})
		case shifts.stay(op) && len(moved) == 0 && slices.Equal(from, op.From): // an entry has no text that moves
			moves = append(moves, document.Move{From: from, To: op.Path, IsCopy: true})
		}
	}
	return moves
}

// indexShifts counts for each list how many operations change the indexes of its entries.
type indexShifts map[string]int

func countIndexShifts(operations []tree.Operation) indexShifts {
	s := make(indexShifts)
	for _, op := range operations {
		if isIndex(op.Path) && op.Op != "test" && op.Op != "replace" {
			s[op.Path[:len(op.Path)-1].String()]++
		}
		if op.Op == "move" && isIndex(op.From) {
			s[op.From[:len(op.From)-1].String()]++
		}
	}
	return s
}

// isSteady reports whether the indexes of all lists on the way to a place stay.
func (s indexShifts) isSteady(p tree.Pointer) bool {
	for i := 1; i < len(p) && len(s) > 0; i++ {
		if isIndex(p[:i+1]) && i+1 < len(p) && s[p[:i].String()] > 0 {
			return false
		}
	}
	return true
}

// stay reports whether no other operation changes the indexes of the list from which an
// operation takes an entry.
func (s indexShifts) stay(op tree.Operation) bool {
	others := s[op.From[:len(op.From)-1].String()]
	if op.Op == "move" {
		others--
	}
	return others == 0
}

// entryMove returns the move of an entry from one list to another one, if nothing
// else changes the indexes of the two.
func (s indexShifts) entryMove(op tree.Operation, after tree.Object) (document.Move, bool) {
	if op.Op != "move" || !isIndex(op.From) || !s.isSteady(op.From) {
		return document.Move{}, false
	}
	from, to := op.From[:len(op.From)-1], op.Path[:len(op.Path)-1]
	v, _, _ := to.Get(after)
	list, isList := v.([]any)
	if !isList || s[from.String()] != 1 || s[to.String()] != 1 || slices.Equal(from, to) {
		return document.Move{}, false
	}
	if op.Path[len(op.Path)-1] == "-" {
		return document.Move{From: op.From, To: to.Index(len(list) - 1)}, true
	}
	return document.Move{From: op.From, To: op.Path}, true
}

// sources are the parts that moved or were copied, by the pointers of where they
// are now.
type sources struct {
	from map[string]tree.Pointer
	all  part // the whole configuration before
}

// newSources returns the sources of a change of a configuration.
func newSources(model Model, moves []document.Move, stored, resolved tree.Object) sources {
	if len(moves) == 0 {
		return sources{}
	}
	s := sources{from: make(map[string]tree.Pointer, len(moves)), all: newPart(model, stored, resolved)}
	for _, m := range moves {
		s.from[m.To.String()] = m.From
	}
	return s
}

// part returns the part that is at a pointer now.
func (s sources) part(at tree.Pointer) (part, bool) {
	if len(s.from) == 0 {
		return part{}, false
	}
	from, moved := s.from[at.String()]
	source := s.all
	for _, name := range from {
		if entries, isList := source.entries(); isList {
			n, isIndex := tree.ArrayIndex(name)
			if !isIndex || n >= len(entries) {
				return part{}, false
			}
			source = entries[n]
		} else if source, moved = source.member(name); !moved {
			return part{}, false
		}
	}
	return source, moved
}

// follow returns from where in the configuration before the whole patch an
// operation takes its value, and whether that stays there; and the moves into the
// value.
func follow(moves []document.Move, op tree.Operation) (from tree.Pointer, isCopy bool, inside []document.Move) {
	from, isCopy = op.From, op.Op == "copy"
	longest := 0
	for _, m := range moves {
		if op.From.HasPrefix(m.To) && len(m.To) > longest {
			longest = len(m.To)
			from, isCopy = slices.Concat(m.From, op.From[len(m.To):]), isCopy || m.IsCopy
		}
		if m.To.HasPrefix(op.From) && len(m.To) > len(op.From) {
			inside = append(inside, document.Move{From: m.From, To: slices.Concat(op.Path, m.To[len(op.From):]), IsCopy: m.IsCopy || op.Op == "copy"})
		}
	}
	return from, isCopy, inside
}

// isIndex reports whether a pointer may be that of an entry of a list.
func isIndex(p tree.Pointer) bool {
	if len(p) == 0 {
		return false
	}
	_, isIndex := tree.ArrayIndex(p[len(p)-1])
	return isIndex || p[len(p)-1] == "-"
}
