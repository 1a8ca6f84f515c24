package meerkat

import (
	"slices"

	"realmconf/schema/tree"
)

// OutputSchema is a JSON Schema that replies must satisfy, with a few words
// about it. The bare JSON Schema may be given in its place.
type OutputSchema struct {
	// The JSON Schema, whose root is an object.
	Schema Open `json:"schema" jsonschema:"required" jsonschema_extras:"x-risk=posture"`
	// The name of the schema for the provider.
	Name string `json:"name" jsonschema_extras:"x-unset=skip,x-risk=posture"`
	// Whether the provider must follow the schema to the letter.
	Strict bool `json:"strict" jsonschema:"default=false" jsonschema_extras:"x-risk=posture"`
	// Whether parts that the provider does not support may be left out.
	Compat string `json:"compat" jsonschema:"enum=lossy,enum=strict,default=lossy" jsonschema_extras:"x-risk=posture"`
	// The form of this table.
	Format string `json:"format" jsonschema:"enum=meerkat_v1,default=meerkat_v1" jsonschema_extras:"x-risk=posture"`
}

// completeSchema returns a JSON Schema in which every schema of an object has
// properties and required, as Meerkat shows it.
func completeSchema(schema tree.Object) tree.Object { return complete(schema).(tree.Object) }

func complete(v any) any {
	switch v := v.(type) {
	case map[string]any:
		full := make(tree.Object, len(v)+2)
		for key, e := range v {
			full[key] = complete(e)
		}
		if describesObject(v) {
			for key, empty := range map[string]any{"properties": tree.Object{}, "required": []any{}} {
				if _, has := full[key]; !has {
					full[key] = empty
				}
			}
		}
		return full
	case []any:
		full := slices.Clone(v)
		for i, e := range full {
			full[i] = complete(e)
		}
		return full
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
