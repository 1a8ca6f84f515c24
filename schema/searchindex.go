package schema

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"realmconf/schema/tree"
)

// How much a word of a query counts in a place, by where the place has it.
const (
	weightName        = 4.0 // its name, another name, or a word that the vocabulary gives it
	weightValue       = 2.5 // a value that it may have
	weightDescription = 2.0
	weightParent      = 2.0 // the name of the place around it, or the branch that it belongs to
	weightAround      = 1.4 // the names of the places further out
)

// index is everything that Search needs of a schema. It does not change.
type index struct {
	places     []*indexedPlace
	vocabulary Vocabulary
	groups     [][]phrase          // of the vocabulary, in stems
	byStart    map[string][]inside // the phrases of all groups by their first word
	known      map[string]int      // each word with the number of places that have it
	words      []string            // the words of all places and groups, those that come most often first
	spelling   map[string]bool     // the stems of words
	counts     map[string]int      // how often each of words comes
	stop       map[string]bool     // the stems of stopWords
	pending    []pendingPlace      // whose places below are not added yet
}

// Limits of the index of a schema that may be recursive. The places that are nearest to
// the root come first.
const (
	maxIndexed    = 5000
	maxIndexDepth = 10
)

// pendingPlace is a node at a place.
type pendingPlace struct {
	node *Node
	at   tree.Pointer
}

// inside is a phrase and the group that it belongs to.
type inside struct {
	phrase phrase
	group  int
}

// phrase is one or several stems.
type phrase []string

// indexedPlace is one place of the schema.
type indexedPlace struct {
	path         tree.Pointer
	nodes        []*Node            // one for each combination of branches that has another meaning here
	weights      map[string]float64 // of each word
	nameWords    int
	isDeprecated bool
}

// keywords returns the keywords of a place. A union of meanings has the types of all.
func (p *indexedPlace) keywords() tree.Object {
	own := p.nodes[0].summary()
	k := make(tree.Object)
	for _, name := range []string{"description", "type", "default", "enum"} {
		if v, has := own[name]; has {
			k[name] = v
		}
	}
	var types []string
	var risk RiskSet
	for _, n := range p.nodes {
		risk |= n.AllRisk
		for _, name := range n.Types {
			if !slices.Contains(types, name) {
				types = append(types, name)
			}
		}
	}
	if len(types) > 1 {
		k["type"] = toList(types)
	}
	if risk != 0 {
		k["x-risk"] = risk.List()
	}
	if len(p.nodes) == 1 {
		p.nodes[0].addNeeds(k)
	}
	return k
}

// addNeeds adds what an object needs: the required keys, and for each branch of a
// union those that are required there.
func (n *Node) addNeeds(k tree.Object) {
	form := n
	if n.Wrapper != nil {
		form = n.Wrapper.Node
	}
	required := form.requiredNames()
	if len(required) > 0 {
		k["required"] = toList(required)
	}
	if n.Union == nil {
		return
	}
	if n.Union.Tag != "" {
		k["x-tag"] = n.Union.Tag
	}
	branches := make(tree.Object, len(n.Union.Branches))
	for _, b := range n.Union.Branches {
		own := slices.DeleteFunc(b.Node.requiredNames(), func(name string) bool {
			return name == n.Union.Tag || slices.Contains(required, name)
		})
		branches[b.Name] = toList(own)
	}
	k["x-branches"] = branches
}

// newIndex makes the index of a model.
func newIndex(m *Model) *index {
	x := &index{
		known: make(map[string]int), byStart: make(map[string][]inside), stop: make(map[string]bool),
		spelling: make(map[string]bool), counts: make(map[string]int),
	}
	for _, word := range stems(stopWords) {
		x.stop[word] = true
	}
	if m.rules.Vocabulary != nil {
		x.vocabulary = m.rules.Vocabulary()
	}
	x.addGroups()
	byPath := make(map[string]*indexedPlace)
	x.addBelow(byPath, m.root, nil, nil)
	for len(x.pending) > 0 && len(x.places) < maxIndexed {
		next := x.pending[0]
		x.pending = x.pending[1:]
		x.addBelow(byPath, next.node, next.at, nil)
	}
	x.pending = nil
	for text, words := range x.vocabulary.Places {
		if p := byPath[text]; p != nil {
			p.addStems(x.stems(words), weightName)
		}
	}
	for _, p := range x.places {
		for word := range p.weights {
			x.known[word]++
		}
	}
	x.words = slices.SortedFunc(maps.Keys(x.counts), func(a, b string) int {
		return cmp.Or(x.counts[b]-x.counts[a], strings.Compare(a, b))
	})
	for _, word := range x.words {
		x.spelling[stem(word)] = true
	}
	return x
}

