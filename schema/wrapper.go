package schema

import (
	"maps"
	"slices"

	"realmconf/schema/tree"
)

// formOutputSchema is the x-form of such an object.
const formOutputSchema = "output-schema"

// wrapsSchema tells the two forms of an output schema apart, as the peer does:
// it is a wrapper if it has a schema, and either says its format or has no key
// that wrappers do not have. The schema's if says the same.
func wrapsSchema(o tree.Object) bool {
	if _, ok := o["schema"]; !ok {
		return false
	}
	if o["format"] == "meerkat_v1" {
		return true
	}
	for key := range o {
		if !slices.Contains([]string{"schema", "name", "strict", "compat", "format"}, key) {
			return false
		}
	}
	return true
}

// wrapped is an output schema in the form that has the words about it.
func wrapped(o tree.Object) tree.Object {
	if wrapsSchema(o) {
		return o
	}
	return tree.Object{"schema": o}
}

// normalSchema is a JSON Schema in which every object has properties and
// required, as the peer shows it. What is no object is given back.
func normalSchema(v any) any {
	switch v := v.(type) {
	case map[string]any:
		normal := make(tree.Object, len(v)+2)
		for key, e := range v {
			normal[key] = normalSchema(e)
		}
		if describesObject(v) {
			for key, empty := range map[string]any{"properties": tree.Object{}, "required": []any{}} {
				if _, has := normal[key]; !has {
					normal[key] = empty
				}
			}
		}
		return normal
	case []any:
		normal := slices.Clone(v)
		for i, e := range normal {
			normal[i] = normalSchema(e)
		}
		return normal
	default:
		return v
	}
}

func describesObject(schema tree.Object) bool {
	switch t := schema["type"].(type) {
	case string:
		if t == "object" {
			return true
		}
	case []any:
		if slices.Contains(t, any("object")) {
			return true
		}
	}
	_, properties := schema["properties"]
	_, required := schema["required"]
	return properties || required
}

// fillOutputSchema is the resolved view of an output schema.
func fillOutputSchema(n *node, o tree.Object) tree.Object {
	full := fillObject(n.inner().wrapper, maps.Clone(wrapped(o)))
	if schema, ok := full["schema"].(map[string]any); ok {
		full["schema"] = normalSchema(schema)
	}
	return full
}
