package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"time"

	"realmconf/runtime/document"
	"realmconf/runtime/fault"
	"realmconf/runtime/realm"
	"realmconf/runtime/store"
	"realmconf/schema"
	"realmconf/schema/tree"
)

func realmsCommand() *command {
	var asJSON bool
	return &command{
		name: "realms", form: "",
		summary: "list the realms that there are: generation, last change, what they inherit, problems",
		details: `They are those of --state-root, or else those of the project and of the user's data directory.
With --file it shows that file. It takes no lock and changes nothing.`,
		flags: func(f *flag.FlagSet) { addOutputFlags(f, &asJSON) },
		run: func(ctx context.Context, s *Session, _ []string) error {
			if s.Realm.IsFile() {
				return s.printFile(asJSON)
			}
			entries, more, err := s.listRealms(ctx)
			if err != nil {
				return err
			}
			if asJSON || !s.Terminal.Interactive {
				list := realmsJSON(entries)
				if more {
					list["more"] = true
				}
				s.printJSON(tree.Append(nil, list))
				return nil
			}
			s.printRealms(entries)
			if more {
				s.print("there are more: only the first %d entries of a state root are listed\n", realm.MaxListed)
			}
			return nil
		},
	}
}

// listRealms returns the realms in directories, or those of the store. more reports that there
// are others.
func (s *Session) listRealms(ctx context.Context) (entries []realmEntry, more bool, err error) {
	if s.Realm.IsShared() {
		return s.listShared(ctx)
	}
	listed, more, err := realm.List(ctx, s.Realm, realm.Environment{})
	return s.describeRealms(ctx, listed), more, err
}

// realmEntry is what the list says of a realm.
type realmEntry struct {
	id, stateRoot string
	state         store.State   // without its text
	newest        *store.Record // without its text; nil if the history has none
	chain         []string      // with the realm itself; empty if it cannot be composed
	problem       string
	unread        bool // the budget of the list was spent before
}

// A list of realms reads maxRealmsRead bytes. To open and parse a file takes time too,
// so that each counts as realmCost at least.
const (
	maxRealmsRead = 48 << 20
	realmCost     = 24 << 10
)

// errListSpent says that the budget of a list of realms was spent.
var errListSpent = errors.New("the realms before it have used up what one list reads")

// readBudget is how many bytes a list of realms may still read.
type readBudget int

// spend subtracts what was read, and reports whether the budget was not exceeded.
func (b *readBudget) spend(bytes int) bool {
	*b -= readBudget(max(bytes, realmCost))
	return *b >= 0
}

// describeRealms reads realms one after the other, and keeps of each only what the list
// shows. Those for which the budget has no room are only named. It empties the list.
func (s *Session) describeRealms(ctx context.Context, listed []*realm.ListedRealm) []realmEntry {
	var entries []realmEntry
	budget := readBudget(maxRealmsRead)
	for i, l := range listed {
		e := realmEntry{id: l.ID, stateRoot: l.StateRoot, unread: budget <= 0}
		if !e.unread {
			s.describeRealm(ctx, l, &e, &budget)
		}
		listed[i] = nil // a store keeps the text that it has read last
		entries = append(entries, e)
	}
	return entries
}

// describeRealm reads a realm and those that it inherits from.
func (s *Session) describeRealm(ctx context.Context, l *realm.ListedRealm, e *realmEntry, budget *readBudget) {
	var err error
	if e.state, err = l.Observe(ctx); err != nil {
		e.problem = fault.Of(err).Message
		return
	}
	text := e.state.Text
	e.state.Text = nil
	budget.spend(len(text))
	if record, ok := l.Newest(ctx); ok {
		budget.spend(len(record.Text))
		record.Text = nil
		e.newest = &record
	}
	own, err := document.Parse(text)
	if err != nil {
		e.problem = "config.toml is not TOML: " + err.Error()
		return
	}
	e.setChain(composeRealm(ctx, s.Model, l.ID, l.Location, schema.Document{Tree: own.Tree()}, budget))
}

// setChain sets what a realm inherits from, or why it cannot be composed.
func (e *realmEntry) setChain(c *schema.Composition, err error) {
	switch {
	case errors.Is(err, errListSpent):
		e.unread = true
	case err != nil:
		e.problem = compositionProblem(err)
	default:
		e.chain = c.Chain
	}
}

// realmsJSON returns a list of realms as JSON.
func realmsJSON(entries []realmEntry) tree.Object {
	list := []any{}
	unread := int64(0)
	for _, e := range entries {
		list = append(list, e.json())
		if e.unread {
			unread++
		}
	}
	o := tree.Object{"realms": list}
	if unread > 0 {
		o["not_examined"] = unread
	}
	return o
}

