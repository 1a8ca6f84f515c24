package schema

import (
	"slices"
	"strings"
	"unicode"

	"realmconf/schema/tree"
)

// Vocabulary is what people call the things of a configuration that has other
// names for them, for Search.
type Vocabulary struct {
	// Synonyms are groups of words and phrases that mean the same.
	Synonyms [][]string
	// Places has further words for single places, by their path as Search
	// returns it.
	Places map[string]string
}

// term is one word or phrase of a query, with its synonyms. It counts once.
type term struct {
	alternatives []alternative
	rarity       float64
}

// alternative is one way to say a term.
type alternative struct {
	words  phrase
	weight float64 // 1 as it was given, less for a synonym
}

// terms returns the terms of a query. Words that say nothing are left out, and
// misspelt ones are corrected.
func (x *index) terms(query string) []term {
	const synonym = 0.85
	words := x.corrected(query)
	var terms []term
	for i := 0; i < len(words); {
		var alternatives []alternative
		used := 1
		for _, in := range x.byStart[words[i]] {
			n := len(in.phrase)
			if n < used || !slices.Equal(words[i:min(len(words), i+n)], in.phrase) {
				continue // the longest comes first
			}
			used = n
			for _, other := range x.groups[in.group] {
				alternatives = append(alternatives, alternative{other, synonym})
			}
		}
		if given := words[i : i+used]; used > 1 || !x.isStopWord(given[0]) {
			alternatives = append(alternatives, alternative{given, 1})
		}
		if i+1 < len(words) && used == 1 {
			if joined := words[i] + words[i+1]; x.known[joined] > 0 {
				alternatives, used = append(alternatives, alternative{phrase{joined}, 1}, alternative{words[i : i+2], 1}), 2
			}
		}
		i += used
		if len(alternatives) > 0 {
			terms = append(terms, term{alternatives, x.termRarity(alternatives)})
		}
	}
	return terms
}

// termRarity returns how much a term tells.
func (x *index) termRarity(alternatives []alternative) float64 {
	places := 0
	for _, p := range x.places {
		if weight, _ := p.match(term{alternatives: alternatives}); weight > 0 {
			places++
		}
	}
	return x.rarity(places)
}

// corrected returns the stems of a query's words without spelling mistakes, as far
// as they can be told from the words of the schema. A word that is two words is
// split.
func (x *index) corrected(query string) []string {
	var right []string
	given := words(query[:min(len(query), maxQuery*maxWord)])
	for _, word := range given[:min(len(given), maxQuery)] {
		s := stem(word)
		if x.spelling[s] || x.isStopWord(s) {
			right = append(right, s)
		} else if a, b, ok := x.split(word); ok {
			right = append(right, a, b)
		} else if near, ok := x.near(word); ok {
			right = append(right, stem(near))
		} else {
			right = append(right, s)
		}
	}
	return right
}

// split splits a word into two known ones, and returns their stems.
func (x *index) split(word string) (a, b string, ok bool) {
	const shortest = 3
	for i := shortest; i <= len(word)-shortest; i++ {
		if a, b := stem(word[:i]), stem(word[i:]); x.known[a] > 0 && x.known[b] > 0 {
			return a, b, true
		}
	}
	return "", "", false
}

// near returns the known word of which a word is the beginning or a misspelling:
// of several the one that most places have.
func (x *index) near(word string) (string, bool) {
	const shortest = 3
	for _, w := range x.words {
		if len(word) >= shortest && strings.HasPrefix(w, word) {
			return w, true
		}
	}
	return tree.Nearest(word, x.words)
}

// stems returns the stems of a text's words.
func stems(text string) []string {
	list := words(text)
	for i, word := range list {
		list[i] = stem(word)
	}
	return list
}

// words splits a text into words in lower case, at capital letters inside a word
// too.
func words(text string) []string {
	var list []string
	start, before := -1, rune(0)
	end := func(i int) {
		if start >= 0 {
			word := strings.ToLower(text[start:i])
			list = append(list, strings.ToValidUTF8(word[:min(len(word), maxWord)], ""))
		}
		start = -1
	}
	for i, r := range text {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end(i)
		case unicode.IsUpper(r) && unicode.IsLower(before):
			end(i)
			start = i
		case start < 0:
			start = i
		}
		before = r
	}
	end(len(text))
	return list
}

// stem returns a word of English without its ending, so that "retries" and
// "retry" are one, or "search" and "searches". The rest need not be a word.
func stem(word string) string {
	cut := func(ending, rest string) bool {
		const shortest = 3
		if base, has := strings.CutSuffix(word, ending); has && len(base) >= shortest {
			word = base + rest
			return true
		}
		return false
	}
	switch {
	case strings.HasSuffix(word, "ss"):
	case cut("ies", "y"):
	case cut("ches", "ch"), cut("sses", "ss"):
	case cut("s", ""):
	}
	switch {
	case cut("ing", ""), cut("ed", ""):
		if n := len(word); n > 3 && word[n-1] == word[n-2] && word[n-1] != 'l' && word[n-1] != 's' {
			word = word[:n-1] // "stopped"
		}
	}
	cut("e", "")
	return word
}

// stopWords say nothing about what is searched for.
const stopWords = `a an the of to in on off for from by with at as and or not no it is be are i my we our you your me
do does can should could would how what which where when who why that this these there if than so
set setting settings change changing want configure configuration config option options value use using make give get
add put find show need new create up setup please all any one absent whether has have may must much many long take let`

// isStopWord reports whether a stem is that of a stop word.
func (x *index) isStopWord(word string) bool { return x.stop[word] }
