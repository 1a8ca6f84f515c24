package schema

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"

	"realmconf/schema/tree"
)

// maxDescription is the cost of a page of a description at most. A tool's result has the
// JSON twice, once of it quoted, and 64 KiB.
const maxDescription = 28 << 10

// Limits of one part of a description. Escaped and quoted, a part has at most a quarter of
// a page.
const (
	maxPart  = 4 << 10 // the cost of a place below
	maxPiece = 1000    // the characters of a piece of a text
	maxName  = 1000    // the bytes of a key that is shown
)

// cost returns how much of a page a part of a description takes.
func cost(text []byte) int {
	return len(text) + bytes.Count(text, []byte{'"'}) + bytes.Count(text, []byte{'\\'})
}

// DescriptionPage is the description of a place, or some of its parts.
type DescriptionPage struct {
	Description  tree.Object
	IsPart       bool // the rest is in other pages
	Offset, Next int  // the first part of this page and of the next one, 0 if there is none
	Length       int  // how many parts there are
}

// DescribePage is DescribeTo with a result of bounded length, all of which is reached from
// an offset of 0 by the Next of each page. A part is a place below, a value, a name or a
// piece of a text. Of what places below say, long texts end with "…" and lists have
// x-more-enum and the like; x-cut says that, and the place's own path has it whole. Other
// pages than the first are of one level. A value that is longer than a part is in x-json,
// as JSON, by its keyword and its index in a list. x-continues names a text that goes on
// in the next page.
func (m *Model) DescribePage(p tree.Pointer, depth, offset int) (DescriptionPage, bool) {
	d, ok := m.DescribeTo(p, depth)
	if !ok {
		return DescriptionPage{}, false
	}
	if m.loaded == nil && offset == 0 {
		return DescriptionPage{Description: d}, true
	}
	for _, cut := range []reduction{{text: wholeText, values: wholeText}, {text: longDescription, values: 40}, {text: shortDescription, values: 12}, {values: 4}} {
		if offset > 0 {
			break
		}
		if short := cut.mark(d); cost(tree.Append(nil, short)) <= maxDescription {
			return DescriptionPage{Description: short}, true
		}
	}
	if depth > 1 {
		d, _ = m.DescribeTo(p, 1)
	}
	var parts descriptionParts
	parts.split(d)
	return parts.page(offset), true
}

// descriptionParts is a description in parts.
type descriptionParts struct {
	list     []descriptionPart
	meanings []any // those of a place that means several things
	meaning  int   // that of the next part, -1 if there is only one
}

// descriptionPart is one part of a description.
type descriptionPart struct {
	meaning int
	path    []string // of keywords and names in the description
	value   any
	kind    partKind
	isCut   bool
}

// partKind says what a part does with the value at its path.
type partKind int

const (
	setValue  partKind = iota
	setPlace           // the description of a place below
	addEntry           // to a list
	addText            // to a text
	startText          // addText, and more of the text follows
)

func (ps *descriptionParts) split(d tree.Object) {
	meanings, several := d["anyOf"].([]any)
	if !several {
		ps.meaning = -1
		ps.splitOne(d)
		return
	}
	ps.meanings = meanings
	for i, one := range meanings {
		ps.meaning = i
		ps.splitOne(one.(tree.Object))
	}
}

// splitOne adds the parts of a description: first what is short, then the long texts and
// lists, then the places below.
func (ps *descriptionParts) splitOne(d tree.Object) {
	rank := func(keyword string) int {
		return slices.Index([]string{"description", "enum", "required", "properties", "patternProperties", "additionalProperties", "items", "x-branches"}, keyword)
	}
	keywords := sortedNames(d)
	slices.SortStableFunc(keywords, func(a, b string) int { return cmp.Compare(rank(a), rank(b)) })
	for _, keyword := range keywords {
		if keyword == "x-when" {
			continue // each page has it
		}
		switch v := d[keyword].(type) {
		case map[string]any:
			ps.splitMembers(keyword, v)
		case []any:
			for i, e := range v {
				ps.addValue([]string{keyword}, addEntry, e, []string{"x-json", keyword + "/" + strconv.Itoa(i)})
			}
		case string:
			if keyword == "description" {
				ps.addPieces([]string{keyword}, v)
				continue
			}
			ps.addValue([]string{keyword}, setValue, v, []string{"x-json", keyword})
		default:
			ps.addValue([]string{keyword}, setValue, v, []string{"x-json", keyword})
		}
	}
}

