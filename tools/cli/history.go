package cli

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"time"

	"realmconf/schema/tree"
	"realmconf/tools"
	"realmconf/tools/policy"
)

func historyCommand() *command {
	limit, before := generation{min: 1}, generation{min: 1} // limit has the same syntax as a generation
	var asJSON bool
	return &command{
		name: "history", onlyReads: true, form: "", realm: true,
		summary: "list who changed which keys, when and why, newest first",
		flags: func(f *flag.FlagSet) {
			addJSONFlag(f, &asJSON)
			f.Var(&limit, "limit", "at most this `number` of generations; 20 if not given")
			f.Var(&before, "before", "only generations below this `generation`")
		},
		run: func(ctx context.Context, s *Session, _ []string) error {
			params := tree.Object{}
			if limit.given {
				params["limit"] = limit.json()
			}
			if before.given {
				params["before"] = before.json()
			}
			return s.show(ctx, tools.History, params, asJSON, s.printHistory)
		},
	}
}

// minTableWidth is the width from which the reason and the paths are columns of
// the history's table. On a narrower terminal they follow on lines of their own.
const minTableWidth = 100

// printHistory prints the entries of a history as a table:
//
//	wide    GENERATION  TIME  WHO  OPERATION  REASON  PATHS
//	        13          …     …    patch      …       …
//
//	narrow  GENERATION  TIME  WHO  OPERATION
//	        13          …     …    patch
//	          reason
//	          paths
func (s *Session) printHistory(reply tree.Object) {
	entries, _ := reply["entries"].([]any)
	if len(entries) == 0 {
		s.print("no history: nothing has been written yet\n")
		return
	}
	rows := [][]string{{"GENERATION", "TIME", "WHO", "OPERATION", "REASON", "PATHS"}}
	for _, entry := range entries {
		if entry, ok := entry.(tree.Object); ok {
			rows = append(rows, historyRow(entry))
		}
	}
	following := make([][]string, len(rows)) // the lines after each row
	if s.Terminal.Width < minTableWidth {
		for i, row := range rows {
			if i > 0 {
				following[i] = row[4:]
			}
			rows[i] = row[:4]
		}
	}
	limits := []int{20, 19, 18, 18, max(10, s.Terminal.Width/4), 0} // the line's limit is that of the last column
	truncated := false
	for i, row := range formatTable(rows, limits) {
		colour := ""
		if i == 0 {
			colour = bold
		}
		truncated = s.printLine(colour, row) || truncated || strings.Contains(row, "…")
		for _, text := range following[i] {
			if text = policy.EscapeHidden(text); text != "" {
				s.printWrapped("", "  "+text, continued)
			}
		}
	}
	if truncated {
		s.hintTruncated()
	}
	if next, more := reply["next_before"]; more {
		s.print("%s\n", addRealmFlags(fmt.Sprintf("realmconf history --before %v continues", next), s.invocation.given))
	}
}

// printLine prints a line of at most the terminal's width and reports whether it
// is truncated. The colour may be empty.
func (s *Session) printLine(colour, text string) (truncated bool) {
	shown := truncate(text, s.Terminal.Width)
	truncated = shown != text
	if colour != "" {
		shown = s.Terminal.paint(colour, shown)
	}
	s.print("%s\n", shown)
	return truncated
}

// printWrapped prints a line in as many lines of the terminal as it needs. The
// colour may be empty.
func (s *Session) printWrapped(colour, text, indent string) {
	for _, line := range wrap(text, s.Terminal.Width, indent) {
		s.printLine(colour, line)
	}
}

// historyRow returns the cells of an entry.
func historyRow(entry tree.Object) []string {
	at, _ := entry["at"].(string)
	if t, err := time.Parse(time.RFC3339, at); err == nil {
		at = t.Local().Format(time.DateTime)
	}
	actor, _ := entry["actor"].(tree.Object)
	who, hasName := actor["name"].(string)
	if !hasName {
		who = fmt.Sprint(actor["surface"])
	}
	operation := fmt.Sprint(entry["operation"])
	if to, ok := entry["rollback_to"]; ok && to != nil {
		operation += fmt.Sprintf(" to %v", to)
	}
	if undone, ok := entry["reverts"]; ok {
		operation += fmt.Sprintf(" of %v", undone)
	}
	if entry["valid"] == false {
		operation += ", not TOML"
	}
	if entry["superseded"] == true {
		operation += ", superseded"
	}
	reason, _ := entry["reason"].(string)
	paths, _ := entry["paths"].([]any)
	var names []string
	for _, path := range paths {
		names = append(names, policy.EscapeHidden(fmt.Sprint(path)))
	}
	if count, ok := entry["path_count"].(int64); ok && count > int64(len(names)) {
		names = append(names, fmt.Sprintf("and %d more", count-int64(len(names))))
	}
	return []string{fmt.Sprint(entry["generation"]), at, who, operation, oneLine(reason), strings.Join(names, " ")}
}
