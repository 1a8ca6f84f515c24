package ecma

import (
	"strconv"
	"strings"
)

// node is a part of an expression.
type node struct {
	kind     nodeKind
	set      charSet // of a character
	parts    []*node // of a sequence, of alternatives
	min, max int     // of a repetition; max is -1 without a limit
	isNot    bool    // of an assertion that must not match
}

type nodeKind int

const (
	kindEmpty nodeKind = iota
	kindChar
	kindSequence
	kindAlternatives
	kindRepeat
	kindStart
	kindEnd
	kindBoundary
	kindAhead
	kindBehind
)

// parser reads an expression.
type parser struct {
	text  []rune
	pos   int
	depth int
}

// maxDepth is how deep groups may be in one another.
const maxDepth = 200

func (p *parser) fail(reason string) error { return &SyntaxError{reason, p.pos} }

func (p *parser) parse() (*node, error) {
	n, err := p.alternatives()
	if err == nil && p.pos < len(p.text) {
		err = p.fail("a ) without its (")
	}
	return n, err
}

func (p *parser) peek() rune {
	if p.pos < len(p.text) {
		return p.text[p.pos]
	}
	return -1
}

func (p *parser) has(s string) bool {
	runes := []rune(s)
	if len(p.text)-p.pos < len(runes) {
		return false
	}
	for i, r := range runes {
		if p.text[p.pos+i] != r {
			return false
		}
	}
	p.pos += len(runes)
	return true
}

func (p *parser) alternatives() (*node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.fail("too many groups in one another")
	}
	defer func() { p.depth-- }()
	var all []*node
	for {
		n, err := p.sequence()
		if err != nil {
			return nil, err
		}
		if all = append(all, n); p.peek() != '|' {
			break
		}
		p.pos++
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return &node{kind: kindAlternatives, parts: all}, nil
}

func (p *parser) sequence() (*node, error) {
	n := &node{kind: kindSequence}
	for p.pos < len(p.text) && p.peek() != '|' && p.peek() != ')' {
		atom, err := p.atom()
		if err != nil {
			return nil, err
		}
		if atom, err = p.repetition(atom); err != nil {
			return nil, err
		}
		n.parts = append(n.parts, atom)
	}
	return n, nil
}

// repetition reads the quantifiers after an atom. Whether one is lazy makes no
// difference to whether there is a match.
func (p *parser) repetition(atom *node) (*node, error) {
	least, most := 0, -1
	switch p.peek() {
	case '*':
	case '+':
		least = 1
	case '?':
		most = 1
	case '{':
		start := p.pos
		var ok bool
		if least, most, ok = p.braces(); !ok {
			p.pos = start
			return atom, nil // the brace is a character
		}
		p.pos--
	default:
		return atom, nil
	}
	p.pos++
	if p.peek() == '?' {
		p.pos++
	}
	if most >= 0 && least > most {
		return nil, p.fail("a repetition whose limits are in the wrong order")
	}
	if strings.ContainsRune("*+?", p.peek()) && p.peek() >= 0 {
		return nil, p.fail("a repetition of a repetition")
	}
	return &node{kind: kindRepeat, parts: []*node{atom}, min: least, max: most}, nil
}

// braces reads {n}, {n,} and {n,m}.
func (p *parser) braces() (least, most int, ok bool) {
	p.pos++
	least, ok = p.number()
	most = least
	if ok && p.peek() == ',' {
		p.pos++
		if most = -1; p.peek() != '}' {
			most, ok = p.number()
		}
	}
	if !ok || p.peek() != '}' {
		return 0, 0, false
	}
	p.pos++
	return least, most, true
}

func (p *parser) number() (int, bool) {
	start := p.pos
	for p.peek() >= '0' && p.peek() <= '9' {
		p.pos++
	}
	n, err := strconv.Atoi(string(p.text[start:p.pos]))
	return min(n, MaxSize+1), err == nil
}

func (p *parser) atom() (*node, error) {
	switch c := p.peek(); c {
	case '(':
		return p.group()
	case '[':
		set, err := p.class()
		return &node{kind: kindChar, set: set}, err
	case '.':
		p.pos++
		return &node{kind: kindChar, set: lineEnds().negated()}, nil
	case '^':
		p.pos++
		return &node{kind: kindStart}, nil
	case '$':
		p.pos++
		return &node{kind: kindEnd}, nil
	case '\\':
		return p.escape()
	case '*', '+', '?':
		return nil, p.fail("nothing before the " + string(c))
	default:
		p.pos++
		return &node{kind: kindChar, set: single(c)}, nil
	}
}

