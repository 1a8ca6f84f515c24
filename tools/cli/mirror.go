package cli

import (
	"context"
	"errors"
	"flag"
	"os"

	"realmconf/runtime/mirror"
	"realmconf/runtime/realm"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
)

func mirrorCommand() *command {
	var push, once bool
	var adopt mirror.Side
	return &command{
		name: "mirror", form: "", realm: true, mirrors: true,
		summary: "keep a realm's directory in step with the store of --store",
		details: `Meerkat's programs read files: a mirror gives each machine the realm that the machines
share. It copies each change of the shared realm into the directory that the command uses
without --store, until it is interrupted. A local change stays, and is not shared; with
--push, it is. What both sides have changed is merged key by key; where both have changed
one key, the shared value wins, and the local text stays in the local history.

Each move is a line of JSON: pull, push or merge, with the generations, the clashes and
the local generation that has what was left out; in_step when nothing is to be moved; hold
with a reason when a person must decide; retry with the side that failed; failed when the
mirror ends because its directory was removed or replaced.

A text that has mistakes, or no key, is not pushed. If both sides exist when they meet
first, --adopt says whose text both get; the other one stays in its history.

Exit codes of --once: 0 in step, 1 held, 4 a side is unavailable.`,
		flags: func(f *flag.FlagSet) {
			f.BoolVar(&push, "push", false, "copy local changes to the store, too")
			f.BoolVar(&once, "once", false, "move what there is to move, and end")
			f.Func("adopt", "the `side` whose text both get if they have nothing in common: local, which needs --push, or shared", func(value string) error {
				adopt = mirror.Side(value)
				if adopt != mirror.Local && adopt != mirror.Shared {
					return errors.New("unknown side")
				}
				return nil
			})
		},
		run: func(ctx context.Context, s *Session, _ []string) error {
			switch {
			case s.Realm.IsFile():
				return s.usageError("mirror is about realms, and --file names a file that is none: leave it out")
			case !s.Realm.IsShared():
				return s.usageError("mirror needs --store, or REALMCONF_STORE: the store that the machines share")
			case adopt == mirror.Local && !push:
				return s.usageError("--adopt local writes to the store: give --push, too")
			case s.Writes.ReadOnly:
				return readOnlyFault()
			}
			m, err := s.openMirror(ctx)
			if err != nil {
				return err
			}
			defer m.close()
			m.options.Push, m.options.Adopt = push, adopt
			return s.mirror(ctx, m.options, once)
		},
	}
}

// mirrorSides are the two opened sides of a mirror.
type mirrorSides struct {
	options mirror.Options
	close   func()
}

// openMirror opens both sides, and takes the lock of the directory's mirror.
func (s *Session) openMirror(ctx context.Context) (*mirrorSides, error) {
	localSelection, sharedSelection := s.Realm.Sides()
	location, err := realm.Locate(localSelection, realm.Environment{})
	if err != nil {
		return nil, err
	}
	local, err := realm.Open(localSelection, s.History)(ctx)
	if err != nil {
		return nil, err
	}
	shared, err := realm.Open(sharedSelection, s.History)(ctx)
	if err != nil {
		local.Close()
		return nil, err
	}
	lock, err := location.LockMirror()
	if err != nil {
		local.Close()
		shared.Close()
		return nil, err
	}
	s.message("mirroring realm %q of %s to %s", location.ID, shared.Metadata().Place, location.ConfigPath)
	return &mirrorSides{
		options: mirror.Options{
			Local: local, Shared: shared, Model: s.Model, Note: lock,
			Actor: store.Actor{Name: programName + " mirror", Version: Version(), Surface: store.CLI, PID: os.Getpid()},
		},
		close: func() {
			local.Close()
			shared.Close()
			lock.Release()
		},
	}, nil
}

// mirror runs a mirror until ctx ends or, with once, until there is nothing to move.
func (s *Session) mirror(ctx context.Context, o mirror.Options, once bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	o.Report = func(e mirror.Event) {
		s.writeSource(append(tree.Append(nil, e.Tree()), '\n'), true)
		if s.printErr != nil {
			cancel() // the reader has gone
		}
	}
	m := mirror.New(o)
	if !once {
		return m.Run(ctx)
	}
	last, err := m.Once(ctx)
	if err != nil {
		return err
	}
	if last.Kind == mirror.Hold {
		s.message("%s", last.Hold.Message())
		return errReported
	}
	return nil
}
