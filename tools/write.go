package tools

import (
	"realmconf.io/realmconf/runtime"
	"realmconf.io/realmconf/schema/tree"
)

const expectedGeneration = "expected_generation"

// writeProperties are the parameters that every write has, beside its content.
func writeProperties(content tree.Object) tree.Object {
	properties := tree.Object{
		expectedGeneration: tree.Object{"type": "integer", "minimum": int64(0), "description": "The generation you read. The write happens only if it is still current."},
		"reason":           tree.Object{"type": "string", "maxLength": int64(1000), "description": "Why, in one sentence; kept in the history."},
	}
	for name, property := range content {
		properties[name] = property
	}
	return properties
}

// writeOutput is the schema of a write's reply. The identity members may be
// null and stay undeclared.
func writeOutput() tree.Object {
	return tree.Object{
		"type": "object",
		"properties": tree.Object{
			"changed":             tree.Object{"type": "boolean", "description": "false: everything already was as asked, and there is no new generation."},
			"changes":             tree.Object{"type": "array", "items": tree.Object{"type": "object"}, "description": "What is different now."},
			"generation":          tree.Object{"type": "integer", "description": "Quote it as expected_generation in the next write."},
			"previous_generation": tree.Object{"type": "integer"},
			"config_omitted":      tree.Object{"type": "boolean", "description": "true: config is too long for this reply; read what you need with path."},
			"changes_omitted":     tree.Object{"type": "boolean", "description": "true: changes are too long for this reply."},
			"warnings_omitted":    tree.Object{"type": "boolean", "description": "true: warnings are too long for this reply; config_get tells them."},
		},
		"required": []any{"generation", "previous_generation", "changed"},
	}
}

// write is what the parameters say about a write beside its content. They
// have been checked against the schema.
func write(caller Caller, params tree.Object) runtime.Write {
	w := runtime.Write{Actor: caller.actor(), Origin: caller.Origin, Entered: caller.Entered}
	w.Reason, _ = params["reason"].(string)
	switch generation := params[expectedGeneration].(type) {
	case int64:
		expected := uint64(generation)
		w.Expected = &expected
	case uint64:
		w.Expected = &generation
	}
	return w
}

// written is the reply to a write.
func written(outcome *runtime.Outcome, caller Caller) tree.Object {
	s := outcome.Snapshot
	reply := runtime.NewEnvelope(s, outgoingConfig(s), caller.Policy).Members()
	reply["previous_generation"] = outcome.Previous
	reply["changed"] = outcome.Changed
	reply["changes"] = outgoingChanges(outcome.Changes)
	if len(outcome.Warnings) > 0 {
		reply["warnings"] = outcome.Warnings
	}
	return reply
}
