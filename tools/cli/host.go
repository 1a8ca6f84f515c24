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

// host is a program that can start this server by itself.
type host struct {
	name    string
	place   string // where its snippet goes
	snippet func(program string, args []string) []byte
}

// hosts are those whose form is known, sorted.
func hosts() []host {
	return []host{
		{"claude-code", ".mcp.json in the project's directory", jsonForm("mcpServers", false)},
		{"claude-desktop", "claude_desktop_config.json: Settings, Developer, Edit Config; then start Claude Desktop anew", jsonForm("mcpServers", false)},
		{"codex", "~/.codex/config.toml", codexForm},
		{"cursor", ".cursor/mcp.json in the project's directory, or ~/.cursor/mcp.json for all", jsonForm("mcpServers", false)},
		{"vscode", ".vscode/mcp.json in the workspace", jsonForm("servers", true)},
		{"zed", "settings.json: command palette, zed: open settings", jsonForm("context_servers", false)},
	}
}

func hostCommand() *command {
	return &command{
		name: "host", form: "[NAME]", most: 1,
		about: "print what makes a program start this server for this realm",
		more:  "Nothing is written. Without NAME it lists the programs that it knows.",
		run: func(_ context.Context, s *Session, args []string) error {
			var names []string
			for _, h := range hosts() {
				names = append(names, h.name)
			}
			if len(args) == 0 {
				s.print("%s\n", strings.Join(names, "\n"))
				return nil
			}
			for _, h := range hosts() {
				if h.name != args[0] {
					continue
				}
				program, flags, err := s.startedAs()
				if err != nil {
					return err
				}
				s.write(h.snippet(program, flags))
				s.say("this goes into %s", h.place)
				for _, missing := range []string{
					s.missing("--context-root", s.Realm.ContextRoot), s.missing("--state-root", s.Realm.StateRoot),
				} {
					if missing != "" {
						s.say("warning: %s", missing)
					}
				}
				return nil
			}
			if nearest, ok := tree.Nearest(args[0], names); ok {
				return s.usage("no host %q: did you mean %s?", args[0], nearest)
			}
			return s.usage("no host %q: there are %s", args[0], strings.Join(names, ", "))
		},
	}
}

// startedAs is this program and the flags that name this realm from wherever it
// is started: every path is absolute, and what the working directory decides is
// said.
func (s *Session) startedAs() (program string, args []string, err error) {
	if program, err = os.Executable(); err != nil {
		return "", nil, fault.FromOS("find this program", err)
	}
	placed, named := false, false
	for _, g := range s.given {
		switch g.name {
		case "state-root", "context-root", "user-config-root":
			if g.value, err = filepath.Abs(g.value); err != nil {
				return "", nil, fault.FromOS("find working directory", err)
			}
			placed = placed || g.name == "state-root"
		case "realm", "isolated":
			named = true
		}
		if f := s.server.Lookup(g.name); isSwitch(f) {
			if g.value == "true" {
				args = append(args, "--"+g.name)
			}
			continue
		}
		args = append(args, "--"+g.name, g.value)
	}
	if s.Realm.ContextRoot == "" && !(placed && named) {
		dir, err := os.Getwd()
		if err != nil {
			return "", nil, fault.FromOS("find working directory", err)
		}
		args = append(args, "--context-root", dir)
	}
	for _, word := range append([]string{program}, args...) {
		if !utf8.ValidString(word) {
			return "", nil, s.usage("the path %q is not UTF-8 text, which a host's file must be: use a directory with another name", word)
		}
	}
	return program, args, nil
}
