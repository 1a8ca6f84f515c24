package cli

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"realmconf/runtime/fault"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// nextStep returns the general hint for a fault: the command that helps. It is
// empty if the fault's message is enough.
func nextStep(f *fault.Fault, model *schema.Model) string {
	if _, isOther := f.Data["realm"]; isOther { // these commands would be about the selected realm
		return ""
	}
	switch f.Kind {
	case fault.InvalidParams, fault.MethodNotFound:
		return helpHint(nil)
	case fault.GenerationConflict:
		if n, reverting := f.Data["reverting"]; reverting {
			return fmt.Sprintf("realmconf diff %v shows what others changed since; --except leaves a place as it is", n)
		}
		retry := fmt.Sprintf("with --expected-generation %v the write builds on what is current", f.Data["current"])
		if toUint64(f.Data["expected"]) >= toUint64(f.Data["current"]) { // that generation never existed
			return retry
		}
		return fmt.Sprintf("realmconf diff %v shows what others changed since; %s", f.Data["expected"], retry)
	case fault.InvalidConfig:
		if issues, _ := f.Data["issues"].([]schema.Issue); len(issues) > 0 {
			return issueHint(issues[0], model)
		}
	case fault.NotFound:
		if path, ok := f.Data["path"].(string); ok {
			return siblingsHint(path, model)
		}
		return "realmconf history lists the generations"
	case fault.CorruptConfig:
		if good, ok := f.Data["last_good_generation"]; ok {
			return fmt.Sprintf("realmconf edit opens the text; realmconf rollback %v restores the last text that was TOML; realmconf show %v prints that", good, good)
		}
		return "realmconf edit opens the text"
	case fault.LockTimeout:
		return "realmconf doctor shows which process holds the lock"
	case fault.Storage:
		if f.Data["reason"] == fault.Unreachable {
			return "realmconf doctor asks each server"
		}
		return "realmconf doctor looks for the cause"
	case fault.OutcomeUnknown:
		return "realmconf history shows whether it was written"
	}
	return ""
}

// helpHint points to the help of a command, or with nil of the program.
func helpHint(c *command) string {
	if c == nil {
		return "realmconf --help lists the commands and flags"
	}
	return "realmconf help " + c.name + " shows how to write it"
}

// issueHint points to the schema of an issue's place, if the schema says more
// than the issue.
func issueHint(issue schema.Issue, model *schema.Model) string {
	switch issue.Kind {
	case schema.UnknownKey, schema.Missing:
		return siblingsHint(issue.Path, model)
	case schema.Type, schema.Enum, schema.Format:
		return "realmconf schema " + shellWord(issue.Path) + " shows which values are valid"
	}
	return ""
}

// siblingsHint returns how to list the valid keys at the level of a pointer's
// last key. If the schema does not know the table above it, it goes up to one that
// it knows. It is empty for a table in which every name is valid.
func siblingsHint(path string, model *schema.Model) string {
	const sections = "realmconf schema lists the sections"
	p, err := tree.ParsePointer(path)
	if err != nil || len(p) < 2 {
		return sections
	}
	p = p[:len(p)-1]
	if model != nil {
		described, known := model.Describe(p)
		for ; !known && len(p) > 0; described, known = model.Describe(p) {
			p = p[:len(p)-1]
		}
		if !namesKeys(described) {
			return ""
		}
	}
	if len(p) == 0 {
		return sections
	}
	return "realmconf schema " + shellWord(p.String()) + " lists the keys there"
}

// namesKeys reports whether a schema, or one of its alternatives, has named keys.
func namesKeys(described tree.Object) bool {
	for _, name := range []string{"properties", "x-branches"} {
		if keys, _ := described[name].(tree.Object); len(keys) > 0 {
			return true
		}
	}
	alternatives, _ := described["anyOf"].([]any)
	return slices.ContainsFunc(alternatives, func(a any) bool {
		alternative, _ := a.(tree.Object)
		return namesKeys(alternative)
	})
}

// realmFlags returns the given flags that select the realm in other commands. With a store,
// only mirror takes those of a directory.
func (s *Session) realmFlags() []setting {
	if !s.Realm.IsShared() {
		return s.invocation.given
	}
	return slices.DeleteFunc(slices.Clone(s.invocation.given), func(g setting) bool {
		return isPathFlag(g.name) || g.name == "follow-links"
	})
}

// addRealmFlags adds the flags that select the realm to the commands in a text.
// Help is the same for every realm and stays as it is.
func addRealmFlags(text string, given []setting) string {
	flags := ""
	for _, g := range given {
		switch g.name {
		case "file", "schema", "secret", "not-secret", "store", "realm", "realm-backend", "state-root", "context-root", "user-config-root":
			flags += "--" + g.name + " " + shellWord(g.value) + " "
		case "follow-links", "skip-missing-schemas":
			if g.value == "true" {
				flags += "--" + g.name + " "
			}
		}
	}
	if flags == "" {
		return text
	}
	names := commandNames(func(c *command) bool { return isListed(c) && c.name != helpCommand().name })
	var b strings.Builder
	for rest := text; ; {
		head, tail, found := strings.Cut(rest, programName+" ")
		if b.WriteString(head); !found {
			return b.String()
		}
		b.WriteString(programName + " ")
		command := tail[:len(tail)-len(strings.TrimLeftFunc(tail, isNameRune))]
		if slices.Contains(names, command) && !endsInName(head) {
			b.WriteString(flags)
		}
		rest = tail
	}
}

// endsInName reports whether a text ends in a part of a path or a name, so that a
// program's name after it is the rest of that.
func endsInName(text string) bool {
	last, _ := utf8.DecodeLastRuneInString(text)
	return text != "" && (isNameRune(last) || last == '/' || last == '.')
}

// isNameRune reports whether a character may be in the name of a command.
func isNameRune(r rune) bool {
	return r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// toUint64 returns a generation from a fault's data.
func toUint64(value any) uint64 {
	switch n := value.(type) {
	case uint64:
		return n
	case int:
		return uint64(max(n, 0))
	case int64:
		return uint64(max(n, 0))
	}
	return 0
}
