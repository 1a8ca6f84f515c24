package schema

import (
	"cmp"
	"slices"
	"strings"

	"realmconf/schema/tree"
)

// SearchResult is a place of the schema that Search has found.
type SearchResult struct {
	// Path leads to the place. AnyName stands for the name of a map's member, "-"
	// for the index of a list's entry.
	Path tree.Pointer
	// Keywords are those of the place itself: type, default, enum, description,
	// required, x-tag and x-risk, as Describe returns them. Of each branch of a union,
	// x-branches has only the names of the keys that it requires.
	Keywords tree.Object
}

// AnyName stands for any name of a map's member in the path of a SearchResult.
const AnyName = "<id>"

// MaxPlaces is the number of places that Search returns at most.
const MaxPlaces = 10

// maxQuery limits the words of a query that count, and maxWord the letters of one.
const (
	maxQuery = 24
	maxWord  = 40
)

// Search returns the places that a query in words is probably about, the best
// first, and the number of further ones. A place is found by its name, its
// description, the values that it may have, the names of the places around it, and
// the vocabulary of the rules. Words that no place has are taken for misspellings.
//
// The first call makes an index of the whole schema.
func (m *Model) Search(query string) (places []SearchResult, more int) {
	m.indexOnce.Do(func() { m.index = newIndex(m) })
	found := m.index.find(query)
	more = max(0, len(found)-MaxPlaces)
	for _, f := range found[:len(found)-more] {
		places = append(places, SearchResult{f.path, f.keywords()})
	}
	return places, more
}

// outOfUse is how many times worse a place fits a query because it is out of use.
const outOfUse = 3.0

// scoredPlace is a place with how well it fits a query.
type scoredPlace struct {
	*indexedPlace
	score float64
}

// find returns the places that fit a query, the best first. Those that fit much
// worse than the best one are left out.
func (x *index) find(query string) []scoredPlace {
	const worst = 0.3 // of the best score
	terms := x.terms(query)
	if len(terms) == 0 {
		return nil
	}
	var found []scoredPlace
	best := 0.0
	for _, p := range x.places {
		score := p.score(terms)
		if strings.EqualFold(strings.TrimSpace(query), p.path[len(p.path)-1]) {
			score *= 2 // the name itself, of which some words may say nothing
			if p.isDeprecated {
				score *= outOfUse / 1.5 // a client that knows the name asks what replaces it
			}
		}
		if score > 0 {
			found = append(found, scoredPlace{p, score})
			best = max(best, score)
		}
	}
	found = slices.DeleteFunc(found, func(f scoredPlace) bool { return f.score < worst*best })
	slices.SortStableFunc(found, func(a, b scoredPlace) int {
		return cmp.Or(cmp.Compare(b.score, a.score), len(a.path)-len(b.path), strings.Compare(a.path.String(), b.path.String()))
	})
	return found
}

// score returns how well a place fits the terms of a query, 0 if not at all. It
// is the weighted share of the terms that the place has, squared, since a place
// that has all words of a query is better than one that has one of them twice;
// more if all of the place's own name is in the query, less for a place deep
// below or one that is out of use.
func (p *indexedPlace) score(terms []term) float64 {
	total, matched, strength := 0.0, 0.0, 0.0
	inName := 0
	for _, t := range terms {
		total += t.rarity
		weight, names := p.match(t)
		if weight == 0 {
			continue
		}
		matched += t.rarity
		strength += t.rarity * weight
		inName += names
	}
	if matched == 0 {
		return 0
	}
	coverage := matched / total
	score := coverage * coverage * strength / total
	score *= 1 + 0.5*min(1, float64(inName)/float64(max(1, p.nameWords)))
	score /= 1 + 0.04*float64(len(p.path))
	if p.isDeprecated {
		score /= outOfUse
	}
	return score
}

// match returns the weight of the best alternative of a term in the place, and how
// many words of the place's name that alternative has.
func (p *indexedPlace) match(t term) (best float64, inName int) {
	for _, alternative := range t.alternatives {
		weight, names := 0.0, 0
		for i, word := range alternative.words {
			w := p.weights[word]
			if i == 0 || w < weight {
				weight = w // of a phrase, the place must have all words
			}
			if w == 0 {
				break
			}
			if w >= weightName {
				names++
			}
		}
		if weight *= alternative.weight; weight > best {
			best, inName = weight, names
		}
	}
	return best, inName
}
