package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// Allowance lists changes that need no person's approval: risk classes, and places.
type Allowance struct {
	classes schema.RiskSet
	places  []allowedPlace
}

// UnmarshalText adds the items of a comma-separated list. Together with
// MarshalText it makes an Allowance a flag.TextVar.
func (a *Allowance) UnmarshalText(text []byte) error {
	for rest, more := string(text), true; more; {
		var item string
		item, rest, more = cutItem(rest)
		item = strings.TrimSpace(item)
		if strings.HasPrefix(item, "/") {
			place, err := parseAllowedPlace(item)
			if err != nil {
				return err
			}
			a.places = append(a.places, place)
			continue
		}
		if class := schema.Risk(item); class != schema.RiskNone && slices.Contains(schema.Risks(), class) {
			a.classes |= schema.NewRiskSet(class)
			continue
		}
		all := schema.NewRiskSet(schema.Risks()...)
		return fmt.Errorf("%q is neither a class (%s) nor a JSON Pointer, which begins with /", item, all)
	}
	return nil
}

// MarshalText returns the list in the form that UnmarshalText reads.
func (a Allowance) MarshalText() ([]byte, error) {
	var items []string
	for _, class := range a.classes.Classes() {
		items = append(items, string(class))
	}
	for _, place := range a.places {
		items = append(items, place.String())
	}
	return []byte(strings.Join(items, ",")), nil
}

// Pointers returns the places in the list. The entry of a list has the token "-".
func (a Allowance) Pointers() []tree.Pointer {
	var all []tree.Pointer
	for _, place := range a.places {
		all = append(all, place.path)
	}
	return all
}

// Check returns an error for the first place in the list that covers nothing in the
// configurations of a model, because it has an entry of a list by its index or by
// another member than its identity, or because it has "*" or a slash too many.
func (a Allowance) Check(model Model) error {
	for _, place := range a.places {
		if err := cmp.Or(place.check(model), place.checkTokens(model)); err != nil {
			return err
		}
	}
	return nil
}

// covers reports whether a field needs no approval: its place is in the list, or all
// its classes are. The whole of a text that is not TOML always needs it: nobody could
// know what they allow. entries are those of the configuration in which the field is,
// nil if they are not known.
func (a Allowance) covers(model Model, f field, entries *entryIdentities) bool {
	if len(f.change.Path) == 0 {
		return false
	}
	return a.classes.Contains(f.risk) || slices.ContainsFunc(a.places, func(place allowedPlace) bool {
		return place.covers(model, f.change, entries)
	})
}
