package cli

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// checkArguments warns of arguments of programs that look like secrets: clients see
// them, because arguments are not masked.
func (d *diagnosis) checkArguments(config tree.Object) {
	var found []tree.Pointer
	var walk func(v any, p tree.Pointer)
	walk = func(v any, p tree.Pointer) {
		switch v := v.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				walk(v[name], p.Child(name))
			}
		case []any:
			if p[len(p)-1] == "args" && d.model.Risk(p).Has(schema.RiskExec) {
				for _, i := range schema.SecretArguments(argumentTexts(v)) {
					found = append(found, p.Index(i))
				}
				return
			}
			for i, e := range v {
				walk(e, p.Child(strconv.Itoa(i)))
			}
		}
	}
	walk(config, nil)
	for i, p := range found {
		what := p.String() + ": this argument looks like a secret, and agents see it: arguments are not masked"
		if i == maxSimilar-1 && len(found) > maxSimilar {
			what += fmt.Sprintf(" (%d more are like this one)", len(found)-maxSimilar)
		}
		d.add(warning, what, p.String(), "put it into the program's env, which is masked")
		if i == maxSimilar-1 {
			return
		}
	}
}

// argumentTexts returns the texts of a list, "" for any other value.
func argumentTexts(list []any) []string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i], _ = v.(string)
	}
	return texts
}
