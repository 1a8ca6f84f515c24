package cli

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"

	"realmconf/runtime/fault"
	"realmconf/runtime/realm"
	"realmconf/schema/tree"
	"realmconf/tools/hosts"
)

func hostCommand() *command {
	var o hostOptions
	return &command{
		name: "host", form: "[NAME]", maxArgs: 1,
		summary: "print the setting that makes a program start this server for this realm",
		details: `Without NAME it lists the programs that it knows, and where it finds them on this
machine. It writes nothing, unless --write is given: then it shows how the settings
would differ, in a pipe only the entry, and writes them after a yes. Comments and all
else in them stay.
YAML that has other settings is not written: it prints the entry.`,
		flags: o.add,
		run: func(ctx context.Context, s *Session, args []string) error {
			machine, err := s.machine()
			if err != nil {
				return err
			}
			if len(args) == 0 {
				if o.write || o.user {
					return s.usageError("--write and --user need the NAME of a program: realmconf host lists them")
				}
				return s.listHosts(machine, o.asJSON)
			}
			h, err := s.findHost(args[0])
			if err != nil {
				return err
			}
			if err := s.checkDirectories(); err != nil {
				return err
			}
			place, err := s.placeOf(h, o.user)
			if err != nil {
				return err
			}
			server, err := s.commandFor(h)
			if err != nil {
				return err
			}
			if o.write {
				return s.writeHost(ctx, &hostEntry{h, place, server, machine}, o.yes)
			}
			s.printHost(&hostEntry{h, place, server, machine})
			return nil
		},
		complete: func(context.Context, *Session, []string, string) []candidate {
			var list []candidate
			for _, h := range hosts.Known() {
				list = append(list, candidate{h.Name, h.Title + ": " + h.Places[0].String()})
			}
			return list
		},
	}
}

// hostOptions are the flags of host.
type hostOptions struct{ write, user, yes, asJSON bool }

func (o *hostOptions) add(f *flag.FlagSet) {
	f.BoolVar(&o.write, "write", false, "put the entry into the program's settings, after a yes")
	f.BoolVar(&o.user, "user", false, "use your own settings of the program and not the project's")
	f.BoolVar(&o.yes, "yes", false, "say yes to --write: do not ask")
	addOutputFlags(f, &o.asJSON)
}

// machine returns where the settings of hosts are.
func (s *Session) machine() (hosts.Machine, error) {
	project := s.Realm.ContextRoot
	if project == "" {
		project = "."
	}
	project, err := filepath.Abs(project)
	if err != nil {
		return hosts.Machine{}, fault.FromOS("find working directory", err)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return hosts.Machine{}, errNoHome()
	}
	return hosts.Machine{System: runtime.GOOS, Project: project, Home: home, Getenv: s.Getenv}, nil
}

// errNoHome refuses what needs the home directory.
func errNoHome() error {
	return withoutHint(fault.New(fault.NotFound, "the home directory is not known: set HOME, or USERPROFILE on Windows"))
}

// listHosts prints the known hosts: those that the machine has come first.
func (s *Session) listHosts(machine hosts.Machine, asJSON bool) error {
	list, rows := []any{}, [][]string{{"NAME", "PROGRAM", "FOUND", "SETTINGS"}}
	for _, isFound := range []bool{true, false} {
		for _, h := range s.knownHosts() {
			trace := h.Trace(machine)
			if (trace != "") != isFound {
				continue
			}
			var settings []any
			for _, p := range h.Places {
				settings = append(settings, p.In(machine))
			}
			o := tree.Object{"name": h.Name, "title": h.Title, "settings": settings}
			if isFound {
				o["found"] = trace
			}
			list = append(list, o)
			rows = append(rows, []string{h.Name, h.Title, trace, h.Places[0].String()})
		}
	}
	if asJSON || !s.Terminal.Interactive {
		s.printJSON(tree.Append(nil, tree.Object{"hosts": list}))
		return nil
	}
	for _, line := range formatTable(rows, []int{0, 0, 40, 0}) {
		s.print("%s\n", line)
	}
	return nil
}

