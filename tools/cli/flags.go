package cli

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"realmconf/runtime/mirror"
	"realmconf/schema/tree"
)

// setting is a server flag that the command line sets.
type setting struct{ name, value string }

// commandFlags are the flags that may be given: the server's, and after the name of a
// command its own.
type commandFlags struct{ server, own *flag.FlagSet }

// flagsOf returns the flags of a command, or those before its name if it is nil. They
// print nothing.
func (inv *Invocation) flagsOf(c *command) commandFlags {
	flags := commandFlags{inv.server, flag.NewFlagSet(programName, flag.ContinueOnError)}
	flags.own.SetOutput(io.Discard)
	if c != nil && c.flags != nil {
		c.flags(flags.own)
	}
	return flags
}

// lookup returns a flag, or nil.
func (f commandFlags) lookup(name string) *flag.Flag {
	if own := f.own.Lookup(name); own != nil {
		return own
	}
	return f.server.Lookup(name)
}

// all returns the flags, sorted by their names.
func (f commandFlags) all() []*flag.Flag {
	var all []*flag.Flag
	for _, set := range []*flag.FlagSet{f.server, f.own} {
		set.VisitAll(func(one *flag.Flag) { all = append(all, one) })
	}
	slices.SortFunc(all, func(a, b *flag.Flag) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// parseFlag sets the flag at the beginning of args and returns how many words it
// used. Package flag would stop at the first argument, and its error texts are
// for programmers.
func (inv *Invocation) parseFlag(flags commandFlags, args []string) (used int, err error) {
	name, value, joined := strings.Cut(trimDashes(args[0]), "=")
	refuse := func(format string, a ...any) (int, error) { return 0, newUsageError(inv.command, format, a...) }
	f := flags.lookup(name)
	if f == nil {
		return 0, inv.unknownFlag(flags, name)
	}
	used = 1
	switch {
	case joined:
	case isSwitch(f):
		value = "true"
	case len(args) < 2:
		return refuse("%s needs a value", withDashes(name))
	default:
		value, used = args[1], 2
		if looksLikeFlag(flags, value) {
			return refuse("%s needs a value, and %s looks like a flag: write %s=%s if it is the value", withDashes(name), value, withDashes(name), value)
		}
	}
	if !utf8.ValidString(value) && !isPathFlag(name) {
		return refuse("the value of %s is not UTF-8 text: give it in that encoding", withDashes(name))
	}
	if err := f.Value.Set(value); err != nil {
		if expected := expectedValue(f); expected != "" {
			return refuse("%s takes %s, not %q", withDashes(name), expected, value)
		}
		return refuse("%s: %v", withDashes(name), err)
	}
	if inv.server.Lookup(name) != nil {
		if value == "" { // probably an unset variable in a script
			return refuse("--%s is empty: give it a value, or leave it out", name)
		}
		inv.given = slices.DeleteFunc(inv.given, func(s setting) bool { return s.name == name })
		inv.given = append(inv.given, setting{name, f.Value.String()})
	}
	return used, nil
}

// looksLikeFlag reports whether a word is more likely a flag than a flag's value.
func looksLikeFlag(flags commandFlags, word string) bool {
	name, _, _ := strings.Cut(trimDashes(word), "=")
	return !isArgument(word) && (strings.HasPrefix(word, "--") || flags.lookup(name) != nil)
}

// expectedValue describes the values of a flag whose own error text is for
// programmers. It is empty for other flags.
func expectedValue(f *flag.Flag) string {
	if choices := flagChoices(f.Name); len(choices) > 0 {
		return tree.JoinWords(choices, "or", len(choices))
	}
	if isSwitch(f) {
		return "true or false"
	}
	if getter, ok := f.Value.(flag.Getter); ok {
		if _, isInt := getter.Get().(int); isInt {
			return "a whole number"
		}
	}
	return ""
}

// flagChoices returns the values of a flag that accepts one of a few, else nil.
func flagChoices(name string) []string {
	switch name {
	case "realm-backend":
		return []string{"sqlite", "jsonl", "memory"}
	case "diagnostic":
		return []string{"negotiate", "never", "always"}
	case "log-level":
		return []string{"debug", "info", "warn", "error"}
	case "adopt":
		return []string{string(mirror.Local), string(mirror.Shared)}
	case "format":
		return []string{string(formatTOML), string(formatJSON)}
	}
	return nil
}

func (inv *Invocation) unknownFlag(flags commandFlags, name string) error {
	var names []string
	for _, f := range flags.all() {
		names = append(names, f.Name)
	}
	if nearest, ok := tree.Nearest(name, names); ok {
		return newUsageError(inv.command, "no flag %s: did you mean %s?", withDashes(name), withDashes(nearest))
	}
	return newUsageError(inv.command, "no flag %s", withDashes(name))
}

// applyServerFlags sets the server's flags that are among the words of an
// unfinished command line. It ignores everything else and every mistake.
func (inv *Invocation) applyServerFlags(words []string) {
	flags := inv.flagsOf(nil)
	for i := range words {
		if !isArgument(words[i]) && words[i] != "--" {
			_, _ = inv.parseFlag(flags, words[i:])
		}
	}
}

// trimDashes returns a word without a flag's leading dashes.
func trimDashes(word string) string {
	return strings.TrimPrefix(strings.TrimPrefix(word, "-"), "-")
}

// withDashes returns a flag's name as a user writes it.
func withDashes(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// isPathFlag reports whether a flag's value is a path, which may have any encoding.
func isPathFlag(name string) bool {
	return name == "file" || name == "schema" || strings.HasSuffix(name, "-root") || strings.HasSuffix(name, "-directory")
}

func isHelpFlag(word string) bool {
	return slices.Contains([]string{"-h", "--h", "-help", "--help"}, word)
}

// isSwitch reports whether a flag needs no value.
func isSwitch(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

// printFlags lists flags and their meaning, in the notation of the README.
func printFlags(w io.Writer, flags *flag.FlagSet) {
	flags.VisitAll(func(f *flag.Flag) {
		value, usage := flag.UnquoteUsage(f)
		if isSwitch(f) {
			value = ""
		}
		fmt.Fprintf(w, "  %s\n        %s", strings.TrimSpace(withDashes(f.Name)+" "+value), usage)
		if d := f.DefValue; d != "" && d != "0" && d != "false" {
			fmt.Fprintf(w, " (default %s)", d)
		}
		fmt.Fprintln(w)
	})
}
