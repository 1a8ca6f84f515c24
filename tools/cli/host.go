package cli

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"realmconf/runtime/fault"
	"realmconf/runtime/realm"
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
// from any working directory and with any environment: hosts pass few variables to a
// server, and no XDG ones. All paths are absolute, a context root that the working
// directory determines is explicit, and so is the state root.
func (s *Session) serverCommand() (program string, args []string, err error) {
	if program, err = os.Executable(); err != nil {
		return "", nil, fault.FromOS("find this program", err)
	}
	for _, g := range s.invocation.given {
		if isPathFlag(g.name) {
			if g.value, err = filepath.Abs(g.value); err != nil {
				return "", nil, fault.FromOS("find working directory", err)
			}
		}
		if isSwitch(s.invocation.server.Lookup(g.name)) {
			if g.value == "true" {
				args = append(args, "--"+g.name)
			}
			continue
		}
		args = append(args, "--"+g.name, g.value)
	}
	place, err := s.placeFlags()
	if err != nil {
		return "", nil, err
	}
	args = append(args, place...)
	for _, word := range append([]string{program}, args...) {
		if !utf8.ValidString(word) {
			return "", nil, s.usageError("the path %q is not UTF-8 text, which a host's settings must be: use a directory with another name", word)
		}
	}
	return program, args, nil
}

// placeFlags returns the flags that are not given and without which the realm's place
// depends on the working directory or on the environment.
func (s *Session) placeFlags() (args []string, err error) {
	if !s.gives("context-root") && !s.gives("realm") && !s.gives("isolated") {
		dir, err := os.Getwd()
		if err != nil {
			return nil, fault.FromOS("find working directory", err)
		}
		args = append(args, "--context-root", dir)
	}
	if !s.gives("state-root") {
		location, err := realm.Locate(s.Realm, realm.Environment{})
		if err != nil {
			return nil, err
		}
		args = append(args, "--state-root", location.StateRoot)
	}
	return args, nil
}

// gives reports whether the command line sets a flag of the server, a switch to true.
func (s *Session) gives(name string) bool {
	return slices.ContainsFunc(s.invocation.given, func(g setting) bool { return g.name == name && g.value != "false" })
}
