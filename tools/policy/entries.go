package policy

import (
	"maps"
	"slices"

	"realmconf/runtime"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// entries are the entries of lists and maps that a change adds, removes or renames,
// if they have members. The changes are those of their leaves, each with its own
// class; to a person each entry is one thing.
type entries struct {
	model Model
	at    map[string]*entryChange // by op and place
}

// entryChange is the change of one entry.
type entryChange struct {
	change   tree.Change // of the whole entry, with secrets masked
	exact    any         // its value, with secrets
	classes  schema.RiskSet
	route    schema.SecretRoute // of a secret that does not come with it, the zero value if there is none
	renamed  *entryChange       // of an addition and a removal that are one entry: the other one
	isListed bool               // the question has its line
}

// newEntries finds the entries of a change.
func newEntries(model Model, c *runtime.Comparison) *entries {
	e := &entries{model: model, at: make(map[string]*entryChange)}
	s := scanner{model: model, routes: routesOf(model, c)}
	for _, change := range c.ShownChanges() {
		place := entryPlace(model, change)
		if place == nil {
			continue
		}
		entry := e.at[change.Op+place.String()]
		if entry == nil {
			entry = newEntryChange(change.Op, place, c)
			e.at[change.Op+place.String()] = entry
		}
		s.fields = s.fields[:0]
		s.add(change)
		for _, f := range s.fields {
			entry.classes |= f.risk
			if f.route.Decides != "" && !f.route.Secret.HasPrefix(place) {
				entry.route = f.route
			}
		}
	}
	e.findRenamed()
	return e
}

func newEntryChange(op string, place tree.Pointer, c *runtime.Comparison) *entryChange {
	e := &entryChange{change: tree.Change{Op: op, Path: place}}
	if op == "add" {
		e.change.New, _, _ = place.Get(c.After.ShownStored())
		e.exact, _, _ = place.Get(c.After.Stored())
	} else {
		e.change.Old, _, _ = place.Get(c.Before.ShownStored())
		e.exact, _, _ = place.Get(c.Before.Stored())
	}
	return e
}

// entryPlace returns the place of the outermost entry that comes or goes with a
// change, nil if none does, or if the entry is one plain value.
func entryPlace(model Model, c tree.Change) tree.Pointer {
	value := c.New
	switch c.Op {
	case "add":
	case "remove":
		value = c.Old
	default:
		return nil
	}
	for i := len(c.Whole); i <= len(c.Path); i++ {
		if model.Declares(c.Path[:i]) {
			continue
		}
		if _, isObject := value.(map[string]any); i == len(c.Path) && (!isObject || !hasMembers(value)) {
			return nil
		}
		return c.Path[:i]
	}
	return nil
}

// of returns the entry that the change of a place belongs to, nil if none does.
func (e *entries) of(c tree.Change) *entryChange {
	if c.Op != "add" && c.Op != "remove" {
		return nil
	}
	for i := 1; i <= len(c.Path); i++ {
		if entry := e.at[c.Op+c.Path[:i].String()]; entry != nil {
			return entry
		}
	}
	return nil
}

// findRenamed joins the removal of an entry with the addition of an entry of the same
// list or map that differs in its name alone. Between entries of a list the index must
// be the same, too: else the order may have changed.
func (e *entries) findRenamed() {
	removed := make(map[string]*entryChange)
	for _, at := range slices.Sorted(maps.Keys(e.at)) {
		if entry := e.at[at]; entry.change.Op == "remove" {
			removed[e.withoutName(entry)] = entry
		}
	}
	for _, at := range slices.Sorted(maps.Keys(e.at)) {
		entry := e.at[at]
		if entry.change.Op != "add" {
			continue
		}
		content := e.withoutName(entry)
		if old := removed[content]; old != nil {
			delete(removed, content)
			entry.renamed, old.renamed = old, entry
		}
	}
}

// withoutName returns a text for everything of an entry but its name.
func (e *entries) withoutName(c *entryChange) string {
	p := c.change.Path
	list := p[:len(p)-1]
	key, o := e.model.Key(list), c.exact
	if object, isObject := o.(map[string]any); key != "" && isObject {
		object = maps.Clone(object)
		delete(object, key)
		list, o = p, object
	}
	return list.String() + " " + string(tree.Append(nil, o))
}

// name returns what an entry is called: its identity in a list, its key in a map.
func (e *entries) name(c *entryChange) string {
	p := c.change.Path
	if key := e.model.Key(p[:len(p)-1]); key != "" {
		return tree.Identity(c.exact, key)
	}
	return p[len(p)-1]
}
