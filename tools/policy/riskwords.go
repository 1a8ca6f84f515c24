package policy

import (
	"fmt"
	"strings"

	"realmconf/schema"
)

// classWords says what one field of a class does, and what several do.
func classWords(class schema.Risk) (one, several string) {
	switch class {
	case schema.RiskExec:
		return "runs code", "run code"
	case schema.RiskSecret:
		return "holds a secret", "hold a secret"
	case schema.RiskNetwork:
		return "reaches the network", "reach the network"
	case schema.RiskPath:
		return "reads or writes files", "read or write files"
	case schema.RiskPosture:
		return "sets what agents may do", "set what agents may do"
	case schema.RiskUnclassed:
		return "has no class", "have no class"
	}
	return string(class), string(class)
}

// RiskWords returns risk classes, as a Proposal's JSON lists them, in words.
func RiskWords(classes []any) string {
	var texts []string
	for _, class := range classes {
		one, _ := classWords(schema.Risk(fmt.Sprint(class)))
		texts = append(texts, one)
	}
	return strings.Join(texts, ", ")
}

// effect says what a field of some classes does.
func effect(classes schema.RiskSet) string { return RiskWords(classes.List()) }

// effectWithNote says what a field of some classes does, and what its change does to a
// secret.
func effectWithNote(classes schema.RiskSet, route schema.SecretRoute) string {
	return strings.TrimSuffix(effect(classes)+"; "+routeNote(route), "; ")
}
