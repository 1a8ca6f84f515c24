package cli

import (
	"context"
	"flag"
	"fmt"

	"realmconf/schema/tree"
)

// format is how a value is printed. The zero value lets the terminal decide.
type format string

// String is the format's name.
func (f *format) String() string { return string(*f) }

// Set takes a format by its name.
func (f *format) Set(text string) error {
	if text != "toml" && text != "json" {
		return fmt.Errorf("it is toml or json")
	}
	*f = format(text)
	return nil
}

func getCommand() *command {
	var stored, raw, envelope, asJSON bool
	var as format
	return &command{
		name: "get", form: "[POINTER]", realm: true, most: 1,
		about: "print the configuration, or the value at a JSON Pointer",
		more:  "On a terminal the value is TOML, else JSON. Defaults are filled in.",
		flags: func(f *flag.FlagSet) {
			jsonFlag(f, &asJSON)
			f.Var(&as, "format", "print in this `form`: toml or json")
			f.BoolVar(&raw, "r", false, "print a string bare, without quotes: as it is, whatever it does to a terminal")
			f.BoolVar(&stored, "stored", false, "only what the file says, without defaults")
			f.BoolVar(&envelope, "with-generation", false, "print the whole reply: the value with its generation and realm")
		},
		run: func(ctx context.Context, s *Session, args []string) error {
			switch {
			case asJSON:
				as = "json"
			case as == "" && s.Terminal.Is && !envelope:
				as = "toml"
			}
			if envelope && (raw || as == "toml") {
				return s.usage("--with-generation prints JSON: leave the other format out")
			}
			params := tree.Object{"view": "resolved"}
			if stored {
				params["view"] = "stored"
			}
			if len(args) > 0 || !envelope {
				params["path"] = append(args, "")[0]
			}
			reply, err := s.call(ctx, "get", params)
			if err != nil {
				return err
			}
			read, err := tree.DecodeObject(reply)
			if err != nil {
				return err
			}
			what := "these are the defaults"
			if stored {
				what = "nothing is stored"
			}
			s.warnAbsent(ctx, read, what)
			if envelope {
				s.printJSON(reply)
				return nil
			}
			s.warn(read)
			return s.printValue(read["path"].(string), read["value"], as, raw)
		},
	}
}

// printValue prints the value that stands at a path.
func (s *Session) printValue(path string, value any, as format, raw bool) error {
	if text, isText := value.(string); isText && raw {
		s.print("%s\n", text)
		return nil
	}
	if as != "toml" || raw {
		s.printJSON(tree.Append(nil, value))
		return nil
	}
	p, err := tree.ParsePointer(path)
	if err != nil {
		return err
	}
	text, err := asTOML(p, value)
	if err != nil {
		return err
	}
	if s.Terminal.Is {
		text = escaped(text, false)
	}
	s.write(text)
	return nil
}

// warn tells on standard error what is not right with the configuration that was
// read or written. Who is shown the whole reply finds it there.
func (s *Session) warn(reply tree.Object) {
	if reply["reconcile_pending"] == true {
		s.say("warning: somebody has just changed the file; the change has no generation yet")
	}
	warnings, _ := reply["warnings"].([]any)
	for _, w := range warnings {
		issue, _ := w.(tree.Object)
		text := fmt.Sprintf("%v: %v", issue["path"], issue["message"])
		if line, ok := issue["line"]; ok {
			text = fmt.Sprintf("line %v: %s", line, text)
		}
		if hint, ok := issue["hint"]; ok {
			text += fmt.Sprintf("; %v", hint)
		}
		s.say("warning: %s", text)
	}
}
