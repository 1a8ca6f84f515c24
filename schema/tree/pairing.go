package tree

import (
	"hash/maphash"
	"slices"
)

// pairing says which entry of an old list became which entry of a new one.
type pairing struct {
	toNew []int  // by old index: the new one, -1 where the entry is gone
	toOld []int  // by new index: the old one, -1 where the entry was not there
	moved []bool // by new index: paired, but out of order
}

// pairEntries pairs the entries of two lists whose entries are identified by
// the member key, or by nothing when key is "".
//
// Equal entries come first: they have equal identities too, and where an
// identity stands twice this finds the ones that did not change. Equal ends are
// paired before anything else, so that one of several equal entries that went
// or came in the middle does not look like moves.
func pairEntries(old, new []any, key string) pairing {
	p := pairing{toNew: make([]int, len(old)), toOld: make([]int, len(new)), moved: make([]bool, len(new))}
	for i := range p.toNew {
		p.toNew[i] = -1
	}
	for j := range p.toOld {
		p.toOld[j] = -1
	}
	start, shorter := 0, min(len(old), len(new))
	for start < shorter && Equal(old[start], new[start]) {
		p.join(start, start)
		start++
	}
	for end := 1; end <= shorter-start && Equal(old[len(old)-end], new[len(new)-end]); end++ {
		p.join(len(old)-end, len(new)-end)
	}
	p.pairEqual(old, new)
	if key != "" {
		p.pairIdentities(old, new, key)
	}
	p.pairPlaces(old, new, key)
	return p
}

func (p *pairing) join(i, j int) { p.toNew[i], p.toOld[j] = j, i }

// pairEqual pairs equal entries in their order, by way of their hashes: lists
// may be long.
func (p *pairing) pairEqual(old, new []any) {
	seed := maphash.MakeSeed()
	waiting := make(map[uint64][]int)
	for i, e := range old {
		if p.toNew[i] < 0 {
			h := hash(seed, e)
			waiting[h] = append(waiting[h], i)
		}
	}
	if len(waiting) == 0 {
		return
	}
	for j, e := range new {
		if p.toOld[j] >= 0 {
			continue
		}
		h := hash(seed, e)
		w := waiting[h]
		at := slices.IndexFunc(w, func(i int) bool { return Equal(old[i], e) })
		if at >= 0 {
			p.join(w[at], j)
			copy(w[1:at+1], w[:at]) // nothing, unless hashes collide
			waiting[h] = w[1:]
		}
	}
}

// pairIdentities pairs entries of one identity, in their order.
func (p *pairing) pairIdentities(old, new []any, key string) {
	waiting := make(map[string][]int)
	for i, e := range old {
		if id := identity(e, key); id != "" && p.toNew[i] < 0 {
			waiting[id] = append(waiting[id], i)
		}
	}
	for j, e := range new {
		if p.toOld[j] >= 0 {
			continue
		}
		id := identity(e, key)
		if w := waiting[id]; len(w) > 0 {
			p.join(w[0], j)
			waiting[id] = w[1:]
		}
	}
}

// identity is the value of an entry's identifying member, "" when it has none.
func identity(entry any, key string) string {
	if key == "" {
		return ""
	}
	o, _ := entry.(map[string]any)
	id, _ := o[key].(string)
	return id
}

// pairPlaces decides which pairs moved, and pairs what is left over between two
// neighbours that did not move.
func (p *pairing) pairPlaces(old, new []any, key string) {
	stayed := longestIncreasing(p.toOld)
	for j, i := range p.toOld {
		p.moved[j] = i >= 0
	}
	i, j := 0, 0
	for _, at := range stayed {
		p.moved[at] = false
		i, j = p.pairGap(old, new, key, i, p.toOld[at], j, at)
	}
	p.pairGap(old, new, key, i, len(old), j, len(new))
}

// pairGap pairs the unpaired among old[i:oldEnd] and new[j:newEnd] in their
// order and returns where the next gap begins.
func (p *pairing) pairGap(old, new []any, key string, i, oldEnd, j, newEnd int) (nextOld, nextNew int) {
	for {
		for i < oldEnd && p.toNew[i] >= 0 {
			i++
		}
		for j < newEnd && p.toOld[j] >= 0 {
			j++
		}
		if i >= oldEnd || j >= newEnd {
			return oldEnd + 1, newEnd + 1
		}
		if identity(old[i], key) == "" || identity(new[j], key) == "" {
			p.join(i, j)
		}
		i++
		j++
	}
}

// longestIncreasing is the positions of a longest increasing subsequence of
// the numbers that are not negative, none of which stands twice. Among several
// it prefers numbers that equal their position: an entry at its old index
// should not be said to have moved.
func longestIncreasing(numbers []int) []int {
	score := make([]int, len(numbers))  // of the best subsequence that ends here: its length, then such numbers
	before := make([]int, len(numbers)) // the position before in that subsequence, or -1
	// A Fenwick tree for maxima: the best position among numbers up to one.
	best := make([]int, slices.Max(append([]int{0}, numbers...))+2)
	for k := range best {
		best[k] = -1
	}
	last := -1
	for at, n := range numbers {
		if n < 0 {
			continue
		}
		before[at], score[at] = -1, len(numbers)+1
		for k := n; k > 0; k -= k & -k {
			if p := best[k]; p >= 0 && (before[at] < 0 || score[p] > score[before[at]]) {
				before[at] = p
			}
		}
		if p := before[at]; p >= 0 {
			score[at] += score[p]
		}
		if n == at {
			score[at]++
		}
		for k := n + 1; k < len(best); k += k & -k {
			if p := best[k]; p < 0 || score[at] > score[p] {
				best[k] = at
			}
		}
		if last < 0 || score[at] > score[last] {
			last = at
		}
	}
	var longest []int
	for at := last; at >= 0; at = before[at] {
		longest = append(longest, at)
	}
	slices.Reverse(longest)
	return longest
}

// hash is the same for values that are Equal.
func hash(seed maphash.Seed, v any) uint64 {
	switch v := v.(type) {
	case map[string]any:
		sum := uint64(len(v)) // a sum, since members have no order
		for name, e := range v {
			sum += maphash.String(seed, name) ^ mix(hash(seed, e))
		}
		return mix(sum)
	case []any:
		sum := ^uint64(len(v))
		for _, e := range v {
			sum = mix(sum ^ hash(seed, e))
		}
		return sum
	case int64:
		return hash(seed, float64(v))
	case uint64:
		return hash(seed, float64(v))
	case float64:
		if v != v {
			return 1 // NaN would hash at random
		}
		return maphash.Comparable(seed, v)
	default:
		return maphash.Comparable(seed, v)
	}
}

// mix spreads a number's bits (the finalizer of SplitMix64).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
