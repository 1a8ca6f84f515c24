package policy

import (
	"fmt"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// summary says how many changes there are, and what those with a class do.
func (u *UnapprovedError) summary(items []item) string {
	if u.comparison.BaseUnknown() {
		return "all of it, because it is not TOML"
	}
	var own, effects []schema.RiskSet
	for _, i := range items {
		own = append(own, i.risk)
	}
	for _, g := range u.effectsByPlace() {
		effects = append(effects, g.risk)
	}
	text := countFields(own, "")
	if len(effects) > 0 {
		text += "; in effect " + countFields(effects, "more ")
	}
	return text
}

// countFields counts fields, and those of each class.
func countFields(fields []schema.RiskSet, more string) string {
	var parts []string
	for _, class := range schema.NewRiskSet(schema.Risks()...).Classes() {
		n := 0
		for _, risk := range fields {
			if risk.Has(class) {
				n++
			}
		}
		one, several := classWords(class)
		switch {
		case n == 0:
		case len(fields) == 1:
			parts = append(parts, one)
		case n == 1:
			parts = append(parts, "1"+ofThem(parts)+one)
		default:
			parts = append(parts, fmt.Sprint(n)+ofThem(parts)+several)
		}
	}
	text := fmt.Sprintf("%d %sfields", len(fields), more)
	if len(fields) == 1 {
		text = fmt.Sprintf("1 %sfield", more)
	}
	if len(parts) == 0 {
		return text
	}
	words := tree.JoinWords(parts, "and", len(parts))
	if len(fields) == 1 {
		return text + ", it " + words
	}
	return text + ", " + words
}

// ofThem follows a number of fields.
func ofThem(before []string) string {
	if len(before) == 0 {
		return " of them "
	}
	return " "
}
