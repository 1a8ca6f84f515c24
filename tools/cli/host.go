package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

func hostCommand() *command {
	return &command{
		name: "host", form: "[NAME]", maxArgs: 1,
		summary: "print the setting that makes a program start this server for this realm",
		details: "It writes nothing. Without NAME it lists the programs that it knows.",
		run: func(_ context.Context, s *Session, args []string) error {
			if len(args) == 0 {
				for _, h := range hosts() {
					s.print("%s\n", h.name)
				}
				return nil
			}
			h, err := s.findHost(args[0])
			if err != nil {
				return err
			}
			if err := s.checkDirectories(); err != nil {
				return err
			}
			program, flags, err := s.serverCommand()
			if err != nil {
				return err
			}
			snippet := h.snippet(program, flags)
			s.writeSource(snippet, snippet[0] == '{')
			s.message("this goes into %s", h.place)
			return nil
		},
		complete: func(_ context.Context, _ *Session, args []string, _ string) []candidate {
			var list []candidate
			for _, h := range hosts() {
				list = append(list, candidate{h.name, h.place})
			}
			return list
		},
	}
}

func (s *Session) findHost(name string) (host, error) {
	var names []string
	for _, h := range hosts() {
		if h.name == name {
			return h, nil
		}
		names = append(names, h.name)
	}
	if nearest, ok := tree.Nearest(name, names); ok {
		return host{}, s.usageError("no host %q: did you mean %s?", name, nearest)
	}
	return host{}, s.usageError("no host %q: the hosts are %s", name, strings.Join(names, ", "))
}

// serverCommand returns this program and the flags that select the session's realm
// from any working directory: all paths are absolute, and a context root that the
// working directory determines is explicit.
func (s *Session) serverCommand() (program string, args []string, err error) {
	if program, err = os.Executable(); err != nil {
		return "", nil, fault.FromOS("find this program", err)
	}
	hasStateRoot, hasRealm := false, false
	for _, g := range s.invocation.given {
		switch g.name {
		case "state-root", "context-root", "user-config-root":
			if g.value, err = filepath.Abs(g.value); err != nil {
				return "", nil, fault.FromOS("find working directory", err)
			}
			hasStateRoot = hasStateRoot || g.name == "state-root"
		case "realm", "isolated":
			hasRealm = true
		}
		if isSwitch(s.invocation.server.Lookup(g.name)) {
			if g.value == "true" {
				args = append(args, "--"+g.name)
			}
			continue
		}
		args = append(args, "--"+g.name, g.value)
	}
	if s.Realm.ContextRoot == "" && !(hasStateRoot && hasRealm) {
		dir, err := os.Getwd()
		if err != nil {
			return "", nil, fault.FromOS("find working directory", err)
		}
		args = append(args, "--context-root", dir)
	}
	for _, word := range append([]string{program}, args...) {
		if !utf8.ValidString(word) {
			return "", nil, s.usageError("the path %q is not UTF-8 text, which a host's settings must be: use a directory with another name", word)
		}
	}
	return program, args, nil
}
