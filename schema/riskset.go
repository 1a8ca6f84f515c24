package schema

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"realmconf/schema/tree"
)

// RiskSet is a set of risk classes. It has a bit for each class but RiskNone, which is
// the empty set; a class that is stronger than another has the higher bit. The union of
// two sets is a|b.
type RiskSet uint8

// everyRisk is the set of all classes that say what a change does: all but
// RiskUnclassed.
const everyRisk RiskSet = 1<<6 - 1 - unclassed

// unclassed is the set of RiskUnclassed.
const unclassed RiskSet = 1

// NewRiskSet returns the set of some classes. It panics if there is no such class.
func NewRiskSet(classes ...Risk) RiskSet {
	var s RiskSet
	for _, class := range classes {
		bit, exists := riskBit(class)
		if !exists {
			panic(fmt.Sprintf("schema: %q is no risk class", class))
		}
		s |= bit
	}
	return s
}

// riskBit returns the set of one class, and whether there is such a class.
func riskBit(class Risk) (RiskSet, bool) {
	i := slices.Index(Risks(), class)
	return RiskSet(1) << max(i, 0) >> 1, i >= 0
}

// Has reports whether a class is in the set.
func (s RiskSet) Has(class Risk) bool {
	bit, _ := riskBit(class)
	return s&bit != 0
}

// Contains reports whether all classes of another set are in the set.
func (s RiskSet) Contains(other RiskSet) bool { return other&^s == 0 }

// Classes returns the classes of the set, the strongest first.
func (s RiskSet) Classes() []Risk {
	var all []Risk
	for _, class := range slices.Backward(Risks()) {
		if s.Has(class) {
			all = append(all, class)
		}
	}
	return all
}

// List returns the classes as a value of a tree, the strongest first.
func (s RiskSet) List() []any {
	list := []any{}
	for _, class := range s.Classes() {
		list = append(list, string(class))
	}
	return list
}

// String returns the classes in one text, the strongest first: "exec, secret", or
// "none".
func (s RiskSet) String() string {
	if s == 0 {
		return string(RiskNone)
	}
	var names []string
	for _, class := range s.Classes() {
		names = append(names, string(class))
	}
	return strings.Join(names, ", ")
}

// parseRiskSet reads the value of x-risk: the name of a class, or a list of names.
// RiskNone has no other class beside it.
func parseRiskSet(v any) (RiskSet, error) {
	names := []any{v}
	if list, isList := v.([]any); isList {
		names = list
	}
	var s RiskSet
	for _, name := range names {
		text, _ := name.(string)
		bit, exists := riskBit(Risk(text))
		switch {
		case !exists:
			var known []string
			for _, class := range Risks() {
				known = append(known, string(class))
			}
			return 0, fmt.Errorf("%s is no risk class: there are %s", clip(string(tree.Append(nil, name))), tree.JoinWords(known, "and", len(known)))
		case bit == 0 && len(names) > 1:
			return 0, errors.New("none is beside another risk class")
		case bit != 0 && s.Has(Risk(text)):
			return 0, errors.New("a risk class is there twice")
		}
		s |= bit
	}
	return s, nil
}
