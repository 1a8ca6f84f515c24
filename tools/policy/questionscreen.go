package policy

import (
	"math"
	"slices"
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

// roomAfter returns how many columns are left below some lines, and above the form's own
// rows. Below those that a screen cuts there is any room: more of them is out of sight,
// and moves nothing.
func (s screen) roomAfter(lines []string) int {
	if s.isCut {
		return math.MaxInt32
	}
	return max(0, s.rows-s.rowsOf(lines)) * s.columns
}

// shows reports whether a person sees the whole of some lines.
func (s screen) shows(lines []string) bool {
	isWider := func(line string) bool { return layout.Width(line) > s.columns }
	return s.rowsOf(lines) <= s.rows && !(s.isCut && slices.ContainsFunc(lines, isWider))
}

// rowsOf returns how many rows some lines take.
func (s screen) rowsOf(lines []string) int {
	rows := 0
	for _, line := range lines {
		rows += max(1, (layout.Width(line)+s.columns-1)/s.columns)
	}
	return rows
}
