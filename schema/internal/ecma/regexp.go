// Package ecma matches texts with the regular expressions of JSON Schema, which are
// those of ECMA-262 (with the flag u; JSON Schema 2020-12, Core, section 6.4). It has
// assertions that look ahead and behind, which package regexp has not, and no back
// references, which cannot be matched in bounded time.
//
// An expression is a program for a virtual machine that follows all its threads at the
// same time (Thompson's construction): the time grows with the length of the text times
// that of the program, and with an assertion for each place where it is looked at.
// Nothing is computed when the program starts, unlike in package regexp.
package ecma

import (
	"fmt"
	"unicode/utf8"
)

// Regexp is a compiled expression. It may be used by several goroutines.
type Regexp struct {
	prog []inst
	size int
}

// MaxSize is how many instructions an expression has at most. Counted repetitions are
// written out.
const MaxSize = 20_000

const (
	maxSteps     = 20_000_000 // of one match
	stepsOfStart = 20
)

// SyntaxError says why an expression cannot be used.
type SyntaxError struct {
	Reason string
	Offset int // in characters
}

// ErrTooLarge is the error of an expression of more than MaxSize instructions.
var ErrTooLarge error = &SyntaxError{"an expression that is too large", 0}

// Error returns the reason and its place in the expression.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s at character %d", e.Reason, e.Offset+1)
}

// Check returns why a text is no expression, nil if it is one.
func Check(expression string) error {
	p := parser{text: []rune(expression)}
	_, err := p.parse()
	return err
}

// Compile reads an expression.
func Compile(expression string) (*Regexp, error) {
	p := parser{text: []rune(expression)}
	root, err := p.parse()
	if err != nil {
		return nil, err
	}
	left := MaxSize
	prog, err := compile(root, &left)
	if err != nil {
		return nil, err
	}
	return &Regexp{prog, MaxSize - left}, nil
}

// Size returns how many instructions the expression has: some 100 bytes each.
func (r *Regexp) Size() int { return r.size }

// Match reports whether the expression matches some part of a text, and how much work
// that was: a step is as long as a comparison of two characters or so. A match that takes
// more than most steps, or 20,000,000, counts as one.
func (r *Regexp) Match(text string, most int) (is bool, steps int) {
	if r.failsAtOnce(text) {
		return false, 1
	}
	m := machine{text: []rune(text), most: min(most, maxSteps), steps: stepsOfStart}
	is = r.match(&m)
	return is, m.steps
}

// failsAtOnce reports that the expression begins with ^ and a character that the text does
// not begin with: what most patterns for keys say of most keys.
func (r *Regexp) failsAtOnce(text string) bool {
	if r.prog[0].op != opStart || r.prog[1].op != opChar {
		return false
	}
	first, size := utf8.DecodeRuneInString(text)
	return size == 0 || !r.prog[1].set.contains(first)
}

// match runs the machine from each place where a match can begin: from the start only, if
// the expression begins with ^.
func (r *Regexp) match(m *machine) bool {
	return m.run(r.prog, 0, r.prog[0].op != opStart, -1)
}
