package document

import "bytes"

// limits are how many keys and elements, and how many tables of them, a text may have.
type limits struct{ keys, tables int }

// checkLimits refuses a text that has more keys or tables than the limits allow, from
// its punctuation alone: every element of an array and every key of an inline table but
// one has a comma before it, and every inline table a "{". The scanner counts exactly, but
// only once the parser has read a whole array or key, and the parser takes a hundred
// bytes for each byte of `a.a.a` or `[1,1,1`. A text within the limits is never refused.
// What is refused may have mistakes, too, that would be named otherwise.
func checkLimits(text []byte, most limits) *SyntaxError {
	if bytes.Count(text, []byte(",")) <= most.keys && bytes.Count(text, []byte("{")) <= most.tables && bytes.Count(text, []byte(".")) <= most.keys {
		return nil // not even those in strings and comments are too many, and to count them all is ten times faster
	}
	var commas, braces, dots int // the dots of one key
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"', '\'', '#':
			i = endOfQuoted(text, i) - 1
		case ',':
			commas++
			dots = 0
		case '=', '\n', '[':
			dots = 0
		case '.':
			dots++
		case '{':
			braces++
			dots = 0
		}
		switch {
		case commas > most.keys:
			return syntaxError(text, i, reasonTooMany)
		case braces > most.tables:
			return syntaxError(text, i, reasonTables)
		case dots > most.keys:
			return syntaxError(text, i, reasonTooDeep)
		}
	}
	return nil
}

// endOfQuoted returns the offset behind a string or comment that begins at an offset,
// that of the text's end if it does not end.
func endOfQuoted(text []byte, at int) int {
	quote := text[at]
	if quote == '#' {
		return endOfComment(text, at)
	}
	quotes := 1
	if at+2 < len(text) && text[at+1] == quote && text[at+2] == quote {
		quotes = 3
	}
	end := text[at : at+quotes]
	for i := at + quotes; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote == '"':
			i++
		case text[i] == quote && bytes.HasPrefix(text[i:], end):
			return i + quotes
		}
	}
	return len(text)
}

// endOfComment returns the offset behind the line of an offset.
func endOfComment(text []byte, at int) int {
	if n := bytes.IndexByte(text[at:], '\n'); n >= 0 {
		return at + n + 1
	}
	return len(text)
}

// checkSize checks the limits of a text that is long enough to exceed them.
func checkSize(text []byte) *SyntaxError {
	if len(text) < MaxTables {
		return nil
	}
	return checkLimits(text, limits{MaxKeys, MaxTables})
}