// json returns an entry as JSON.
func (e realmEntry) json() tree.Object {
	o := tree.Object{"realm_id": e.id, "state_root": e.stateRoot, "generation": e.state.Version.Generation, "last_change": nil}
	if e.unread {
		o["examined"] = false
	}
	if e.unread && e.state.Version == (store.Version{}) {
		o["generation"] = nil
	}
	if e.newest != nil {
		o["last_change"] = tree.Object{
			"generation": e.newest.Generation, "at": e.newest.Time.UTC().Format(time.RFC3339),
			"by": authorOf(e.newest), "operation": string(e.newest.Operation),
		}
	}
	if len(e.chain) > 0 {
		inherits := []any{}
		for _, parent := range e.chain[1:] {
			inherits = append(inherits, parent)
		}
		o["inherits"] = inherits
	}
	if e.state.Pending {
		o["reconcile_pending"] = true
	}
	if e.problem != "" {
		o["problem"] = e.problem
	}
	return o
}

// authorOf returns who made a record: the client's name, or else the way.
func authorOf(r *store.Record) string {
	if r.Actor.Name != "" {
		return fault.Clip(r.Actor.Name)
	}
	return string(r.Actor.Surface)
}

// printRealms prints the entries as a table, a state root after the other. Problems
// follow in lines of their own, which are not cut.
func (s *Session) printRealms(entries []realmEntry) {
	if len(entries) == 0 {
		s.print("no realms yet: the first write makes one\n")
		return
	}
	rows := [][]string{{"REALM", "GENERATION", "CHANGED", "BY", "INHERITS FROM"}}
	for _, e := range entries {
		changed, by := "", ""
		if e.newest != nil {
			changed, by = e.newest.Time.Local().Format(time.DateTime), authorOf(e.newest)
		}
		inherits := ""
		if len(e.chain) > 0 {
			inherits = strings.Join(e.chain[1:], ", ")
		}
		generation := fmt.Sprint(e.state.Version.Generation)
		if e.unread {
			inherits = "?"
		}
		if e.unread && e.state.Version == (store.Version{}) {
			generation = "?"
		}
		rows = append(rows, []string{e.id, generation, changed, by, inherits})
	}
	lines := formatTable(rows, []int{40, 20, 19, 18, 0})
	s.printLine(bold, lines[0])
	root := ""
	for i, line := range lines[1:] {
		if e := entries[i]; e.stateRoot != root {
			root = e.stateRoot
			s.print("%s\n", oneLine("in "+root+":"))
		}
		s.printLine("", line)
		if problem := entries[i].problem; problem != "" {
			s.print("  %s\n", s.Terminal.paint(red, oneLine(problem)))
		}
	}
	unread := 0
	for _, e := range entries {
		if e.unread {
			unread++
		}
	}
	if unread > 0 {
		s.print("not examined as a whole: %s, because one list reads at most %d MiB; realmconf doctor and realmconf get --origins, with --realm, examine one\n", formatCount(unread, "realm"), maxRealmsRead>>20)
	}
}

// relatives finds the other realms of a realm by their names.
type relatives interface {
	Relative(id string) (store.Relative, error)
}

// composeRealm composes a realm with those that it inherits from, and reads these as
// they are. If a budget is given, what it reads is spent from that.
func composeRealm(ctx context.Context, model *schema.Model, realm string, family relatives, own schema.Document, budget *readBudget) (*schema.Composition, error) {
	return model.Compose(realm, func(id string) (schema.Document, error) {
		if id == realm {
			return own, nil
		}
		relative, err := family.Relative(id)
		if err != nil {
			return schema.Document{}, err
		}
		state, err := relative.Observe(ctx)
		if err != nil {
			return schema.Document{}, err
		}
		if budget != nil && !budget.spend(len(state.Text)) {
			return schema.Document{}, errListSpent
		}
		doc, err := document.Parse(state.Text)
		if err != nil {
			return schema.Document{}, fault.New(fault.CorruptConfig, "realm %q: %s is not TOML: %v", id, fileNameIn(family), err).With("realm", id)
		}
		return schema.Document{Tree: doc.Tree()}, nil
	})
}

// fileNameIn returns the name of the file of a realm in messages.
func fileNameIn(family relatives) string {
	if described, ok := family.(interface{ Metadata() store.Metadata }); ok {
		return described.Metadata().FileName()
	}
	return store.Metadata{}.FileName()
}

// compositionProblem says why a realm cannot be composed.
func compositionProblem(err error) string {
	var refused *schema.CompositionError
	if errors.As(err, &refused) {
		return refused.Message
	}
	return fault.Of(err).Message
}

// completeRealm completes the ids of realms.
func completeRealm(ctx context.Context, s *Session) []candidate {
	if s.Realm.IsShared() {
		return s.completeShared(ctx)
	}
	listed, _, err := realm.List(ctx, s.Realm, realm.Environment{})
	if err != nil {
		return nil
	}
	var list []candidate
	for _, l := range listed {
		list = append(list, candidate{l.ID, "in " + l.StateRoot})
	}
	return list
}
