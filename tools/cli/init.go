package cli

import (
	"context"
	"flag"
	"strconv"
	"strings"

	"realmconf/tools/hosts"
	"realmconf/tools/policy"
)

func initCommand() *command {
	var o initOptions
	return &command{
		name: "init", form: "", realm: true,
		summary: "choose a realm or a file, and a program that is to use it, and put the entry into its settings",
		details: `On a terminal it asks which realm or TOML file, and which program; --realm or --file,
and --host, answer that. It shows what would be written and writes it after a yes:
without a terminal that is --yes. The realm itself is made by the first change. It ends
with three commands to try.`,
		flags: o.add,
		run: func(ctx context.Context, s *Session, _ []string) error {
			machine, err := s.machine()
			if err != nil {
				return err
			}
			if err := s.chooseConfiguration(ctx); err != nil {
				return err
			}
			h, isChosen, err := s.chooseHost(ctx, machine, o.host)
			if err != nil {
				return err
			}
			if isChosen {
				if err := s.initHost(ctx, h, machine, &o); err != nil {
					return err
				}
			}
			s.printFirstCommands()
			if !isChosen && !s.isTerminal(s.Stdin) { // a script has not what it ran this for
				return errReported
			}
			return nil
		},
	}
}

// initOptions are the flags of init.
type initOptions struct {
	host      string
	user, yes bool
}

func (o *initOptions) add(f *flag.FlagSet) {
	f.StringVar(&o.host, "host", "", "the `name` of the program: realmconf host lists them")
	f.BoolVar(&o.user, "user", false, "use your own settings of the program and not the project's")
	f.BoolVar(&o.yes, "yes", false, "say yes to what is to be written: do not ask")
}

// chooseHost returns the host of a name, or else asks which one of those on the machine;
// false if there is none.
func (s *Session) chooseHost(ctx context.Context, machine hosts.Machine, name string) (h hosts.Host, isChosen bool, err error) {
	if name != "" {
		h, err = s.findHost(name)
		return h, err == nil, err
	}
	var found []hosts.Host
	for _, h := range s.knownHosts() {
		if trace := h.Trace(machine); trace != "" {
			found = append(found, h)
			s.message("%d  %-15s %s", len(found), h.Name, trace)
		}
	}
	if len(found) == 0 {
		s.message("no program that starts realmconf was found here: realmconf host lists those that are known")
	}
	switch {
	case !s.isTerminal(s.Stdin):
		s.message("nothing was written: this is no terminal, so --host NAME chooses one of them, and --yes says yes to what is written")
		return h, false, nil
	case len(found) == 0:
		s.message("nothing was written: --host NAME chooses one of them")
		return h, false, nil
	}
	answer, err := s.askLine(ctx, "which program is to use it? its number or name, or Enter for none:")
	switch n, numberErr := strconv.Atoi(answer); {
	case err != nil:
		return h, false, errReported
	case answer == "":
		s.message("nothing was written")
		return h, false, nil
	case numberErr == nil && n >= 1 && n <= len(found):
		return found[n-1], true, nil
	}
	h, err = s.findHost(answer)
	return h, err == nil, err
}

// initHost puts the entry into a host's settings.
func (s *Session) initHost(ctx context.Context, h hosts.Host, machine hosts.Machine, o *initOptions) error {
	place, err := s.placeOf(h, o.user)
	if err != nil {
		return err
	}
	server, err := s.commandFor(h)
	if err != nil {
		return err
	}
	if err := s.writeHost(ctx, &hostEntry{h, place, server, machine}, o.yes); err != nil {
		return err
	}
	s.printFirstStart(h, place, machine)
	return nil
}

// printFirstStart says how the host comes to use the entry, which it reads when it starts.
func (s *Session) printFirstStart(h hosts.Host, place hosts.Place, machine hosts.Machine) {
	where, trust := "", "the server"
	if place.IsProject() {
		where, trust = " in "+policy.EscapeHidden(machine.Project), "the folder or the server"
	}
	s.message("start %s%s, or restart it if it runs; if it asks whether to trust %s, say yes, or it ignores the entry", h.Title, where, trust)
	question := "which model do the agents of the realm use?"
	if s.Realm.IsFile() {
		question = "what does the configuration say?"
	}
	s.message("then ask it, for example: %s", question)
}

// printFirstCommands prints three commands to try.
func (s *Session) printFirstCommands() {
	s.message("commands to try here:")
	commands := []string{"realmconf get /agent", "realmconf set-key /agent/max_turns 40 --dry-run", "realmconf doctor"}
	if s.Realm.IsFile() { // which has keys of its own
		commands = []string{"realmconf get", "realmconf history", "realmconf doctor"}
	}
	program := programName
	if start, err := currentLaunch(); err == nil && start.npxVersion() != "" {
		if words, err := start.words(); err == nil { // there is none on the path
			program = strings.Join(words, " ")
		}
	}
	for _, line := range commands {
		s.print("%s\n", program+strings.TrimPrefix(addRealmFlags(line, s.realmFlags()), programName))
	}
}
