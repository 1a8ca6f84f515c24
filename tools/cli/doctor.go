package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"realmconf/runtime/realm"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

func doctorCommand() *command {
	var asJSON bool
	return &command{
		name: "doctor", form: "", realm: true, examines: true,
		summary: "examine the realm's files and say what is wrong and what to do",
		details: `It takes no lock and changes nothing. It exits with 1 if there is a problem.
It is for the person at the machine and always names paths, whatever --diagnostic says.`,
		flags: func(f *flag.FlagSet) { addOutputFlags(f, &asJSON) },
		run: func(ctx context.Context, s *Session, _ []string) error {
			d, err := s.diagnose(ctx)
			if err != nil {
				return err
			}
			for i := range d.findings {
				d.findings[i].do = addRealmFlags(d.findings[i].do, s.realmFlags())
			}
			if asJSON || !s.Terminal.Interactive {
				s.printJSON(tree.Append(nil, d.json()))
			} else {
				s.printDiagnosis(d)
			}
			if d.count(problem) > 0 {
				return errReported
			}
			return nil
		},
	}
}

// diagnose examines the selected realm, or both realms of that id; a shared realm
// through its store.
func (s *Session) diagnose(ctx context.Context) (*diagnosis, error) {
	if s.Realm.IsShared() {
		return s.diagnoseShared(ctx)
	}
	if s.Realm.IsFile() {
		return s.diagnoseFile(ctx)
	}
	location, files, err := realm.Inspect(s.Realm)
	if twice := (*realm.ExistsTwice)(nil); errors.As(err, &twice) {
		return s.diagnoseTwice(twice)
	}
	if err != nil {
		return nil, err
	}
	d := &diagnosis{realm: location.ID, relatives: location, location: location, files: files, model: s.Model, runtime: s.Runtime}
	d.examine(ctx, time.Now())
	d.checkElsewhere(s.Realm)
	return d, nil
}

// json returns the diagnosis as JSON.
func (d *diagnosis) json() tree.Object {
	findings := []any{}
	for _, f := range d.findings {
		o := tree.Object{"level": string(f.level), "what": f.what}
		if f.where != "" {
			o["where"] = f.where
		}
		if f.do != "" {
			o["do"] = f.do
		}
		findings = append(findings, o)
	}
	if d.location == nil {
		return d.sharedJSON(findings)
	}
	var number any
	if d.files.Numbered() {
		number = (&generation{n: d.files.Generation}).json()
	}
	var root, config any // null for a realm that exists twice
	if d.location.Root != "" {
		root, config = d.location.Root, d.files.Document
	}
	var id any // null for a file
	if d.location.ID != "" {
		id = d.location.ID
	}
	return tree.Object{
		"realm_id":   id,
		"root":       root,
		"config":     config,
		"generation": number,
		"problems":   int64(d.count(problem)),
		"findings":   findings,
	}
}

// printDiagnosis prints the findings for a person.
func (s *Session) printDiagnosis(d *diagnosis) {
	colours := map[level]string{note: cyan, warning: yellow, problem: red}
	for _, f := range d.findings {
		text := fmt.Sprintf("%s %s", s.Terminal.paint(colours[f.level], fmt.Sprintf("%-8s", string(f.level))), policy.EscapeHidden(f.what))
		if f.where != "" {
			text += "\n         " + policy.EscapeHidden(f.where)
		}
		if f.do != "" {
			text += "\n         " + s.Terminal.paint(bold, "do: ") + policy.EscapeHidden(f.do)
		}
		s.print("%s\n", text)
	}
	if d.count(problem) == 0 {
		s.print("no problem was found\n")
	}
}

// formatAge returns a duration in words.
func formatAge(d time.Duration) string {
	switch {
	case d < 0:
		return "in the future"
	case d < time.Minute:
		return formatCount(int(d.Seconds()), "second") + " ago"
	case d < time.Hour:
		return formatCount(int(d.Minutes()), "minute") + " ago"
	case d < 48*time.Hour:
		return formatCount(int(d.Hours()), "hour") + " ago"
	default:
		return formatCount(int(d.Hours()/24), "day") + " ago"
	}
}

// formatCount returns a number with its noun, whose plural ends with s.
func formatCount(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
