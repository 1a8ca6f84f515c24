package runtime

import (
	"slices"

	"realmconf/runtime/document"
	"realmconf/schema/tree"
)

// movesOf returns the moves and copies of a JSON Patch that still hold after all
// of it: from where in the configuration before to where in the one after. It
// leaves out those whose pointers may lead through a list, whose indexes change:
// the entries of lists are matched by their content.
func movesOf(operations []tree.Operation) []document.Move {
	var moves []document.Move
	for _, op := range operations {
		if op.Op == "test" || hasIndex(op.Path) {
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
		if op.From != nil && !hasIndex(op.From) {
			moves = append(append(moves, moved...), document.Move{From: from, To: op.Path, IsCopy: isCopy})
		}
	}
	return moves
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
		if source, moved = source.member(name); !moved {
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

// hasIndex reports whether a pointer may lead through a list.
func hasIndex(p tree.Pointer) bool {
	return slices.ContainsFunc(p, func(token string) bool {
		_, isIndex := tree.ArrayIndex(token)
		return isIndex || token == "-"
	})
}
