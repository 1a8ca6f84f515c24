package cli

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"time"

	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools"
	"realmconf/tools/layout"
	"realmconf/tools/policy"
)

func historyCommand() *command {
	limit, before, since := generation{min: 1}, generation{min: 1}, generation{} // limit has the same syntax as a generation
	var asJSON bool
	return &command{
		name: "history", onlyReads: true, form: "[POINTER]", realm: true, maxArgs: 1,
		summary: "list who changed which keys, when and why, newest first",
		details: `With a JSON Pointer it lists only the changes at, above or below it. Who changed the model?
  realmconf history /agent/model`,
		flags: func(f *flag.FlagSet) {
			addOutputFlags(f, &asJSON)
			f.Var(&limit, "limit", "at most this `number` of generations; 20 if not given")
			f.Var(&before, "before", "only generations below this `generation`")
			f.Var(&since, "since", "only generations above this `generation`")
		},
		complete: completePointer,
		run: func(ctx context.Context, s *Session, args []string) error {
			params := tree.Object{}
			for name, g := range map[string]*generation{"limit": &limit, "before": &before, "since": &since} {
				if g.given {
					params[name] = g.json()
				}
			}
			again := "realmconf history" // the command that continues this list
			if len(args) > 0 {
				p, err := s.parsePlace(ctx, args[0])
				if err != nil {
					return err
				}
				params["path"] = p.String()
				again += " " + shellWord(p.String())
			}
			if since.given {
				again += " --since " + since.String()
			}
			return s.show(ctx, tools.History, params, asJSON, func(reply tree.Object) { s.printHistory(reply, again) })
		},
	}
}

// parsePlace parses a pointer to a place that there may be.
func (s *Session) parsePlace(ctx context.Context, text string) (tree.Pointer, error) {
	p, err := tree.ParsePointer(text)
	if err != nil {
		return nil, s.usageError("%v", err)
	}
	return p, s.checkKey(ctx, p)
}

// printHistory prints the entries of a history as a table. The reason and the paths
// are columns if the terminal is wide enough for all of them, and else follow on
// lines of their own. again is the command that printed it.
//
//	wide    GENERATION  TIME  WHO  OPERATION  REASON  PATHS
//	        13          …     …    patch      …       …
//
//	narrow  GENERATION  TIME  WHO  OPERATION
//	        13          …     …    patch
//	          reason
//	          paths
func (s *Session) printHistory(reply tree.Object, again string) {
	entries, _ := reply["entries"].([]any)
	next, more := reply["next_before"]
	if len(entries) == 0 && !more {
		if again == "realmconf history" {
			s.print("no history: nothing has been written yet\n")
		} else {
			s.print("no change is listed: realmconf history lists all changes\n")
		}
		return
	}
	rows := [][]string{{"GENERATION", "TIME", "WHO", "OPERATION", "REASON", "PATHS"}}
	for _, entry := range entries {
		if entry, ok := entry.(tree.Object); ok {
			rows = append(rows, historyRow(entry))
		}
	}
	limits := []int{20, 19, 18, 40, 0, 0}
	following := make([][]string, len(rows)) // the lines after each row
	if isWider(rows, limits, s.Terminal.Width) {
		for i, row := range rows {
			if i > 0 {
				following[i] = row[4:]
			}
			rows[i] = row[:4]
		}
	}
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
	if more {
		s.print("%s\n", addRealmFlags(fmt.Sprintf("%s --before %v continues", again, next), s.realmFlags()))
	}
}

// isWider reports whether a table is wider than a terminal, which may have any width
// (0).
func isWider(rows [][]string, limits []int, width int) bool {
	if width <= 0 {
		return true // a pager or a file: what follows on its own lines can be read at any width
	}
	for _, line := range formatTable(rows, limits) {
		if layout.Width(line) > width {
			return true
		}
	}
	return false
}

// printLine prints a line of at most the terminal's width and reports whether it
// is truncated. The colour may be empty.
func (s *Session) printLine(colour, text string) (truncated bool) {
	shown := layout.Truncate(text, s.Terminal.Width)
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
	for _, line := range layout.Wrap(text, s.Terminal.Width, indent) {
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
	if approved, ok := entry["approved"].(tree.Object); ok {
		operation += ", " + approvalWay(approved)
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

// approvalWay says in which way a change was approved. It is a part of the operation's
// column, where no text of a client is.
func approvalWay(approved tree.Object) string {
	switch way, _ := approved["way"].(string); store.Way(way) {
	case store.FlagWay:
		return "allowed by flag"
	case store.Elicitation, store.ReviewWay, store.PageWay:
		return "yes by " + way
	}
	return "approved"
}
