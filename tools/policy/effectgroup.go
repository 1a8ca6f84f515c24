package policy

// effectGroup is the same effect on several realms.
type effectGroup struct {
	effectField
	realms []string
}

// groupEffects puts the fields with the same key together, in the order of the first
// ones.
func groupEffects(fields []effectField, key func(effectField) string) []effectGroup {
	var groups []effectGroup
	at := map[string]int{}
	for _, f := range fields {
		k := key(f)
		i, exists := at[k]
		if !exists {
			i = len(groups)
			at[k] = i
			groups = append(groups, effectGroup{effectField: f})
		}
		groups[i].realms = append(groups[i].realms, f.realm)
	}
	return groups
}
