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
func writeProperties(content tree.Object) tree.Object {
	properties := tree.Object{
		expectedGeneration: tree.Object{"type": "integer", "minimum": int64(0), "description": "The generation you read. The write happens only if it is still current."},
		ifOverlap:          tree.Object{"type": "string", "enum": []any{"refuse", "conflict"}, "description": "refuse: if it is not current, write all the same unless others changed what you touch."},
		"dry_run":          tree.Object{"type": "boolean", "description": "true: check and show the result, write nothing."},
		"reason":           tree.Object{"type": "string", "maxLength": int64(1000), "description": "Why, in one sentence; kept in the history."},
		"return":           tree.Object{"type": "string", "enum": []any{"config", "changes"}, "description": "changes (default): what is different now. config: the whole configuration, too."},
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

// writeOutput returns the schema of a write's reply: types only, because a model reads
// the reply and not its schema. The identity members may be null and stay undeclared.
func writeOutput() tree.Object {
	properties := tree.Object{}
	for kind, names := range map[string][]string{
		"boolean": {"changed", "dry_run", "config_omitted"},
		"integer": {"generation", "previous_generation", "changes_omitted", "warnings_omitted"},
	} {
		for _, name := range names {
			properties[name] = tree.Object{"type": kind}
		}
	}
	for _, name := range []string{"changes", "needs_approval", "changes_since"} {
		properties[name] = tree.Object{"type": "array", "items": tree.Object{"type": "object"}}
	}
	return tree.Object{
		"type":       "object",
		"properties": properties,
		"required":   []any{"generation", "previous_generation", "changed"},
	}
}
