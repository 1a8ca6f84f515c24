package hosts

import (
	"bytes"
	"encoding/json"
	"slices"
)

// CanEdit reports whether the language of a text lets Apply put an entry into it. YAML is
// written as a whole, so it must be empty or have only an entry that Snippet made.
func (h Host) CanEdit(p Place, text []byte) bool {
	return h.syntax != yamlSyntax || len(bytes.TrimSpace(text)) == 0 || isSnippet(text, h.Snippet(p, Server{}))
}

// isSnippet reports whether a YAML text differs from a snippet only in the command and
// its arguments. Each is on one line in JSON, so the line has no comment.
func isSnippet(text, snippet []byte) bool {
	lines, want := bytes.Split(text, []byte("\n")), bytes.Split(snippet, []byte("\n"))
	if len(lines) != len(want) {
		return false
	}
	for i, line := range lines {
		if bytes.Equal(line, want[i]) {
			continue
		}
		name, _, _ := bytes.Cut(want[i], []byte(": "))
		value, isMember := bytes.CutPrefix(line, slices.Concat(name, []byte(": ")))
		if !isMember {
			return false
		}
		var err error
		switch string(bytes.TrimSpace(name)) {
		case "command", "cmd":
			var program string
			err = json.Unmarshal(value, &program)
		case "args":
			var args []string
			err = json.Unmarshal(value, &args)
		default:
			return false
		}
		if err != nil {
			return false
		}
	}
	return true
}
