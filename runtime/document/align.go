package document

import "realmconf/schema/tree"

// pair says that the entry at have becomes the one at want; -1 stands for none.
type pair struct{ have, want int }

// alignLimit bounds the comparisons of one alignment.
const alignLimit = 40_000

// align finds out which entries of a list stayed, which were changed and which
// came or went, so that each keeps its own comments when one before it goes.
func align(have, want []any) []pair {
	var pairs []pair
	n := 0
	for n < len(have) && n < len(want) && tree.Equal(have[n], want[n]) {
		pairs = append(pairs, pair{n, n})
		n++
	}
	h, w := len(have), len(want)
	for h > n && w > n && tree.Equal(have[h-1], want[w-1]) {
		h, w = h-1, w-1
	}
	pairs = append(pairs, unpairMoved(alignMiddle(have, want, n, h, w), have, want)...)
	for ; h < len(have); h, w = h+1, w+1 {
		pairs = append(pairs, pair{h, w})
	}
	return pairs
}

func alignMiddle(have, want []any, from, h, w int) []pair {
	rows, columns := h-from, w-from
	var pairs []pair
	if rows*columns > alignLimit {
		for i := from; i < max(h, w); i++ {
			p := pair{i, i}
			if i >= h {
				p.have = -1
			}
			if i >= w {
				p.want = -1
			}
			pairs = append(pairs, p)
		}
		return pairs
	}
	// best[i][j] is the likeness that the entries from i and j on can reach.
	best := make([][]int, rows+1)
	for i := range best {
		best[i] = make([]int, columns+1)
	}
	alike := make([]int, rows*columns)
	for i := rows - 1; i >= 0; i-- {
		for j := columns - 1; j >= 0; j-- {
			a := likeness(have[from+i], want[from+j])
			alike[i*columns+j] = a
			best[i][j] = max(best[i+1][j+1]+a, best[i+1][j], best[i][j+1])
		}
	}
	i, j := 0, 0
	for i < rows || j < columns {
		switch {
		case i < rows && j < columns && best[i][j] == best[i+1][j+1]+alike[i*columns+j]:
			pairs = append(pairs, pair{from + i, from + j})
			i, j = i+1, j+1
		case i < rows && (j == columns || best[i][j] == best[i+1][j]):
			pairs = append(pairs, pair{from + i, -1})
			i++
		default:
			pairs = append(pairs, pair{-1, from + j})
			j++
		}
	}
	return pairs
}

// unpairMoved takes those pairs apart whose entries have different identities,
// where the one of the first is wanted at another place: it was moved. An id
// that two entries have says nothing.
func unpairMoved(pairs []pair, have, want []any) []pair {
	had, wanted := make(map[string]int), make(map[string]int)
	for _, p := range pairs {
		if p.have >= 0 {
			had[identity(have[p.have])]++
		}
		if p.want >= 0 {
			wanted[identity(want[p.want])]++
		}
	}
	out := make([]pair, 0, len(pairs))
	for _, p := range pairs {
		if p.have >= 0 && p.want >= 0 {
			from, to := identity(have[p.have]), identity(want[p.want])
			if from != "" && to != "" && from != to && had[from] == 1 && wanted[from] == 1 && wanted[to] == 1 {
				out = append(out, pair{p.have, -1}, pair{-1, p.want})
				continue
			}
		}
		out = append(out, p)
	}
	return out
}

// identity is the id of an entry, "" for one without: entries with the same id
// are one that was changed, wherever they stand.
func identity(v any) string {
	o, _ := v.(map[string]any)
	id, _ := o["id"].(string)
	return id
}

// likeness says how much two entries look like one that was changed: 1000 for
// equal ones, 1 for two of a kind without anything in common.
func likeness(a, b any) int {
	if tree.Equal(a, b) {
		return 1000
	}
	o, ok := a.(map[string]any)
	p, okToo := b.(map[string]any)
	if !ok || !okToo {
		return 1
	}
	same := 0
	for k, v := range o {
		if w, has := p[k]; has && tree.Equal(v, w) {
			same++
		}
	}
	if id := identity(a); id != "" && id == identity(b) {
		return 901 + 90*same/max(len(o), len(p))
	}
	return 1 + 900*same/max(len(o), len(p), 1)
}
