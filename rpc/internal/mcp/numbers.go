package mcp

import (
	"bytes"
	"encoding/json"
)

// trimFloats returns a JSON text with its whole floats as JavaScript writes them, 2 for
// 2.0. Some hosts leave out the text of a tool's result if it equals what they write for
// its structured content, and otherwise give the model both. A text without such a
// number is returned as it is. To write 2 where 2.0 is stored changes nothing.
func trimFloats(text json.RawMessage) json.RawMessage {
	if !bytes.Contains(text, []byte(".0")) {
		return text
	}
	trimmed := make(json.RawMessage, 0, len(text))
	inString := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			trimmed = append(trimmed, c)
			i++
		case c == '"':
			inString = !inString
		case c == '.' && !inString && endsNumber(text[i+1:]):
			i++
			continue
		}
		trimmed = append(trimmed, text[i])
	}
	return trimmed
}

// endsNumber reports whether a text is the zero that ends a number, and then another
// value or nothing.
func endsNumber(text []byte) bool {
	return len(text) > 0 && text[0] == '0' && (len(text) == 1 || bytes.IndexByte([]byte(",]} \t\r\n"), text[1]) >= 0)
}
