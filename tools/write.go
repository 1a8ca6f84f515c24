package tools

import (
	"realmconf/runtime"
	"realmconf/schema/tree"
)

const expectedGeneration = "expected_generation"

// writeProperties are the parameters that every write has, beside its content.
func writeProperties(content tree.Object) tree.Object {
	properties := tree.Object{
		expectedGeneration: tree.Object{"type": "integer", "minimum": int64(0), "description": "The generation you read. The write happens only if it is still current."},
		"dry_run":          tree.Object{"type": "boolean", "description": "true: check and show the result, write nothing."},
		"reason":           tree.Object{"type": "string", "maxLength": int64(1000), "description": "Why, in one sentence; kept in the history."},
		"return":           tree.Object{"type": "string", "enum": []any{"config", "changes"}, "description": "changes: shorter, without the configuration; usually enough."},
	}
	for name, property := range content {
		properties[name] = property
	}
	return properties
}

// allowDrop is the parameter that names what may disappear.
func allowDrop(description string) tree.Object {
	return tree.Object{"type": "array", "items": tree.Object{"type": "string"}, "description": description}
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
			"dry_run":             tree.Object{"type": "boolean", "description": "true: nothing was written."},
			"needs_approval":      tree.Object{"type": "array", "items": tree.Object{"type": "object"}, "description": "Of a dry run: what a person would be asked about."},
			"config_omitted":      tree.Object{"type": "boolean", "description": "true: config is too long for this reply; read what you need with path."},
			"changes_omitted":     tree.Object{"type": "boolean", "description": "true: changes are too long for this reply."},
			"warnings_omitted":    tree.Object{"type": "boolean", "description": "true: warnings are too long for this reply; config_get tells them."},
		},
		"required": []any{"generation", "previous_generation", "changed"},
	}
}

// write is what the parameters say about a write beside its content. They
// have been checked against the schema.
func write(caller Caller, params tree.Object) (runtime.Write, error) {
	w := runtime.Write{Actor: caller.actor(), Origin: caller.Origin, Queued: caller.OnQueued}
	w.Reason, _ = params["reason"].(string)
	w.DryRun, _ = params["dry_run"].(bool)
	w.Expected = number(params[expectedGeneration])
	_, err := pointers(params, "allow_drop")
	return w, err
}

// number is a generation out of checked parameters, nil for one that is absent.
func number(v any) *uint64 {
	switch n := v.(type) {
	case int64:
		u := uint64(n)
		return &u
	case uint64:
		return &n
	}
	return nil
}

// written is the reply to a write.
func written(outcome *runtime.Outcome, caller Caller, params tree.Object) tree.Object {
	s := outcome.After
	reply := runtime.NewEnvelope(s, s.ShownJSON(), caller.Policy).Members()
	reply["previous_generation"] = outcome.Previous
	reply["changed"] = outcome.Changed
	reply["changes"] = outcome.Shown()
	if len(outcome.Warnings) > 0 {
		reply["warnings"] = outcome.Warnings
	}
	if dry, _ := params["dry_run"].(bool); dry {
		reply["dry_run"] = true
	}
	if params["return"] == "changes" {
		delete(reply, "config")
	}
	return reply
}