// knownHosts returns all hosts, with the name that the entry of this realm or file has.
func (s *Session) knownHosts() []hosts.Host {
	all := hosts.Known()
	for i := range all {
		all[i] = s.forSubject(all[i])
	}
	return all
}

// forSubject returns a host with the name that the entry of this realm or file has.
func (s *Session) forSubject(h hosts.Host) hosts.Host {
	if !s.Realm.IsFile() {
		return h
	}
	name := strings.TrimPrefix(s.Realm.FileName(), ".")
	return h.For(strings.TrimSuffix(name, filepath.Ext(name)))
}

func (s *Session) findHost(name string) (hosts.Host, error) {
	if h, ok := hosts.Find(name); ok {
		return s.forSubject(h), nil
	}
	if other := hosts.FindProgram(name); other != "" {
		return hosts.Host{}, s.usageError("no host %q: did you mean %s?", name, other)
	}
	if nearest, ok := tree.Nearest(name, hosts.Names()); ok {
		return hosts.Host{}, s.usageError("no host %q: did you mean %s?", name, nearest)
	}
	return hosts.Host{}, s.usageError("no host %q: the hosts are %s", name, strings.Join(hosts.Names(), ", "))
}

// placeOf returns the place of a host's settings: the project's if there is one, or with
// --user the user's.
func (s *Session) placeOf(h hosts.Host, user bool) (hosts.Place, error) {
	if !user {
		return h.Places[0], nil
	}
	place := h.Places[len(h.Places)-1]
	if place.IsProject() {
		return place, s.usageError("%s has only a project's settings here: leave --user out", h.Title)
	}
	return place, nil
}

// printHost prints the entry for a host, and the ways to put it into the settings.
func (s *Session) printHost(e *hostEntry) {
	s.writeSource(e.host.Snippet(e.place, e.server), e.host.IsJSON())
	ways := waysToAdd(e)
	if len(ways) > 1 {
		s.message("one of these is enough:")
	}
	for _, w := range ways {
		s.message("%s", w)
	}
	s.printHostNotes(e)
}

// waysToAdd returns the ways to put the entry into a host's settings, each with the
// users for whom it is. With the user's place the project's are left out.
func waysToAdd(e *hostEntry) (ways []string) {
	h, place := e.host, e.place
	isProject := place == h.Places[0]
	command := "realmconf host " + h.Name
	for _, p := range h.Places {
		do := "put this into " + p.String()
		switch flag := userFlag(h, p); {
		case p != place && isProject:
			do = fmt.Sprintf("%s --user prints the entry for %s, and with --write puts it there", command, p)
		case p != place:
			continue
		case canWrite(h, p, e.machine):
			do += ", or let " + command + " --write" + flag + " do it"
		}
		ways = append(ways, fmt.Sprintf("%s: %s", p.Audience(), do))
	}
	if line := h.AddCommand(e.server, shellWord); line != "" && (isProject || h.AddsFor().IsUser()) {
		ways = append(ways, fmt.Sprintf("%s: run: %s", h.AddsFor(), line))
	}
	return ways
}

// userFlag returns the flag that selects a host's place, with a space before it.
func userFlag(h hosts.Host, p hosts.Place) string {
	if p == h.Places[0] {
		return ""
	}
	return " --user"
}

// printHostNotes says what else a person must know of a host's settings.
func (s *Session) printHostNotes(e *hostEntry) {
	if above := projectAbove(e.machine); above != "" && e.place.IsProject() {
		s.message("%s is in a subdirectory, which is for programs that start there; the project's directory is %s: run this there for those that start there", e.place.In(e.machine), above)
	}
	if names := s.credentials(); s.Realm.IsShared() && len(names) > 0 {
		s.message("the entry has no credentials: let %s pass %s on to the server, in its settings for the environment of servers, or set them there", e.host.Title, tree.JoinWords(names, "and", len(names)))
	}
	for _, text := range []string{e.host.Note, e.host.Writes} {
		if text != "" {
			s.message("%s", text)
		}
	}
}

