package policy

import (
	"fmt"
	"slices"
	"strings"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// Allowance lists changes that need no person's approval: risk classes, and
// JSON Pointers to fields or to everything below a place.
type Allowance struct {
	classes  schema.RiskSet
	pointers []tree.Pointer
}

// UnmarshalText adds the items of a comma-separated list. Together with
// MarshalText it makes an Allowance a flag.TextVar.
func (a *Allowance) UnmarshalText(text []byte) error {
	for item := range strings.SplitSeq(string(text), ",") {
		item = strings.TrimSpace(item)
		if strings.HasPrefix(item, "/") {
			p, err := tree.ParsePointer(item)
			if err != nil {
				return err
			}
			a.pointers = append(a.pointers, p)
			continue
		}
		if class := schema.Risk(item); class != schema.RiskNone && slices.Contains(schema.Risks(), class) {
			a.classes |= schema.NewRiskSet(class)
			continue
		}
		return fmt.Errorf("%q is neither a class (exec, secret, network, path, posture) nor a JSON Pointer such as /shell/program", item)
	}
	return nil
}

// MarshalText returns the list in the form that UnmarshalText reads.
func (a Allowance) MarshalText() ([]byte, error) {
	var items []string
	for _, class := range a.classes.Classes() {
		items = append(items, string(class))
	}
	for _, p := range a.pointers {
		items = append(items, p.String())
	}
	return []byte(strings.Join(items, ",")), nil
}

// Pointers returns the places in the list.
func (a Allowance) Pointers() []tree.Pointer { return a.pointers }

// covers reports whether a field needs no approval: its place or all its classes are in
// the list. The whole of a text that is not
// TOML always needs it: nobody could know what they allow.
func (a Allowance) covers(f field) bool {
	if len(f.change.Path) == 0 {
		return false
	}
	return a.classes.Contains(f.risk) || slices.ContainsFunc(a.pointers, span(f.change).HasPrefix)
}
