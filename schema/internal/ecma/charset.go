package ecma

import (
	"strings"
	"unicode"
)

// charSet is a set of characters: those in the ranges and in the tables.
type charSet struct {
	ranges []charRange
	tables []table
	isNot  bool // all other characters
}

// charRange is the characters from low to high.
type charRange struct{ low, high rune }

// table is a table of Unicode, or all characters that are not in it.
type table struct {
	in    *unicode.RangeTable
	isNot bool
}

func single(r rune) charSet { return charSet{ranges: []charRange{{r, r}}} }

func (s charSet) isSingle() bool {
	return !s.isNot && len(s.tables) == 0 && len(s.ranges) == 1 && s.ranges[0].low == s.ranges[0].high
}

func (s *charSet) addRange(low, high rune) { s.ranges = append(s.ranges, charRange{low, high}) }

// add adds the characters of another set.
func (s *charSet) add(other charSet) {
	if !other.isNot {
		s.ranges, s.tables = append(s.ranges, other.ranges...), append(s.tables, other.tables...)
		return
	}
	// The complement of ranges is ranges; a negated set with a table is only that table.
	for _, t := range other.tables {
		s.tables = append(s.tables, table{t.in, !t.isNot})
	}
	if len(other.tables) > 0 {
		return
	}
	low := rune(0)
	for _, r := range sortedRanges(other.ranges) {
		if r.low > low {
			s.addRange(low, r.low-1)
		}
		low = max(low, r.high+1)
	}
	if low <= unicode.MaxRune {
		s.addRange(low, unicode.MaxRune)
	}
}

func (s charSet) negated() charSet {
	s.isNot = !s.isNot
	return s
}

func (s charSet) contains(r rune) bool {
	for _, x := range s.ranges {
		if r >= x.low && r <= x.high {
			return !s.isNot
		}
	}
	for _, t := range s.tables {
		if unicode.Is(t.in, r) != t.isNot {
			return !s.isNot
		}
	}
	return s.isNot
}

// sortedRanges returns a few ranges in the order of their beginnings.
func sortedRanges(ranges []charRange) []charRange {
	list := append([]charRange(nil), ranges...)
	for i := range list {
		for j := i; j > 0 && list[j].low < list[j-1].low; j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
	return list
}

// lineEnds are the characters that a dot does not match.
func lineEnds() charSet {
	return charSet{ranges: []charRange{{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}}}
}

// named returns the set of \d, \w or \s.
func named(class rune) charSet {
	switch class {
	case 'd':
		return charSet{ranges: []charRange{{'0', '9'}}}
	case 'w':
		return charSet{ranges: []charRange{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}}
	default:
		return charSet{ranges: []charRange{
			{'\t', '\r'}, {' ', ' '}, {0xA0, 0xA0}, {0x1680, 0x1680}, {0x2000, 0x200A}, {0x2028, 0x2029},
			{0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}, {0xFEFF, 0xFEFF},
		}}
	}
}

// property reads the name of a property of Unicode, with its braces.
func (p *parser) property(isNot bool) (charSet, error) {
	start := p.pos
	if p.peek() != '{' {
		return charSet{}, p.fail(`\p without a name in braces`)
	}
	end := p.pos
	for end < len(p.text) && p.text[end] != '}' {
		end++
	}
	name := string(p.text[p.pos+1 : end])
	p.pos = min(end+1, len(p.text))
	for _, prefix := range []string{"General_Category=", "gc=", "Script=", "sc=", "Script_Extensions=", "scx="} {
		name = strings.TrimPrefix(name, prefix)
	}
	switch name {
	case "Any":
		return charSet{ranges: []charRange{{0, unicode.MaxRune}}, isNot: isNot}, nil
	case "ASCII":
		return charSet{ranges: []charRange{{0, 0x7F}}, isNot: isNot}, nil
	}
	in := unicodeTable(name)
	if in == nil {
		p.pos = start
		return charSet{}, p.fail("a property of Unicode that is not supported")
	}
	return charSet{tables: []table{{in, false}}, isNot: isNot}, nil
}

// unicodeTable returns the table of a category or a script. The maps of package unicode
// would have all of them, and would be made each time the program starts.
func unicodeTable(name string) *unicode.RangeTable {
	switch name {
	case "L", "Letter", "Alphabetic", "Alpha":
		return unicode.L
	case "Lu", "Uppercase_Letter", "Uppercase", "Upper":
		return unicode.Lu
	case "Ll", "Lowercase_Letter", "Lowercase", "Lower":
		return unicode.Ll
	case "Lt", "Titlecase_Letter":
		return unicode.Lt
	case "Lm", "Modifier_Letter":
		return unicode.Lm
	case "Lo", "Other_Letter":
		return unicode.Lo
	case "M", "Mark":
		return unicode.M
	case "N", "Number":
		return unicode.N
	case "Nd", "Decimal_Number", "digit":
		return unicode.Nd
	case "Nl", "Letter_Number":
		return unicode.Nl
	case "No", "Other_Number":
		return unicode.No
	case "P", "Punctuation", "punct":
		return unicode.P
	case "S", "Symbol":
		return unicode.S
	case "Z", "Separator":
		return unicode.Z
	case "Zs", "Space_Separator":
		return unicode.Zs
	case "White_Space", "space":
		return unicode.White_Space
	case "C", "Other":
		return unicode.C
	case "Cc", "Control", "cntrl":
		return unicode.Cc
	case "Latin", "Latn":
		return unicode.Latin
	case "Greek", "Grek":
		return unicode.Greek
	case "Cyrillic", "Cyrl":
		return unicode.Cyrillic
	case "Han", "Hani":
		return unicode.Han
	case "Hiragana", "Hira":
		return unicode.Hiragana
	case "Katakana", "Kana":
		return unicode.Katakana
	case "Hebrew", "Hebr":
		return unicode.Hebrew
	case "Arabic", "Arab":
		return unicode.Arabic
	}
	return nil
}