// splitMembers adds the parts of a keyword whose value is an object.
func (ps *descriptionParts) splitMembers(keyword string, o tree.Object) {
	switch keyword {
	case "properties", "patternProperties":
		for _, name := range sortedNames(o) {
			ps.addPlace(o[name].(tree.Object), keyword, name)
		}
	case "additionalProperties", "items":
		ps.addPlace(o, keyword)
	case "x-branches":
		for _, name := range sortedNames(o) {
			branch := o[name].(tree.Object)
			ps.addPieces([]string{keyword, clipName(name), "description"}, text(branch["description"]))
			keys, _ := branch["keys"].(tree.Object)
			ps.add(setValue, tree.Object{}, keyword, clipName(name), "keys")
			for _, key := range sortedNames(keys) {
				ps.add(setValue, keys[key], keyword, clipName(name), "keys", clipName(key))
			}
		}
	default:
		ps.addValue([]string{keyword}, setValue, o, []string{"x-json", keyword})
	}
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func (ps *descriptionParts) add(kind partKind, value any, path ...string) {
	ps.list = append(ps.list, descriptionPart{meaning: ps.meaning, path: path, value: value, kind: kind})
}

// addValue adds a value, or pieces of its JSON at another path if it is too long.
func (ps *descriptionParts) addValue(path []string, kind partKind, v any, long []string) {
	if text := tree.Append(nil, v); cost(text) > maxPart {
		ps.addPieces(long, string(text))
		return
	}
	ps.add(kind, v, path...)
}

// addPieces adds a text.
func (ps *descriptionParts) addPieces(path []string, s string) {
	runes := []rune(s)
	for len(runes) > maxPiece {
		ps.add(startText, string(runes[:maxPiece]), path...)
		runes = runes[maxPiece:]
	}
	if len(runes) > 0 {
		ps.add(addText, string(runes), path...)
	}
}

// addPlace adds a place below.
func (ps *descriptionParts) addPlace(d tree.Object, path ...string) {
	if len(path) > 1 {
		path[1] = clipName(path[1])
	}
	ps.add(setPlace, d, path...)
}

// shortened returns a part that has a place below without what is too long.
func (part descriptionPart) shortened() descriptionPart {
	whole, isObject := part.value.(tree.Object)
	if part.kind != setPlace || !isObject {
		return part
	}
	for _, cut := range []reduction{{text: shortDescription, values: 12}, {values: 4}, {typesOnly: true}} {
		short := cut.of(whole, 1)
		if part.value = short; cost(tree.Append(nil, short)) <= maxPart {
			break
		}
	}
	part.isCut = !tree.Equal(part.value, whole)
	return part
}

// clipName cuts a name that no file of a reasonable size has.
func clipName(name string) string {
	if len(name) <= maxName {
		return name
	}
	return firstOf(name, maxName)
}

// page returns the parts from an offset on for which there is room, at least one.
func (ps *descriptionParts) page(offset int) DescriptionPage {
	page := DescriptionPage{Description: tree.Object{}, IsPart: true, Offset: offset, Length: len(ps.list)}
	room := maxDescription
	var shown []int // the meanings in the page
	for i := min(offset, len(ps.list)); i < len(ps.list); i++ {
		part := ps.list[i].shortened()
		if room -= part.cost() + ps.whenCost(part.meaning, shown); room < 0 && i > offset {
			page.Next = i
			if last := ps.list[i-1]; last.kind == startText {
				page.Description["x-continues"] = last.path[len(last.path)-1]
			}
			break
		}
		o := page.Description
		if part.meaning >= 0 {
			list, _ := o["anyOf"].([]any)
			if !slices.Contains(shown, part.meaning) {
				shown = append(shown, part.meaning)
				list = append(list, tree.Object{"x-when": ps.when(part.meaning)})
				o["anyOf"] = list
			}
			o = list[len(list)-1].(tree.Object)
		}
		part.putInto(o)
		if part.isCut {
			page.Description["x-cut"] = cutHint
		}
	}
	return page
}

// when returns the condition of a meaning.
func (ps *descriptionParts) when(meaning int) any {
	return ps.meanings[meaning].(tree.Object)["x-when"]
}

// whenCost returns the cost of the condition of a part, if no part before has it in the
// page.
func (ps *descriptionParts) whenCost(meaning int, shown []int) int {
	if meaning < 0 || slices.Contains(shown, meaning) {
		return 0
	}
	return cost(tree.Append(nil, ps.when(meaning)))
}

// cost returns how much of a page a part takes, with its path.
func (part descriptionPart) cost() int {
	size := cost(tree.Append(nil, part.value))
	for _, token := range part.path {
		size += cost(tree.Append(nil, token)) + len(`:{},`)
	}
	return size
}

// putInto adds a part to a page.
func (part descriptionPart) putInto(o tree.Object) {
	last := len(part.path) - 1
	for _, token := range part.path[:last] {
		below, exists := o[token].(tree.Object)
		if !exists {
			below = tree.Object{}
			o[token] = below
		}
		o = below
	}
	switch name := part.path[last]; part.kind {
	case setValue, setPlace:
		o[name] = part.value
	case addEntry:
		list, _ := o[name].([]any)
		o[name] = append(list, part.value)
	default:
		o[name] = text(o[name]) + part.value.(string)
	}
}
