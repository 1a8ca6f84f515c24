package cli

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"realmconf/schema/tree"
)

// setting is a flag of the server's that was given.
type setting struct{ name, value string }

// quiet is a flag set that has the server's flags and prints nothing by itself.
func (inv *Invocation) quiet(name string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	inv.server.VisitAll(func(f *flag.Flag) { flags.Var(f.Value, f.Name, f.Usage) })
	return flags
}

// flag reads the flag at the beginning of args, and says how many words it is.
func (inv *Invocation) flag(flags *flag.FlagSet, args []string) (taken int, err error) {
	name, value, joined := strings.Cut(flagName(args[0]), "=")
	refuse := func(format string, a ...any) (int, error) { return 0, usage(inv.command, format, a...) }
	f := flags.Lookup(name)
	if f == nil {
		return 0, inv.unknownFlag(flags, name)
	}
	taken = 1
	switch {
	case joined:
	case isSwitch(f):
		value = "true"
	case len(args) < 2:
		return refuse("%s needs a value", dashed(name))
	default:
		value, taken = args[1], 2
		if next, _, _ := strings.Cut(flagName(value), "="); !isArgument(value) && (strings.HasPrefix(value, "--") || flags.Lookup(next) != nil) {
			return refuse("%s needs a value, and %s looks like a flag: write %s=%s if it is the value", dashed(name), value, dashed(name), value)
		}
	}
	if !utf8.ValidString(value) && !isPath(name) {
		return refuse("the value of %s is not UTF-8 text: give it in that encoding", dashed(name))
	}
	if err := f.Value.Set(value); err != nil {
		if what := takes(f); what != "" {
			return refuse("%s takes %s, not %q", dashed(name), what, value)
		}
		return refuse("%s: %v", dashed(name), err)
	}
	if inv.server.Lookup(name) != nil {
		if value == "" { // an unset variable in a script is not a choice of realm
			return refuse("--%s is empty: give it a value, or leave it out", name)
		}
		value = f.Value.String()
		inv.given = slices.DeleteFunc(inv.given, func(s setting) bool { return s.name == name })
		inv.given = append(inv.given, setting{name, value})
	}
	return taken, nil
}

// takes says what a flag takes, where its type's own words are for programmers;
// else it is empty.
func takes(f *flag.Flag) string {
	var choice []string
	for _, c := range flagValues(f.Name) {
		choice = append(choice, c.word)
	}
	if len(choice) > 1 {
		return tree.JoinWords(choice, "or", len(choice))
	}
	if isSwitch(f) {
		return "true or false"
	}
	if getter, ok := f.Value.(flag.Getter); ok {
		if _, number := getter.Get().(int); number {
			return "a whole number"
		}
	}
	return ""
}

func (inv *Invocation) unknownFlag(flags *flag.FlagSet, name string) error {
	var names []string
	flags.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	if near, ok := tree.Nearest(name, names); ok {
		return usage(inv.command, "no flag %s: did you mean %s?", dashed(name), dashed(near))
	}
	return usage(inv.command, "no flag %s", dashed(name))
}

// flagName is a word without the dashes of a flag.
func flagName(word string) string { return strings.TrimPrefix(strings.TrimPrefix(word, "-"), "-") }

// dashed is a flag as it is written.
func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// isPath reports whether a flag's value is the name of a directory, which is
// whatever bytes it is.
func isPath(name string) bool { return strings.HasSuffix(name, "-root") }

func isHelp(word string) bool { return slices.Contains([]string{"-h", "--h", "-help", "--help"}, word) }

// lenient sets those of the server's flags that stand among the words of an
// unfinished command line, and minds nothing else there.
func (inv *Invocation) lenient(words []string) {
	flags := inv.quiet("")
	for i := range words {
		if !isArgument(words[i]) && words[i] != "--" {
			_, _ = inv.flag(flags, words[i:]) // it may be unfinished
		}
	}
}

func isSwitch(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

// printFlags lists flags with what they mean, as the README writes them.
func printFlags(w io.Writer, flags *flag.FlagSet) {
	flags.VisitAll(func(f *flag.Flag) {
		value, about := flag.UnquoteUsage(f)
		if isSwitch(f) {
			value = ""
		}
		fmt.Fprintf(w, "  %s\n        %s", strings.TrimSpace(dashed(f.Name)+" "+value), about)
		if d := f.DefValue; d != "" && d != "0" && d != "false" {
			fmt.Fprintf(w, " (default %s)", d)
		}
		fmt.Fprintln(w)
	})
}