// addGroups reads the synonyms of the vocabulary.
func (x *index) addGroups() {
	for i, group := range x.vocabulary.Synonyms {
		var phrases []phrase
		for _, text := range group {
			p := phrase(x.stems(text))
			phrases = append(phrases, p)
			x.byStart[p[0]] = append(x.byStart[p[0]], inside{p, i})
		}
		x.groups = append(x.groups, phrases)
	}
	for _, list := range x.byStart {
		slices.SortStableFunc(list, func(a, b inside) int { return len(b.phrase) - len(a.phrase) })
	}
}

// addBelow adds the places below a node at p. The branch is what selects the form
// in which n has them, for the search.
func (x *index) addBelow(byPath map[string]*indexedPlace, n *Node, p tree.Pointer, branch []string) {
	for _, form := range n.forms() {
		context := branch
		if n.Union != nil {
			context = nil
			for _, b := range n.Union.Branches {
				if b.Node == form {
					context = append(x.stems(b.Name), x.stems(b.Node.Description)...)
				}
			}
		}
		for _, child := range form.Properties {
			x.add(byPath, child.Node, p.Child(child.Name), context)
		}
		for _, pattern := range form.Patterns {
			x.add(byPath, pattern.Node, p.Child(AnyName), context)
		}
		if c := form.Additional; c != nil && !c.IsFree && c.hasWords() {
			x.add(byPath, c, p.Child(AnyName), context)
		}
		if c := form.Items; c != nil && c.hasWords() {
			x.add(byPath, c, p.Child("-"), context)
		}
	}
}

// hasWords reports whether a search can find an entry of a list or a map, or a place
// below it.
func (n *Node) hasWords() bool {
	return n.Description != "" || n.loaded != nil && (len(n.Properties) > 0 || n.Union != nil || n.Items != nil || n.Additional != nil && !n.Additional.IsFree)
}

// add adds a place and those below it. Where several branches have a place, it is
// one with the words of all.
func (x *index) add(byPath map[string]*indexedPlace, n *Node, p tree.Pointer, branch []string) {
	place := byPath[p.String()]
	if place == nil {
		place = &indexedPlace{path: p, weights: make(map[string]float64)}
		byPath[p.String()] = place
		x.places = append(x.places, place)
		name := x.stems(p[len(p)-1])
		if isPlaceholder(p[len(p)-1]) {
			name = nil
		}
		place.nameWords = len(name)
		place.addStems(name, weightName)
		weight := weightParent
		for i := len(p) - 2; i >= 0; i-- {
			if !isPlaceholder(p[i]) {
				place.addStems(x.stems(p[i]), weight)
				weight = weightAround
			}
		}
	}
	isNew := !slices.Contains(place.nodes, n) && len(p) < maxIndexDepth
	if !slices.Contains(place.nodes, n) {
		place.nodes = append(place.nodes, n)
	}
	place.addStems(branch, weightParent)
	place.addStems(x.stems(n.Description), weightDescription)
	place.isDeprecated = place.isDeprecated || n.IsDeprecated || strings.Contains(n.Description, "Deprecated")
	for _, alias := range n.Aliases {
		place.addStems(x.stems(alias), weightName)
	}
	for _, v := range n.Enum {
		if text, isText := v.(string); isText {
			place.addStems(x.stems(text), weightValue)
		}
	}
	for _, a := range n.ValueAliases {
		place.addStems(x.stems(a.Other), weightValue)
	}
	if n.Union != nil {
		for _, b := range n.Union.Branches {
			place.addStems(x.stems(b.Name), weightValue)
		}
	}
	if isNew || n.loaded == nil {
		x.pending = append(x.pending, pendingPlace{n, p})
	}
}

func isPlaceholder(token string) bool { return token == AnyName || token == "-" }

// stems returns the stems of a text's words, and counts the words.
func (x *index) stems(text string) []string {
	for _, word := range words(text) {
		x.counts[word]++
	}
	return stems(text)
}

// addStems gives a place the words of a text.
func (p *indexedPlace) addStems(words []string, weight float64) {
	for _, word := range words {
		p.weights[word] = max(p.weights[word], weight)
	}
}

// rarity returns how much a word or phrase tells that this many places have.
func (x *index) rarity(places int) float64 {
	return math.Log(1 + float64(len(x.places))/float64(max(1, places)))
}
