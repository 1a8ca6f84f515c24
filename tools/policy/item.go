package policy

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// item is one change in a question: of a field, or of an entry that comes, goes or is
// renamed.
type item struct {
	change    tree.Change // with secrets masked, apart from those that the client gave
	risk      schema.RiskSet
	route     schema.SecretRoute // zero if there is none
	isHeld    bool
	isRenamed bool
	from, to  string // of an entry that is renamed, its names
}

// items returns the changes of a write as a person is shown them: the held ones, those
// with the strongest class first, and then the others, by their places. They are kept,
// because there may be tens of thousands.
func (u *UnapprovedError) items() []item {
	u.itemsOnce.Do(func() { u.itemList = u.findItems() })
	return u.itemList
}

func (u *UnapprovedError) findItems() []item {
	found := newEntries(u.model, u.comparison)
	items := make([]item, 0, len(u.held))
	add := func(c tree.Change, risk schema.RiskSet, route schema.SecretRoute, isHeld bool) {
		entry := found.of(c)
		switch {
		case entry == nil:
			items = append(items, item{change: u.withGiven(c), risk: risk, route: route, isHeld: isHeld})
		case !entry.isListed:
			items = append(items, u.entryItem(found, entry, isHeld))
		}
	}
	held := make(map[string]bool)
	for _, f := range u.held {
		held[f.change.Path.String()] = true
		add(f.change, f.risk, f.route, true)
	}
	slices.SortStableFunc(items, func(a, b item) int { return cmp.Compare(bits.Len8(uint8(b.risk)), bits.Len8(uint8(a.risk))) })
	routes := routesOf(u.model, u.comparison)
	for _, c := range u.comparison.ShownChanges() {
		if found.of(c) == nil && held[c.Path.String()] {
			continue
		}
		risk, route := u.model.Risk(c.Path), routes.of(c)
		if route.Decides != "" {
			risk |= schema.NewRiskSet(schema.RiskSecret)
		}
		add(c, risk, route, false)
	}
	return u.withoutDefaults(items)
}

// withoutDefaults leaves out the defaults that a text gets or loses and that stay in
// effect, unless the person is asked because of them alone.
func (u *UnapprovedError) withoutDefaults(items []item) []item {
	isDefault := func(i item) bool {
		c := i.change
		stays := c.Op == "add" && tree.Equal(c.New, c.Default) || c.Op == "remove" && tree.Equal(c.Old, c.Default)
		return c.HasDefault && stays
	}
	isHeldAlone := func(i item) bool { return i.isHeld && !isDefault(i) }
	if len(u.effects.held) > 0 || slices.ContainsFunc(items, isHeldAlone) {
		return slices.DeleteFunc(items, isDefault)
	}
	return items
}

// entryItem returns the item of an entry, and of the one that it was before if it is
// renamed.
func (u *UnapprovedError) entryItem(found *entries, e *entryChange, isHeld bool) item {
	e.isListed = true
	i := item{isHeld: isHeld, risk: e.classes, route: e.route}
	if other := e.renamed; other != nil {
		if other.isListed = true; e.change.Op == "remove" {
			e, other = other, e
		}
		i.isRenamed, i.from, i.to = true, found.name(other), found.name(e)
	}
	i.change = u.withGiven(e.change)
	return i
}

// withGiven returns a change with the secrets in it that the client itself gave.
func (u *UnapprovedError) withGiven(c tree.Change) tree.Change {
	if c.Op == "add" || c.Op == "replace" {
		if given, _, exists := c.Path.Get(u.comparison.GivenStored()); exists {
			c.New = given
		}
	}
	return c
}

// proposed returns the item as a proposal has it.
func (i item) proposed() ProposedChange {
	p := ProposedChange{Change: i.change, Risk: i.risk, Note: routeNote(i.route)}
	if i.isRenamed {
		p.Note = strings.TrimSuffix("renamed from "+jsonQuote(i.from)+" to "+jsonQuote(i.to)+"; "+p.Note, "; ")
	}
	return p
}
