package policy

import (
	"fmt"
	"strings"

	"realmconf/schema"
)

// RiskWords returns risk classes, as a Proposal's JSON lists them, in words.
func RiskWords(classes []any) string {
	var texts []string
	for _, class := range classes {
		texts = append(texts, effectOf(schema.Risk(fmt.Sprint(class))))
	}
	return strings.Join(texts, ", ")
}
