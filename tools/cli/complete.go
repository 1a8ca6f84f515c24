package cli

import (
	"context"
	"flag"
	"strings"

	"realmconf/tools/hosts"
)

func completeCommand() *command {
	return &command{
		name: "__complete", hidden: true, raw: true, onlyReads: true,
		summary: "print the candidates for the last word of an unfinished command line",
		run: func(ctx context.Context, s *Session, words []string) error {
			last := ""
			if n := len(words); n > 0 {
				last, words = words[n-1], words[:n-1]
			}
			for _, c := range s.candidates(ctx, words, last) {
				if c == fileNames || strings.HasPrefix(c.word, last) && c.isVisible() {
					s.print("%s\t%s\n", c.word, oneLine(c.description))
				}
			}
			return nil
		},
	}
}

// candidates returns the candidates for the word after words. Last is its
// beginning: it decides between flags and arguments. The caller filters by it.
func (s *Session) candidates(ctx context.Context, words []string, last string) []candidate {
	var c *command
	var args []string
	flags := s.invocation.flagsOf(nil)
	for i := 0; i < len(words); i++ {
		switch word := words[i]; {
		case !isArgument(word):
			name := trimDashes(word)
			f := flags.lookup(name)
			if f == nil || isSwitch(f) {
				continue
			}
			if i == len(words)-1 {
				return s.valueCandidates(ctx, name, last)
			}
			i++ // skip the flag's value
		case c == nil:
			if c = findCommand(word); c == nil {
				return nil
			}
			flags = s.invocation.flagsOf(c)
		default:
			args = append(args, word)
		}
	}
	name, value, joined := strings.Cut(trimDashes(last), "=")
	switch {
	case !isArgument(last) && joined:
		list := s.valueCandidates(ctx, name, value)
		for i := range list {
			if list[i] != fileNames {
				list[i].word = "--" + name + "=" + list[i].word
			}
		}
		return list
	case !isArgument(last) || last == "-":
		return flagCandidates(flags)
	case c == nil:
		return commandCandidates()
	case len(args) >= c.maxArgs:
		return nil
	case c.file:
		return []candidate{fileNames}
	case c.complete == nil:
		return nil
	}
	return c.complete(ctx, s, args, last)
}

// valueCandidates returns the candidates for a flag's value, whose beginning is last.
func (s *Session) valueCandidates(ctx context.Context, name, last string) []candidate {
	switch {
	case isPathFlag(name):
		return []candidate{fileNames}
	case name == "realm":
		return completeRealm(ctx, s)
	case name == "host":
		return wordCandidates(hosts.Names()...)
	case name == "allow":
		return completeAllow(ctx, s, last)
	}
	return wordCandidates(flagChoices(name)...)
}

// flagCandidates returns the flags that have more than one letter.
func flagCandidates(flags commandFlags) []candidate {
	var list []candidate
	for _, f := range flags.all() {
		if len(f.Name) > 1 {
			_, usage := flag.UnquoteUsage(f)
			list = append(list, candidate{"--" + f.Name, usage})
		}
	}
	return list
}

// commandCandidates returns the commands that help lists.
func commandCandidates() []candidate {
	var list []candidate
	for _, c := range commands() {
		if isListed(c) {
			list = append(list, candidate{c.name, c.summary})
		}
	}
	return list
}