func (p *parser) group() (*node, error) {
	start := p.pos
	n := &node{kind: kindSequence}
	switch {
	case p.has("(?="):
		n.kind = kindAhead
	case p.has("(?!"):
		n.kind, n.isNot = kindAhead, true
	case p.has("(?<="):
		n.kind = kindBehind
	case p.has("(?<!"):
		n.kind, n.isNot = kindBehind, true
	case p.has("(?:"):
	case p.has("(?<"):
		for p.pos < len(p.text) && p.peek() != '>' {
			p.pos++
		}
		p.pos++
	case p.has("(?"):
		p.pos = start
		return nil, p.fail("a group of a kind that ECMA-262 does not have")
	default:
		p.pos++
	}
	inner, err := p.alternatives()
	if err != nil {
		return nil, err
	}
	if p.peek() != ')' {
		p.pos = start
		return nil, p.fail("a ( without its )")
	}
	p.pos++
	n.parts = []*node{inner}
	return n, nil
}

// escape reads what a backslash begins outside of a class.
func (p *parser) escape() (*node, error) {
	if p.pos+1 < len(p.text) {
		switch c := p.text[p.pos+1]; {
		case c == 'b' || c == 'B':
			p.pos += 2
			return &node{kind: kindBoundary, isNot: c == 'B'}, nil
		case c >= '1' && c <= '9' || c == 'k':
			return nil, p.fail("a back reference, which is not supported")
		}
	}
	set, err := p.escapedSet()
	return &node{kind: kindChar, set: set}, err
}

// class reads a class in brackets.
func (p *parser) class() (charSet, error) {
	start := p.pos
	p.pos++
	isNot := p.peek() == '^'
	if isNot {
		p.pos++
	}
	var set charSet
	for p.peek() != ']' {
		if p.pos >= len(p.text) {
			p.pos = start
			return set, p.fail("a [ without its ]")
		}
		from, err := p.classAtom()
		if err != nil {
			return set, err
		}
		if p.peek() != '-' || p.pos+1 >= len(p.text) || p.text[p.pos+1] == ']' || !from.isSingle() {
			set.add(from)
			continue
		}
		p.pos++
		to, err := p.classAtom()
		if err != nil {
			return set, err
		}
		if !to.isSingle() {
			set.add(from)
			set.add(single('-'))
			set.add(to)
			continue
		}
		if from.ranges[0].low > to.ranges[0].low {
			return set, p.fail("a range of characters in the wrong order")
		}
		set.addRange(from.ranges[0].low, to.ranges[0].low)
	}
	p.pos++
	if isNot {
		set = set.negated()
	}
	return set, nil
}

func (p *parser) classAtom() (charSet, error) {
	if p.peek() != '\\' {
		p.pos++
		return single(p.text[p.pos-1]), nil
	}
	if p.has(`\b`) {
		return single('\b'), nil
	}
	return p.escapedSet()
}

// escapedSet reads an escape that stands for characters.
func (p *parser) escapedSet() (charSet, error) {
	p.pos++
	c := p.peek()
	p.pos++
	switch c {
	case -1:
		p.pos -= 2
		return charSet{}, p.fail("a backslash at the end")
	case 'd', 'D', 'w', 'W', 's', 'S':
		set := named(c | 0x20)
		if c < 'a' {
			set = set.negated()
		}
		return set, nil
	case 'p', 'P':
		return p.property(c == 'P')
	case 't':
		return single('\t'), nil
	case 'n':
		return single('\n'), nil
	case 'r':
		return single('\r'), nil
	case 'v':
		return single('\v'), nil
	case 'f':
		return single('\f'), nil
	case '0':
		return single(0), nil
	case 'c':
		letter := p.peek()
		if letter|0x20 < 'a' || letter|0x20 > 'z' {
			return charSet{}, p.fail(`\c without a letter`)
		}
		p.pos++
		return single(letter & 31), nil
	case 'x':
		return p.hex(2)
	case 'u':
		return p.unicode()
	case 'Z', 'z', 'A', 'a':
		p.pos -= 2
		return charSet{}, p.fail(`\` + string(c) + ", which ECMA-262 does not have")
	}
	return single(c), nil
}

func (p *parser) hex(digits int) (charSet, error) {
	end := min(p.pos+digits, len(p.text))
	n, err := strconv.ParseUint(string(p.text[p.pos:end]), 16, 32)
	if err != nil || end-p.pos != digits {
		return charSet{}, p.fail("digits of a hexadecimal number are missing")
	}
	p.pos = end
	return single(rune(n)), nil
}

// unicode reads \uHHHH, two of them that are a surrogate pair, and \u{H}.
func (p *parser) unicode() (charSet, error) {
	if p.peek() == '{' {
		end := p.pos
		for end < len(p.text) && p.text[end] != '}' {
			end++
		}
		n, err := strconv.ParseUint(string(p.text[p.pos+1:end]), 16, 21)
		if err != nil || end == len(p.text) || n > 0x10FFFF {
			return charSet{}, p.fail(`\u{ without a character's number`)
		}
		p.pos = end + 1
		return single(rune(n)), nil
	}
	first, err := p.hex(4)
	if err != nil {
		return first, err
	}
	high := first.ranges[0].low
	if high < 0xD800 || high > 0xDBFF || !p.has(`\u`) {
		return first, nil
	}
	second, err := p.hex(4)
	if err != nil {
		return second, err
	}
	return single(0x10000 + (high-0xD800)<<10 + (second.ranges[0].low - 0xDC00)), nil
}
