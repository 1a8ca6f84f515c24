package document

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
	"github.com/pelletier/go-toml/v2/unstable"
)

// SyntaxError tells where and why a text is not TOML. It never quotes the text,
// because a line of a configuration may have a secret.
type SyntaxError struct {
	Line, Column int // from 1; the column counts characters
	Reason       string
}

// Error returns the place and the reason.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Reason)
}

const (
	reasonTooLong   = "the text is longer than 1 MiB: make it shorter"
	reasonTooMany   = "the text has more than 60,000 keys, tables and list entries: make it smaller"
	reasonTables    = "the text has more than 12,000 tables: make it smaller"
	reasonTooDeep   = "tables and arrays are nested too deeply: use fewer levels"
	reasonDuplicate = "this key is already defined: remove one of the two"
	reasonNotTable  = "this key is already defined and is not a table that can be extended here: rename it, or put the keys where the table is defined"
	reasonReopened  = "this table is already defined: put its keys under its first header"
	reasonInteger   = "this integer is out of range: the largest is 18446744073709551615, the smallest -9223372036854775808"
	reasonNoDate    = "this date or time does not exist: correct it, or quote it if it is a string"
	reasonNotTOML   = "this is not TOML: correct it or remove it"
)

func syntaxError(text []byte, at int, reason string) *SyntaxError {
	line, column := lineColumn(text, at)
	if special := specialReason(text, at); special != "" {
		reason = special
	}
	return &SyntaxError{Line: line, Column: column, Reason: reason}
}

// lineColumn returns the place of an offset, both numbers counted from 1, columns
// in characters.
func lineColumn(text []byte, at int) (line, column int) {
	before := text[:min(max(at, 0), len(text))]
	line = 1 + bytes.Count(before, []byte("\n"))
	column = 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return line, column
}

// reasons replaces the parser's messages, which quote the text. The first one
// whose mark is in the message applies.
var reasons = []struct{ mark, reason string }{
	{"nested more than", reasonTooDeep},
	{"unterminated", "this string has no end: add the closing quote"},
	{"not terminated", "this string has no end: add the three closing quotes"},
	{"too many quotes", "too many quotes end this string: three close it"},
	{"cannot have new lines", "this string runs over the end of its line: close it, or use three quotes for a text of several lines"},
	{"control character", "control characters must be written as escapes"},
	{"carriage return", "a carriage return must be followed by a newline"},
	{"invalid escape", "this escape sequence does not exist in TOML: double the backslash, or use single quotes"},
	{"need a character after", "a backslash ends the text: complete the escape sequence"},
	{"unicode escape", "this escape sequence is incomplete: \\u needs four hexadecimal digits, \\U eight"},
	{"not a valid unicode", "this escape sequence is no Unicode character"},
	{"strings must be quoted", "a string must be quoted"},
	{"at start of key", "a key cannot start with this character: quote the key"},
	{"expected key", "a key is missing here"},
	{"expected '='", "an equals sign is missing after the key"},
	{"close table name", "this table header is not closed: add \"]\""},
	{"close array table name", "this table header is not closed: add \"]]\""},
	{"at start of value", "a value cannot start with this character: quote strings"},
	{"expected value", "a value is missing here"},
	{"expected newline", "only a comment may follow here: start a new line, or quote the string"},
	{"array is incomplete", "this array has no end: add \"]\""},
	{"inline table is incomplete", "this inline table has no end: add \"}\""},
	{"comma", "a comma is missing or superfluous here"},
	{"expected ',' or", "a comma or the closing bracket is missing here"},
	{"underscore", "an underscore in a number must be between digits"},
	{"leading zero", "a number cannot start with a superfluous zero: remove it"},
	{"radix", "a hexadecimal, octal or binary number takes no sign and needs digits after its prefix"},
	{"decimal point", "a decimal point needs digits on both sides"},
	{"exponent", "an exponent needs digits"},
	{"expected digit", "a digit is missing here"},
	{"number after sign", "a number is missing after the sign"},
}

// scannerError returns the parser's error with its place and a reason.
func scannerError(p *unstable.Parser, text []byte, err error) *SyntaxError {
	var pe *unstable.ParserError
	if !errors.As(err, &pe) {
		return syntaxError(text, len(text), reasonNotTOML)
	}
	at := placeOf(p, pe)
	for _, r := range reasons {
		if strings.Contains(pe.Message, r.mark) {
			return syntaxError(text, at, r.reason)
		}
	}
	return syntaxError(text, at, reasonNotTOML)
}

// placeOf returns the offset of a mistake. The parser gives the last character of
// the text for a mistake at the end of the text, unless a newline is there. A
// mistake at the end of a line has the place behind its last character.
func placeOf(p *unstable.Parser, err *unstable.ParserError) int {
	text := p.Data()
	at := int(p.Range(err.Highlight).Offset)
	if at == len(text)-1 && text[at] != '\n' {
		ended := &unstable.Parser{}
		ended.Reset(slices.Concat(text, []byte("\n")))
		for ended.NextExpression() {
		}
		if errors.As(ended.Error(), &err) { // not if only the newline of a line ending is missing
			at = int(ended.Range(err.Highlight).Offset)
			text = ended.Data()
		}
	}
	if at > 0 && at < len(text) && text[at] == '\n' && text[at-1] == '\r' {
		at--
	}
	return at
}

// decoderError returns an error for a scalar, at an offset, that the parser
// accepted and the decoder did not: dates that do not exist, floats out of range.
func decoderError(text []byte, at int, err error) *SyntaxError {
	var pe toml.ParseError
	if !errors.As(err, &pe) {
		return syntaxError(text, at, reasonNotTOML)
	}
	switch {
	case strings.Contains(pe.Message, "atetime"), strings.Contains(pe.Message, "date"):
		return syntaxError(text, at, reasonNoDate)
	case strings.Contains(pe.Message, "range"):
		return syntaxError(text, at, "this number is out of range")
	default:
		return syntaxError(text, at, reasonNotTOML)
	}
}
