package cli

import (
	"context"
	"flag"
	"strconv"

	"realmconf/runtime/realm"
	"realmconf/tools/hosts"
	"realmconf/tools/policy"
)

func initCommand() *command {
	var o initOptions
	return &command{
		name: "init", form: "", realm: true,
		summary: "choose a realm and a program that is to use it, and put the entry into its settings",
		details: `On a terminal it asks which realm and which program; --realm and --host answer that.
It shows what would be written and writes it after a yes. The realm itself is made by
the first change. It ends with three commands to try.`,
		flags: o.add,
		run: func(ctx context.Context, s *Session, _ []string) error {
			machine, err := s.machine()
			if err != nil {
				return err
			}
			if err := s.chooseRealm(ctx); err != nil {
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

// chooseRealm asks for the realm, unless a flag names it or a file, and says where it is.
func (s *Session) chooseRealm(ctx context.Context) error {
	if !s.Realm.IsFile() && !s.gives("realm") && !s.gives("isolated") && s.isTerminal(s.Stdin) {
		id, err := s.askLine(ctx, "which realm? its id, or Enter for that of this project:")
		if err != nil {
			return errReported
		}
		if id != "" {
			s.Realm.Realm = id
			s.invocation.given = append(s.invocation.given, setting{"realm", id})
		}
	}
	if s.Realm.IsFile() {
		s.message("file %s", s.Realm.File)
		return nil
	}
	if s.Realm.IsShared() {
		s.message("realm %s in %s", s.Realm.Realm, s.sharedPlace(ctx))
		return nil
	}
	location, err := realm.Locate(s.Realm, realm.Environment{})
	if err != nil {
		return err
	}
	manifest, err := location.Manifest(ctx)
	if err != nil {
		return err
	}
	state := ""
	if manifest == nil {
		state = ", which does not exist yet: the first change makes it"
	}
	s.message("realm %s in %s%s", location.ID, location.Root, state)
	return nil
}

// chooseHost returns the host of a name, or else asks which one of those on the machine;
// false if there is none.
func (s *Session) chooseHost(ctx context.Context, machine hosts.Machine, name string) (h hosts.Host, isChosen bool, err error) {
	if name != "" {
		h, err = s.findHost(name)
		return h, err == nil, err
	}
	var found []hosts.Host
	for _, h := range hosts.Known() {
		if trace := h.Trace(machine); trace != "" {
			found = append(found, h)
			s.message("%d  %-15s %s", len(found), h.Name, trace)
		}
	}
	switch {
	case len(found) == 0:
		s.message("no program that starts realmconf was found here: realmconf host lists those that are known")
		return h, false, nil
	case !s.isTerminal(s.Stdin):
		s.message("--host NAME chooses one of them")
		return h, false, nil
	}
	answer, err := s.askLine(ctx, "which program is to use it? its number or name, or Enter for none:")
	switch n, numberErr := strconv.Atoi(answer); {
	case err != nil:
		return h, false, errReported
	case answer == "":
		return h, false, nil
	case numberErr == nil && n >= 1 && n <= len(found):
		return found[n-1], true, nil
	}
	h, err = s.findHost(answer)
	return h, err == nil, err
}

// initHost puts the entry into a host's settings, or prints it for one whose settings
// are not edited here.
func (s *Session) initHost(ctx context.Context, h hosts.Host, machine hosts.Machine, o *initOptions) error {
	place, err := s.placeOf(h, o.user)
	if err != nil {
		return err
	}
	server, err := s.serverCommand()
	if err != nil {
		return err
	}
	if !h.CanWrite() {
		s.printHost(h, place, server)
		return nil
	}
	if err := s.writeHost(ctx, &hostEntry{h, place, server, machine}, o.yes); err != nil {
		return err
	}
	where := ""
	if place.IsProject() {
		where = " in " + policy.EscapeHidden(machine.Project)
	}
	question := "which model do the agents of the realm use?"
	if s.Realm.IsFile() {
		question = "what does the configuration say?"
	}
	s.message("start %s%s, and ask it, for example: %s", h.Title, where, question)
	return nil
}

// printFirstCommands prints three commands to try.
func (s *Session) printFirstCommands() {
	s.message("try:")
	commands := []string{"realmconf get /agent", "realmconf set-key /agent/max_turns 40 --dry-run", "realmconf doctor"}
	if s.Realm.IsFile() { // which has keys of its own
		commands = []string{"realmconf get", "realmconf history", "realmconf doctor"}
	}
	for _, line := range commands {
		s.print("%s\n", addRealmFlags(line, s.invocation.given))
	}
}
