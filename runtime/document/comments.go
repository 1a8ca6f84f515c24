package document

import "bytes"

// ReplaceComments returns a text of TOML with another text in the place of that of each
// comment, which is what follows its sign up to the end of the line.
func ReplaceComments(text []byte, replace func(comment string) string) []byte {
	var b bytes.Buffer
	for at := 0; at < len(text); {
		end := at + 1
		switch text[at] {
		case '#':
			for end < len(text) && text[end] != '\n' && text[end] != '\r' {
				end++
			}
			b.WriteByte('#')
			b.WriteString(replace(string(text[at+1 : end])))
			at = end
			continue
		case '"', '\'':
			end = stringEnd(text, at)
		}
		b.Write(text[at:end])
		at = end
	}
	return b.Bytes()
}

// stringEnd returns where the string ends that begins at a quotation mark.
func stringEnd(text []byte, at int) int {
	quote := text[at : at+1]
	if three := bytes.Repeat(quote, 3); bytes.HasPrefix(text[at:], three) {
		quote = three
	}
	escapes := quote[0] == '"'
	for i := at + len(quote); i < len(text); i++ {
		switch {
		case escapes && text[i] == '\\':
			i++
		case bytes.HasPrefix(text[i:], quote):
			i += len(quote)
			for len(quote) == 3 && i < len(text) && text[i] == quote[0] {
				i++ // up to two marks more belong to the string
			}
			return i
		}
	}
	return len(text)
}
