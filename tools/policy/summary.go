package policy

import (
	"fmt"
	"slices"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// summary says how many changes there are, and what those with a class do.
func (u *Unapproved) summary(items []item) string {
	if u.comparison.BaseUnknown() {
		return "all of it, because it is not TOML"
	}
	var own, effects []([]schema.Risk)
	for _, i := range items {
		own = append(own, i.risks)
	}
	for _, f := range u.effects.held {
		effects = append(effects, []schema.Risk{f.risk})
	}
	text := countFields(own, "")
	if len(effects) > 0 {
		text += "; in effect " + countFields(effects, "more ")
	}
	return text
}

// countFields counts fields, and those of each class.
func countFields(fields [][]schema.Risk, more string) string {
	counts := make(map[schema.Risk]int)
	for _, risks := range fields {
		for _, risk := range risks {
			counts[risk]++
		}
	}
	var parts []string
	strongestFirst := schema.Risks()
	slices.Reverse(strongestFirst)
	for _, risk := range strongestFirst {
		switch n := counts[risk]; {
		case n == 0:
		case len(fields) == 1:
			parts = append(parts, effect(risk))
		case n == 1:
			parts = append(parts, "1"+ofThem(parts)+effect(risk))
		default:
			parts = append(parts, fmt.Sprint(n)+ofThem(parts)+effectsOf(risk))
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

// effectsOf says what several fields of a class do.
func effectsOf(r schema.Risk) string {
	switch r {
	case schema.RiskExec:
		return "run code"
	case schema.RiskSecret:
		return "hold a secret"
	case schema.RiskNetwork:
		return "reach the network"
	case schema.RiskPath:
		return "read or write files"
	case schema.RiskPosture:
		return "set what agents may do"
	}
	return string(r)
}
