package cli

import (
	"context"
	"flag"

	"realmconf/schema/tree"
	"realmconf/tools"
)

func getCommand() *command {
	var g getFlags
	return &command{
		name: "get", onlyReads: true, form: "[POINTER]", realm: true, maxArgs: 1,
		summary: "print the configuration, or the value at a JSON Pointer",
		details: `The value is TOML on a terminal and JSON otherwise. Defaults are filled in; in TOML, a
comment lists the keys of a table that are not set.`,
		flags:    g.add,
		complete: completePointer,
		run: func(ctx context.Context, s *Session, args []string) error {
			if err := g.resolve(s); err != nil {
				return err
			}
			params := tree.Object{"view": g.view()}
			if len(args) > 0 || !g.envelope {
				params["path"] = firstArgument(args)
			}
			raw, err := s.Operations.Find(tools.Get).CallChecked(ctx, s.caller(), params)
			if err != nil {
				return err
			}
			reply, err := tree.DecodeObjectUnlimited(raw)
			if err != nil {
				return err
			}
			shown := "these are the defaults"
			if g.stored {
				shown = "nothing is stored"
			}
			s.warnNewRealm(ctx, reply, shown)
			if s.Realm.IsFile() {
				WarnIdlePlaces(ctx, s.Stderr, s.Schema, s.Writes.Allow, s.Model, s.Runtime)
			}
			if g.envelope {
				s.printJSON(raw)
				return nil
			}
			s.warnReply(reply)
			if g.origins {
				return s.printOrigins(reply, g.asJSON)
			}
			return s.printValue(reply["path"].(string), reply["value"], g.format, g.raw, !g.stored)
		},
	}
}

// getFlags are the flags of get.
type getFlags struct {
	stored, effective, origins bool
	raw, envelope, asJSON      bool
	format                     format
}

func (g *getFlags) add(f *flag.FlagSet) {
	addOutputFlags(f, &g.asJSON)
	f.Var(&g.format, "format", "print in this `form`: toml or json")
	f.BoolVar(&g.raw, "r", false, "print a string without quotes, and with any control characters that it has")
	f.BoolVar(&g.stored, "stored", false, "only what is written, without defaults")
	f.BoolVar(&g.effective, "effective", false, "what agents run with: the values of the realms that this one inherits from, too")
	f.BoolVar(&g.origins, "origins", false, "with --effective: print each key with its value and the realm that it comes from")
	f.BoolVar(&g.envelope, "with-generation", false, "print the whole reply: the value with its generation and realm")
}

// resolve selects the format and refuses flags that contradict each other.
func (g *getFlags) resolve(s *Session) error {
	switch {
	case g.stored && g.effective:
		return s.usageError("--stored and --effective are two views: leave one out")
	case g.origins && !g.effective:
		return s.usageError("--origins tells where effective values come from: add --effective")
	case g.origins && (g.raw || g.format != "" || g.envelope):
		return s.usageError("--origins prints a table, or JSON with --json: leave the other format out")
	case g.asJSON:
		g.format = formatJSON
	case g.format == "" && s.Terminal.Interactive && !g.envelope:
		g.format = formatTOML
	}
	if g.envelope && (g.raw || g.format == formatTOML) {
		return s.usageError("--with-generation prints JSON: leave the other format out")
	}
	return nil
}

// view returns the view that the flags ask for.
func (g *getFlags) view() string {
	switch {
	case g.stored:
		return "stored"
	case g.effective:
		return "effective"
	}
	return "resolved"
}

// firstArgument returns the first argument, or "" for the whole configuration.
func firstArgument(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}
