package policy

import (
	"fmt"
	"slices"
	"strings"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// Allowance is a list of what needs no person: classes of risk, and JSON
// Pointers with all below them.
type Allowance struct {
	classes  []schema.Risk
	pointers []tree.Pointer
}

// UnmarshalText adds what a list names, its items parted by commas. Together
// with MarshalText it serves flag.TextVar.
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
			a.classes = append(a.classes, class)
			continue
		}
		return fmt.Errorf("%q is neither a class (exec, secret, network, path, posture) nor a JSON Pointer such as /shell/program", item)
	}
	return nil
}

// MarshalText is the list as UnmarshalText reads it.
func (a Allowance) MarshalText() ([]byte, error) {
	var items []string
	for _, class := range a.classes {
		items = append(items, string(class))
	}
	for _, p := range a.pointers {
		items = append(items, p.String())
	}
	return []byte(strings.Join(items, ",")), nil
}

// Lifts reports whether a field of a class needs no person.
func (a Allowance) Lifts(risk schema.Risk, within func(tree.Pointer) bool) bool {
	return slices.Contains(a.classes, risk) || slices.ContainsFunc(a.pointers, within)
}
