package cli

import (
	"fmt"
	"strings"
	"time"

	"realmconf/schema/tree"
	"realmconf/tools/layout"
	"realmconf/tools/policy"
)

// shownLine is a line of the terminal. The colour may be empty.
type shownLine struct{ colour, text string }

// questionLines returns a proposal as a person reads it, in lines of the terminal's
// width: who wants to change what, the held changes, what changes with them, what
// agents of other realms run with, the texts before and after, and the reason. Every
// text of the client is quoted or has a sign before it, so that none looks like a line
// of the program.
func (s *Session) questionLines(p tree.Object, number, count int) []shownLine {
	q := &questionText{session: s}
	p = policy.ForPerson(p)
	q.add(bold, "question %d of %d: %s wants to change %s (generation %v)", number, count, policy.ClientWords(textIn(p, "client"), quoted), policy.RealmWords(textIn(p, "realm"), textIn(p, "file"), textIn(p, "project"), quoted), p["generation"])
	if directory := textIn(p, "directory"); directory != "" {
		name := "config.toml"
		if file := textIn(p, "file"); file != "" {
			name = quoted(file)
		}
		q.add("", "%s is in %s", name, quoted(directory))
	}
	if place := textIn(p, "store"); place != "" {
		q.add("", "it is in the store %s", quoted(place))
	}
	q.add("", "%s", textIn(p, "summary"))
	asked := fmt.Sprintf("asked %s, by %s", localTime(textIn(p, "time")), textIn(p, "tool"))
	if server := textIn(p, "server"); server != "" {
		asked += "; the server is " + quoted(server)
	}
	q.add("", "%s", asked)
	if until := textIn(p, "declined_until"); until != "" {
		q.add("", "a person said no: until %s the same call is refused without a question; a yes takes the no back", localTime(until))
	}
	q.changes("", p["fields"])
	q.changes("changes with it:", p["others"])
	q.changes("changes what agents run with:", p["effects"])
	if diff := textIn(p, "diff"); diff != "" {
		q.add("", "")
		q.add(bold, "the text, before and after:")
		for line := range strings.Lines(diff) {
			line = strings.TrimSuffix(line, "\n")
			if line != "" && strings.IndexByte("+- ", line[0]) >= 0 {
				q.addSigned(line[0], line[1:])
			}
		}
	}
	if reason := textIn(p, "reason"); reason != "" {
		q.add("", "")
		q.add("", "reason, in the client's words: %s", tree.Append(nil, reason))
	}
	return append(q.lines, shownLine{})
}

// questionText collects the lines of a question.
type questionText struct {
	session *Session
	lines   []shownLine
}

// add adds a line, which may have texts of others in it.
func (q *questionText) add(colour, format string, args ...any) {
	q.wrap(colour, policy.VisibleText(fmt.Sprintf(format, args...)))
}

// addSigned adds a line of a difference. Its indent comes after the sign.
func (q *questionText) addSigned(sign byte, text string) {
	q.wrap(colourOf(sign), string(sign)+policy.VisibleText(text))
}

func (q *questionText) wrap(colour, text string) {
	for _, line := range layout.Wrap(text, q.session.Terminal.Width, continued) {
		q.lines = append(q.lines, shownLine{colour, line})
	}
}

// changes adds the changes of a list, each with a headline, under a title.
func (q *questionText) changes(title string, list any) {
	changes, _ := list.([]any)
	if len(changes) == 0 {
		return
	}
	q.add("", "")
	if title != "" {
		q.add(bold, "%s", title)
	}
	for _, c := range changes {
		change, ok := c.(tree.Object)
		if !ok {
			continue
		}
		if headline := changeHeadline(change); headline != "" {
			q.add(bold, "%s", headline)
		}
		for _, l := range diffLines([]any{change}) {
			q.addSigned(l.sign, l.text)
		}
	}
}

// changeHeadline says what harm a change can do, in which realms, and the note about
// it; "" if there is nothing to say.
func changeHeadline(change tree.Object) string {
	var parts []string
	classes, _ := change["risk"].([]any)
	if len(classes) > 0 {
		parts = append(parts, policy.RiskWords(classes))
	}
	if realms, _ := change["realms"].([]any); len(realms) > 0 {
		var names []string
		for _, realm := range realms {
			names = append(names, fmt.Sprint(realm))
		}
		parts = append(parts, "in "+tree.JoinWords(names, "and", len(names)))
	}
	if note := textIn(change, "note"); note != "" {
		parts = append(parts, note)
	}
	place := textIn(change, "path")
	if len(parts) == 0 {
		return ""
	}
	if place == "" && change["op"] != "unknown" {
		place = policy.Place(nil)
	}
	return strings.TrimPrefix(place+": ", ": ") + strings.Join(parts, "; ")
}

// colourOf returns the colour of a line of a difference.
func colourOf(sign byte) string {
	switch sign {
	case '-':
		return red
	case '+':
		return green
	}
	return ""
}

func textIn(o tree.Object, name string) string {
	text, _ := o[name].(string)
	return text
}

// quoted returns a name as JSON has it.
func quoted(name string) string { return string(tree.Append(nil, name)) }

// localTime returns a time of a reply for a person.
func localTime(at string) string {
	if t, err := time.Parse(time.RFC3339, at); err == nil {
		return t.Local().Format(time.DateTime)
	}
	return at
}