// projectAbove returns the nearest directory above that of the settings in which Meerkat
// keeps a project's realms; "" if there is none, or the nearest one is the settings' own.
// The home directory is no project: it has the user's own configuration.
func projectAbove(m hosts.Machine) string {
	for dir := m.Project; ; dir = filepath.Dir(dir) {
		if info, err := os.Stat(filepath.Join(dir, ".rkat")); err == nil && info.IsDir() {
			if dir == m.Project || dir == m.Home {
				return ""
			}
			return dir
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

// commandFor returns serverCommand for a host, which must read it as it is.
func (s *Session) commandFor(h hosts.Host) (server hosts.Server, err error) {
	if server, err = s.serverCommand(); err != nil {
		return server, err
	}
	if err := h.CheckWords(server); err != nil {
		return server, withoutHint(err)
	}
	return server, nil
}

// serverCommand returns this program and the flags that select the session's realm
// from any working directory and with any environment: hosts pass few variables to a
// server, and no XDG ones. All paths are absolute, a context root that the working
// directory determines is explicit, and so is the state root.
func (s *Session) serverCommand() (server hosts.Server, err error) {
	start, err := currentLaunch()
	if err != nil {
		return server, err
	}
	words, err := start.words()
	if err != nil {
		return server, withoutHint(err)
	}
	args := slices.Clone(words[1:])
	for _, g := range s.invocation.given {
		if isPathFlag(g.name) {
			if g.value, err = filepath.Abs(g.value); err != nil {
				return server, fault.FromOS("find working directory", err)
			}
		}
		if g.name == "store" {
			g.value = s.storeURL()
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
		return server, err
	}
	args = append(args, place...)
	for _, word := range append(words[:1:1], args...) {
		if !utf8.ValidString(word) {
			return server, s.usageError("the path %q is not UTF-8 text, which a host's settings must be: use a directory with another name", word)
		}
	}
	return hosts.Server{Program: words[0], Args: args}, nil
}

// placeFlags returns the flags that are not given and without which the realm's place
// depends on the working directory or on the environment.
func (s *Session) placeFlags() (args []string, err error) {
	if s.Realm.IsFile() {
		return nil, nil // the given flags have it all
	}
	if s.Realm.IsShared() {
		return s.storeFlags()
	}
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
	if s.Realm.IsGlobal() && !s.gives("user-config-root") { // its document is in the home directory
		home, err := os.UserHomeDir()
		if err != nil {
			return nil, errNoHome()
		}
		args = append(args, "--user-config-root", home)
	}
	return args, nil
}

// storeFlags returns --store if the environment gives it. The URL has no password; the
// variables with credentials are for the host's own settings.
func (s *Session) storeFlags() (args []string, err error) {
	if s.Realm.Realm == "" {
		return nil, s.usageError("a store needs --realm: name the realm that the machines share")
	}
	if !s.gives("store") {
		args = append(args, "--store", s.storeURL())
	}
	return args, nil
}

// storeURL returns the store's URL with the hosts that the environment names: a host
// passes few variables on.
func (s *Session) storeURL() string {
	if place, err := s.Realm.SharedPlace(s.Getenv); err == nil {
		return place
	}
	return s.Realm.Store
}

// credentials returns the names of the variables that are set, and that a shared realm's
// server needs. Their values are not for the settings of a project.
func (s *Session) credentials() []string {
	var names []string
	for _, name := range realm.StoreVariables() {
		if s.Getenv(name) != "" {
			names = append(names, name)
		}
	}
	return names
}

// gives reports whether the command line sets a flag of the server, a switch to true.
func (s *Session) gives(name string) bool {
	return slices.ContainsFunc(s.invocation.given, func(g setting) bool { return g.name == name && g.value != "false" })
}
