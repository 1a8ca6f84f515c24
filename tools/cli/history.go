package cli

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"time"

	"realmconf/schema/tree"
)

func historyCommand() *command {
	limit, before := generation{least: 1}, generation{least: 1} // both are numbers, given or not
	var asJSON bool
	return &command{
		name: "history", form: "", realm: true,
		about: "list who changed which keys, when and why, newest first",
		flags: func(f *flag.FlagSet) {
			jsonFlag(f, &asJSON)
			f.Var(&limit, "limit", "at most this `number` of generations; 20 if not given")
			f.Var(&before, "before", "only generations below this `generation`")
		},
		run: func(ctx context.Context, s *Session, _ []string) error {
			params := tree.Object{}
			if limit.given {
				params["limit"] = limit.number()
			}
			if before.given {
				params["before"] = before.number()
			}
			return s.show(ctx, "history", params, asJSON, s.showHistory)
		},
	}
}

// roomy is how many columns a terminal has at least when a row of the history
// has one line. On a narrower one the reason and the paths have lines of their
// own.
const roomy = 100

// showHistory shows the entries as a table. The last column has the rest of the
// width.
func (s *Session) showHistory(reply tree.Object) {
	entries, _ := reply["entries"].([]any)
	if len(entries) == 0 {
		s.print("no history: nothing has been written yet\n")
		return
	}
	rows := [][]string{{"GENERATION", "TIME", "WHO", "OPERATION", "REASON", "PATHS"}}
	for _, entry := range entries {
		if entry, ok := entry.(tree.Object); ok {
			rows = append(rows, row(entry))
		}
	}
	var below [][]string // for each row the lines that follow it
	if s.Terminal.Width < roomy {
		for i, row := range rows {
			if below = append(below, nil); i > 0 {
				below[i] = row[4:]
			}
			rows[i] = row[:4]
		}
	}
	whole := true
	show := func(colour, text string) {
		shown := cut(text, s.Terminal.Width)
		whole = whole && shown == text
		if colour != "" {
			shown = s.Terminal.paint(colour, shown)
		}
		s.print("%s\n", shown)
	}
	most := []int{20, 19, 18, 18, max(10, s.Terminal.Width/4), 0} // the last is cut with its line
	for i, text := range table(rows, most) {
		if i == 0 {
			show(bold, text)
			continue
		}
		show("", text)
		if below != nil {
			for _, more := range below[i] {
				if more = line(more); more != "" {
					show("", "  "+more)
				}
			}
		}
		whole = whole && !strings.Contains(text, "…")
	}
	if !whole {
		s.hintCut()
	}
	if next, more := reply["next_before"]; more {
		s.print("%s\n", located(fmt.Sprintf("realmconf history --before %v continues", next), s.given))
	}
}

func row(entry tree.Object) []string {
	at, _ := entry["at"].(string)
	if t, err := time.Parse(time.RFC3339, at); err == nil {
		at = t.Local().Format(time.DateTime)
	}
	actor, _ := entry["actor"].(tree.Object)
	who, named := actor["name"].(string)
	if !named {
		who = fmt.Sprint(actor["surface"])
	}
	operation := fmt.Sprint(entry["operation"])
	if to, ok := entry["rollback_to"]; ok && to != nil {
		operation += fmt.Sprintf(" to %v", to)
	}
	if entry["valid"] == false {
		operation += ", not TOML"
	}
	reason, _ := entry["reason"].(string)
	paths, _ := entry["paths"].([]any)
	var names []string
	for _, path := range paths {
		names = append(names, fmt.Sprint(path))
	}
	if count, ok := entry["path_count"].(int64); ok && count > int64(len(names)) {
		names = append(names, fmt.Sprintf("and %d more", count-int64(len(names))))
	}
	return []string{fmt.Sprint(entry["generation"]), at, who, operation, reason, strings.Join(names, " ")}
}

// table sets rows in columns, each as wide as its widest cell and no wider than
// most says; 0 is as wide as it likes.
func table(rows [][]string, most []int) []string {
	widths := make([]int, len(most))
	for _, row := range rows {
		for i := range row {
			if row[i] = line(strings.Join(strings.Fields(row[i]), " ")); most[i] > 0 {
				row[i] = cut(row[i], most[i])
			}
			widths[i] = max(widths[i], columns(row[i]))
		}
	}
	lines := make([]string, 0, len(rows))
	for _, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			b.WriteString(cell)
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-columns(cell)+2))
			}
		}
		lines = append(lines, strings.TrimRight(b.String(), " "))
	}
	return lines
}
