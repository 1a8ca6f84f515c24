package jsonschema

// evaluatedParts are the members and entries of a value that a schema has looked at.
type evaluatedParts struct {
	names    []string
	entries  []int             // beside the first ones
	below    []*evaluatedParts // of the schemas inside of it, which are not changed any more
	first    int
	allNames bool
	allItems bool

	// isUnknown says that a value fits no branch of a schema, so that it is not known
	// what it would have looked at.
	isUnknown bool
}

// add adds what another schema has looked at. It copies no names, since a chain of schemas
// would copy those of the last one many times over.
func (to *evaluatedParts) add(from evaluatedParts) {
	to.isUnknown = to.isUnknown || from.isUnknown
	to.allNames, to.allItems, to.first = to.allNames || from.allNames, to.allItems || from.allItems, max(to.first, from.first)
	switch {
	case len(from.names)+len(from.entries) > 0 || len(from.below) > 1:
		to.below = append(to.below, &from)
	case len(from.below) == 1:
		to.below = append(to.below, from.below[0])
	}
}

func (to *evaluatedParts) name(name string) { to.names = append(to.names, name) }

func (to *evaluatedParts) entry(i int) { to.entries = append(to.entries, i) }

// all returns the names and entries together.
func (to *evaluatedParts) all() (names map[string]bool, entries map[int]bool) {
	names, entries = make(map[string]bool), make(map[int]bool)
	seen := make(map[*evaluatedParts]bool)
	for queue := []*evaluatedParts{to}; len(queue) > 0; {
		next := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if seen[next] {
			continue
		}
		seen[next] = true
		for _, name := range next.names {
			names[name] = true
		}
		for _, i := range next.entries {
			entries[i] = true
		}
		queue = append(queue, next.below...)
	}
	return names, entries
}
