package hosts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"realmconf/schema/tree"
)

// Snippet returns the settings at a place that has no others.
func (h Host) Snippet(p Place, s Server) []byte {
	switch h.syntax {
	case tomlSyntax: // a JSON string is also a TOML string
		return fmt.Appendf(nil, "[%s.%s]\ncommand = %s\nargs = %s\n", h.table[0], h.server(), literal(s.Program), literal(s.args()))
	case yamlSyntax: // and a JSON list a YAML list
		if len(h.table) == 0 {
			return fmt.Appendf(nil, "name: %[1]s\nversion: 0.0.1\nschema: v1\nmcpServers:\n  - name: %[1]s\n    command: %[2]s\n    args: %[3]s\n",
				h.server(), literal(s.Program), literal(s.args()))
		}
		return fmt.Appendf(nil, "%[1]s:\n  %[2]s:\n    name: %[2]s\n    description: Realm configuration\n    type: stdio\n    enabled: true\n    cmd: %[3]s\n    args: %[4]s\n    timeout: 300\n",
			h.table[0], h.server(), literal(s.Program), literal(s.args()))
	}
	var value any = tree.Object{h.server(): h.entryIn(p, s)}
	for i := len(h.table) - 1; i >= 0; i-- {
		value = tree.Object{h.table[i]: value}
	}
	return append(indent(value, "", "  "), '\n')
}

// literal returns a value in JSON that is TOML and YAML, too: these may not have the
// character DEL unescaped, and YAML no control character after it.
func literal(value any) []byte {
	var b []byte
	for _, r := range string(tree.Append(nil, value)) {
		if r >= 0x7f && r <= 0x9f {
			b = fmt.Appendf(b, `\u%04x`, r)
			continue
		}
		b = utf8.AppendRune(b, r)
	}
	return b
}

// indent returns a value as JSON of several lines.
func indent(value any, prefix, unit string) []byte {
	raw := tree.Append(nil, value)
	var b bytes.Buffer
	if json.Indent(&b, raw, prefix, unit) != nil {
		return raw
	}
	return b.Bytes()
}
