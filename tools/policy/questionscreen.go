package policy

import (
	"strings"

	"realmconf/tools/layout"
)

// screen is the part of a question's message that a client shows to a person.
type screen struct {
	rows    int
	columns int
	isCut   bool // a wider line is cut, without a sign of it; else it goes on in the next row
}

// screenOf returns the screen of a client, by the name for people or that of the
// program. Clients show less than a message may have, and a person cannot tell: each of
// these was seen in a terminal of 80 to 100 columns.
func screenOf(client string) screen {
	name := strings.ReplaceAll(strings.ToLower(client), " ", "-")
	if strings.HasPrefix(name, "claude-code") {
		// Claude Code shows three lines, cuts each at the width of the terminal less a
		// frame, and has no key that shows the rest.
		return screen{rows: 3, columns: 76, isCut: true}
	}
	// Codex leaves out the rows that come after about 40, and Copilot shows the last ones
	// of a terminal of 24 rows first. A form has about six rows of its own. An unknown
	// client is taken for one of these.
	return screen{rows: 18, columns: 80}
}

// shows reports whether a person sees the whole of some lines.
func (s screen) shows(lines []string) bool {
	rows := 0
	for _, line := range lines {
		width := layout.Width(line)
		if s.isCut && width > s.columns {
			return false
		}
		rows += max(1, (width+s.columns-1)/s.columns)
	}
	return rows <= s.rows
}
