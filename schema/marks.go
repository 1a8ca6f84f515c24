package schema

import (
	"cmp"
	"slices"
	"strings"

	"realmconf/schema/tree"
)

// mark is a place of the options.
type mark struct {
	path     tree.Pointer
	isSecret bool
}

// marksOf returns the places of the options in an order in which the later one of two that
// lead to the same place counts: the longer one, then the one with fewer "*", then the one
// that hides.
func marksOf(options LoadOptions) []mark {
	var all []mark
	for _, p := range options.NotSecrets {
		all = append(all, mark{p, false})
	}
	for _, p := range options.Secrets {
		all = append(all, mark{p, true})
	}
	slices.SortStableFunc(all, func(a, b mark) int {
		return cmp.Or(cmp.Compare(len(a.path), len(b.path)), cmp.Compare(b.wildcards(), a.wildcards()))
	})
	return all
}

// wildcards returns how many tokens of a place are wildcards.
func (m mark) wildcards() int {
	count := 0
	for _, token := range m.path {
		if token == "*" {
			count++
		}
	}
	return count
}

// markState is the marks that may lead to a place, by how many of their tokens lie
// before it, and the decision of those that are behind.
type markState struct {
	builder  *builder
	depth    int
	open     []int // indexes of marks
	decided  bool
	isSecret bool
}

func (b *builder) start() markState {
	m := markState{builder: b}
	for i, mark := range b.marks {
		if len(mark.path) == 0 {
			m.decided, m.isSecret = true, mark.isSecret
		} else {
			m.open = append(m.open, i)
		}
	}
	return m
}

func (m markState) below(token string) markState {
	next := markState{builder: m.builder, depth: m.depth + 1, decided: m.decided, isSecret: m.isSecret}
	for _, i := range m.open {
		mark := m.builder.marks[i]
		if !matchesMark(mark.path[m.depth], token) {
			continue
		}
		if len(mark.path) == next.depth {
			next.decided, next.isSecret = true, mark.isSecret // the longest is the last
		} else {
			next.open = append(next.open, i)
		}
	}
	if len(next.open) == 0 {
		next.depth = 0 // so that equal states have equal keys
	}
	return next
}

// matchesMark reports whether a token of a mark is that of a place, or a wildcard for it.
// An index in a mark is that of every entry of the list.
func matchesMark(want, token string) bool {
	_, isIndex := tree.ArrayIndex(want)
	return want == "*" || want == token || token == "-" && isIndex
}

func (m markState) decision() (isSecret, has bool) { return m.isSecret, m.decided }

func (m markState) key() string {
	var b strings.Builder
	if m.decided {
		b.WriteString(map[bool]string{true: "s", false: "n"}[m.isSecret])
	}
	if len(m.open) > 0 {
		for _, i := range append([]int{m.depth}, m.open...) {
			b.WriteByte(',')
			b.WriteRune(rune(i + 1))
		}
	}
	return b.String()
}
