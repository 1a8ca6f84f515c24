package cli

import (
	"context"
	_ "embed"
	"flag"
	"maps"
	"slices"
	"strings"

	"realmconf/schema/tree"
)

// The scripts. Each asks "realmconf __complete WORD…" for the lines that may
// stand in the place of the last word, a candidate and after a tab what it is.

//go:embed completion.bash
var bashScript string

//go:embed completion.zsh
var zshScript string

//go:embed completion.fish
var fishScript string

func completionCommand() *command {
	return &command{
		name: "completion", form: "bash|zsh|fish", least: 1, most: 1,
		about: "print a script that completes commands, flags and JSON Pointers",
		more: `  source <(realmconf completion bash)       in ~/.bashrc
  source <(realmconf completion zsh)        in ~/.zshrc, after compinit
  realmconf completion fish | source        in ~/.config/fish/config.fish`,
		run: func(_ context.Context, s *Session, args []string) error {
			script, ok := map[string]string{"bash": bashScript, "zsh": zshScript, "fish": fishScript}[args[0]]
			if !ok {
				return s.usage("no completion for %q: there are bash, zsh and fish", args[0])
			}
			s.print("%s", script)
			return nil
		},
	}
}

func completeCommand() *command {
	return &command{
		name: "__complete", hidden: true, raw: true,
		about: "print how an unfinished command line may go on",
		run: func(ctx context.Context, s *Session, words []string) error {
			last := ""
			if n := len(words); n > 0 {
				last, words = words[n-1], words[:n-1]
			}
			for _, c := range s.candidates(ctx, words, last) {
				if strings.HasPrefix(c.word, last) {
					s.print("%s\t%s\n", c.word, line(c.about))
				}
			}
			return nil
		},
	}
}

// candidate is a word that may stand where a line ends.
type candidate struct{ word, about string }

// candidates are the words that may stand behind others. A last word that has
// begun chooses among flags and arguments; the caller chooses further.
func (s *Session) candidates(ctx context.Context, words []string, last string) []candidate {
	var c *command
	flags := s.completed(nil)
	var arguments []string
	for i := 0; i < len(words); i++ {
		switch word := words[i]; {
		case !isArgument(word):
			name := strings.TrimLeft(word, "-")
			f := flags.Lookup(name)
			if f == nil || isSwitch(f) {
				continue
			}
			if i == len(words)-1 {
				return flagValues(name)
			}
			i++ // its value
		case c == nil:
			if c = find(word); c == nil {
				return nil
			}
			flags = s.completed(c)
		default:
			arguments = append(arguments, word)
		}
	}
	var list []candidate
	name, _, joined := strings.Cut(flagName(last), "=")
	switch {
	case !isArgument(last) && joined:
		for _, v := range flagValues(name) {
			list = append(list, candidate{"--" + name + "=" + v.word, v.about})
		}
	case !isArgument(last) || last == "-":
		flags.VisitAll(func(f *flag.Flag) {
			if len(f.Name) > 1 {
				_, about := flag.UnquoteUsage(f)
				list = append(list, candidate{"--" + f.Name, about})
			}
		})
	case c == nil:
		for _, c := range commands() {
			if !c.hidden {
				list = append(list, candidate{c.name, c.about})
			}
		}
	default:
		list = s.arguments(ctx, c, arguments, last)
	}
	return list
}

// completed are the flags that may stand behind a command's name.
func (s *Session) completed(c *command) *flag.FlagSet {
	inv := Invocation{server: s.server}
	flags := inv.quiet("")
	if c != nil && c.flags != nil {
		c.flags(flags)
	}
	return flags
}

// flagValues are the values of the flags that take one of a few.
func flagValues(name string) []candidate {
	values := map[string][]string{
		"realm-backend": {"sqlite", "jsonl", "memory"},
		"diagnostic":    {"negotiate", "never", "always"},
		"log-level":     {"debug", "info", "warn", "error"},
		"format":        {"toml", "json"},
	}
	var list []candidate
	for _, value := range values[name] {
		list = append(list, candidate{value, ""})
	}
	return list
}

// arguments are the words that may be a command's argument, behind those that
// stand before.
func (s *Session) arguments(ctx context.Context, c *command, before []string, last string) []candidate {
	var list []candidate
	add := func(words ...string) {
		for _, word := range words {
			list = append(list, candidate{word, ""})
		}
	}
	index := len(before)
	if index >= c.most {
		return nil
	}
	switch c.name {
	case "get", "schema", "watch", "unset-key":
		return s.pointers(ctx, last)
	case "set-key":
		if index == 0 {
			return s.pointers(ctx, last)
		}
		add(s.values(before[0])...)
	case "diff", "rollback":
		add(s.complete(ctx, "history-entry", "generation", last)...)
	case "call":
		for _, o := range s.Operations.All() {
			if index == 0 {
				list = append(list, candidate{o.Method(), o.Title})
			}
		}
	case "host":
		for _, h := range hosts() {
			list = append(list, candidate{h.name, h.place})
		}
	case "completion":
		add("bash", "zsh", "fish")
	case "help":
		for _, c := range commands() {
			if !c.hidden {
				list = append(list, candidate{c.name, c.about})
			}
		}
	}
	return list
}

// values are the words that a key may have as its value, where there are only a
// few.
func (s *Session) values(pointer string) []string {
	p, err := tree.ParsePointer(pointer)
	if err != nil {
		return nil
	}
	described, _ := s.Model.Describe(p)
	meanings, several := described["anyOf"].([]any)
	if !several {
		meanings = []any{described}
	}
	var words []string
	for _, m := range meanings {
		m, _ := m.(tree.Object)
		list, _ := m["enum"].([]any)
		for _, word := range list {
			if word, ok := word.(string); ok && !slices.Contains(words, word) {
				words = append(words, word)
			}
		}
	}
	if slices.Contains(s.types(p), "boolean") {
		words = append(words, "true", "false")
	}
	return words
}

// pointers are the JSON Pointers that begin with a text, one name further; where
// the text is one that has names below it, those.
func (s *Session) pointers(ctx context.Context, text string) []candidate {
	found := s.below(ctx, text)
	if len(found) == 1 && found[0].word == text {
		if deeper := s.below(ctx, text+"/"); len(deeper) > 0 {
			return deeper
		}
	}
	return found
}

func (s *Session) below(ctx context.Context, text string) []candidate {
	if text != "" && text[0] != '/' {
		return nil
	}
	abouts := make(map[string]string)
	for _, path := range s.complete(ctx, "config-part", "path", strings.TrimPrefix(text, "/")) {
		about := ""
		if p, err := tree.ParsePointer("/" + path); err == nil {
			described, _ := s.Model.Describe(p)
			about, _ = described["description"].(string)
		}
		abouts["/"+path] = about
	}
	var list []candidate
	for _, path := range slices.Sorted(maps.Keys(abouts)) {
		list = append(list, candidate{path, abouts[path]})
	}
	return list
}

// complete is how an argument of a resource's template may go on. While the
// realm cannot be read there is nothing to offer.
func (s *Session) complete(ctx context.Context, template, argument, value string) []string {
	resources := s.Operations.Resources()
	for _, t := range resources.Templates() {
		if t.Name == template {
			found, err := resources.Complete(ctx, t.URI, argument, value)
			if err != nil {
				return nil
			}
			return found
		}
	}
	return nil
}
