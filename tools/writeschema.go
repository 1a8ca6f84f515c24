package tools

import "realmconf/schema/tree"

// Parameters of writes that the code reads by name in more than one place.
const (
	expectedGeneration = "expected_generation"
	allowDrop          = "allow_drop"
	ifOverlap          = "if_overlap"
)

// writeProperties returns the parameters of a write: those that every write has,
// and its content.
func (w words) writeProperties(content tree.Object) tree.Object {
	properties := tree.Object{
		expectedGeneration: tree.Object{"type": "integer", "minimum": int64(0), "description": "The generation you read; it must be current."},
		ifOverlap:          tree.Object{"type": "string", "enum": []any{"refuse", "conflict"}, "description": "refuse: it need not be current unless others changed what you touch."},
		"dry_run":          tree.Object{"type": "boolean", "description": "Show the result, write nothing."},
		"reason":           tree.Object{"type": "string", "maxLength": int64(1000), "description": "Why, in one sentence, for the history."},
		"return":           tree.Object{"type": "string", "enum": []any{"config", "changes"}, "description": "default: changes"},
	}
	if w.inherits {
		properties["view"] = tree.Object{"type": "string", "enum": []any{ViewEffective}, "description": "With dry_run: tells what agents would run with."}
	}
	for name, property := range content {
		properties[name] = property
	}
	return properties
}

// pointerList returns a parameter that lists JSON Pointers.
func pointerList(description string) tree.Object {
	return tree.Object{"type": "array", "items": tree.Object{"type": "string"}, "description": description}
}

// writeOutput returns the schema of a write's reply: types only, since each write
// tool repeats it and every client reads them all. The identity members may be null
// and stay undeclared, and so do those that few replies have.
func writeOutput() tree.Object {
	return tree.Object{
		"type": "object",
		"properties": tree.Object{
			"changed":             tree.Object{"type": "boolean"},
			"changes":             tree.Object{"type": "array", "items": tree.Object{"type": "object"}},
			"generation":          tree.Object{"type": "integer"},
			"previous_generation": tree.Object{"type": "integer"},
			"needs_approval":      tree.Object{"type": "array", "items": tree.Object{"type": "object"}},
		},
		"required": []any{"generation", "previous_generation", "changed"},
	}
}
