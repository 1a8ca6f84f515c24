package cli

import (
	"context"
	"flag"
	"fmt"
	"time"

	"realmconf/runtime/realm"
	"realmconf/schema/tree"
)

func doctorCommand() *command {
	var asJSON bool
	return &command{
		name: "doctor", form: "", realm: true,
		about: "look at the realm's files and say what is wrong and what to do",
		more: `It takes no lock and changes nothing. It ends with 1 when there is a problem.
It is for the person at the machine and always names paths, whatever --diagnostic says.`,
		flags: func(f *flag.FlagSet) { jsonFlag(f, &asJSON) },
		run: func(ctx context.Context, s *Session, _ []string) error {
			location, files, err := realm.Inspect(s.Realm)
			if err != nil {
				return err
			}
			d := &diagnosis{location: location, files: files, model: s.Model}
			d.examine(ctx, time.Now())
			for i := range d.findings {
				d.findings[i].do = located(d.findings[i].do, s.given)
			}
			if s.readable(asJSON) {
				s.showDiagnosis(d)
			} else {
				s.printJSON(tree.Append(nil, d.tree()))
			}
			if d.count(problem) > 0 {
				return errFound
			}
			return nil
		},
	}
}

// level says how bad a finding is.
type level string

const (
	note    level = "note"    // what is so
	warning level = "warning" // what may become a problem, or is worth knowing
	problem level = "problem" // what keeps the realm from being used, or is a danger
)

// finding is one thing that doctor has to say.
type finding struct {
	level level
	what  string
	where string // a path, or a JSON Pointer; may be empty
	do    string // may be empty
}

func (d *diagnosis) add(l level, what, where, do string) {
	d.findings = append(d.findings, finding{l, what, where, do})
}

func (d *diagnosis) count(l level) int {
	n := 0
	for _, f := range d.findings {
		if f.level == l {
			n++
		}
	}
	return n
}

// tree is the diagnosis as JSON has it. Paths are the person's own.
func (d *diagnosis) tree() tree.Object {
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
	return tree.Object{
		"realm_id":   d.location.ID,
		"root":       d.location.Root,
		"config":     d.files.Document,
		"generation": generationOrNull(d),
		"problems":   int64(d.count(problem)),
		"findings":   findings,
	}
}

func generationOrNull(d *diagnosis) any {
	if !d.files.Numbered() {
		return nil
	}
	g := generation{n: d.files.Generation}
	return g.number()
}

func (s *Session) showDiagnosis(d *diagnosis) {
	colours := map[level]string{note: cyan, warning: yellow, problem: red}
	for _, f := range d.findings {
		text := fmt.Sprintf("%s %s", s.Terminal.paint(colours[f.level], fmt.Sprintf("%-8s", string(f.level))), line(f.what))
		if f.where != "" {
			text += "\n         " + line(f.where)
		}
		if f.do != "" {
			text += "\n         " + s.Terminal.paint(bold, "do: ") + line(f.do)
		}
		s.print("%s\n", text)
	}
	if d.count(problem) == 0 {
		s.print("no problem was found\n")
	}
}

// age is a length of time as people say it.
func age(d time.Duration) string {
	switch {
	case d < 0:
		return "in the future"
	case d < time.Minute:
		return count(int(d.Seconds()), "second") + " ago"
	case d < time.Hour:
		return count(int(d.Minutes()), "minute") + " ago"
	case d < 48*time.Hour:
		return count(int(d.Hours()), "hour") + " ago"
	default:
		return count(int(d.Hours()/24), "day") + " ago"
	}
}

// count is a number of things, of which one has the name given.
func count(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}

// holder says who a lease's or a lock's owner is.
func holder(l realm.Lease) string {
	text := fmt.Sprintf("%s, process %d", l.Surface, l.PID)
	if l.Instance != "" {
		text += fmt.Sprintf(", instance %q", l.Instance)
	}
	return text
}
