package tools

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// newPatch returns config/patch: change the keys that are named, and no others.
func newPatch(rt *runtime.Runtime, model Model, p policy.Policy, w words) *Operation {
	o := &Operation{
		Name:  Patch,
		Title: "Change some keys",
		Description: "Change only the keys you name; everything else, comments included, stays. Give exactly one of patch or operations. " +
			"For lists use operations: a list inside patch replaces the whole list. All or nothing; the reply lists every change. " +
			"On generation_conflict read the error's changes, then repeat with its current generation if your intent still holds. " +
			w.held +
			w.only + ". A / in a key is ~1 in a path.",
		Input: func() tree.Object {
			return tree.Object{
				"type": "object",
				"properties": w.writeProperties(tree.Object{
					"patch": withProperties(tree.Object{
						"type":                 "object",
						"description":          `Nested new values, e.g. ` + w.patch + `. null returns a key to its default.` + w.pick(` Durations are text: "2s".`, ""),
						"additionalProperties": true,
					}, sections(model)),
					"operations": operationsSchema(w),
					allowDrop:    pointerList("Lists (JSON Pointers) that may lose entries because patch replaces them."),
				}),
				"required":             []any{expectedGeneration},
				"additionalProperties": false,
			}
		},
		Output: writeOutput,
		action: &write{rt, Patch, model, p, func(params tree.Object) (change, error) { return readPatch(rt, params) }},
	}
	o.unwrap = bareForm(o, []string{"patch", "operations"}, model)
	return o
}

// readPatch reads the one of patch and operations that the parameters have.
func readPatch(rt *runtime.Runtime, params tree.Object) (change, error) {
	const oneOf = "give exactly one of patch and operations: patch for values, operations for the entries of lists; nothing was done"
	patch, hasPatch := params["patch"].(tree.Object)
	list, hasOperations := params["operations"].([]any)
	if hasPatch && hasOperations { // some clients send all parameters, and leave one of them empty
		hasPatch, hasOperations = len(patch) > 0, len(list) > 0
	}
	switch {
	case hasPatch && hasOperations:
		return change{}, fault.New(fault.InvalidParams, oneOf).With("path", "/operations")
	case !hasPatch && !hasOperations:
		return change{}, fault.New(fault.InvalidParams, oneOf).With("path", "/patch")
	case hasPatch:
		return change{patch: patch, apply: func(ctx context.Context, w runtime.Write) (*runtime.Outcome, error) {
			return rt.Patch(ctx, patch, w)
		}}, nil
	}
	operations, err := tree.ParseOperations(list)
	if limit := (*tree.LimitError)(nil); errors.As(err, &limit) {
		return change{}, fault.Of(err).With("path", "/operations")
	} else if err != nil {
		return change{}, fault.New(fault.InvalidParams, "%v; nothing was written", err).With("path", "/operations")
	}
	return change{operations: operations, apply: func(ctx context.Context, w runtime.Write) (*runtime.Outcome, error) {
		return rt.Operate(ctx, operations, w)
	}}, nil
}

// operationsSchema returns the schema of a JSON Patch, in the subset of JSON
// Schema that every host accepts: no type unions, no empty schemas.
func operationsSchema(w words) tree.Object {
	list := strings.TrimSuffix(w.entry, "/0")
	scalars := []any{tree.Object{"type": "string"}, tree.Object{"type": "number"}, tree.Object{"type": "boolean"}}
	object := tree.Object{"type": "object", "additionalProperties": true}
	entries := tree.Object{"anyOf": append([]any{object}, scalars...)}
	return tree.Object{
		"type":        "array",
		"description": "JSON Patch (RFC 6902), in order. Append with path " + list + "/-; change one with " + list + "/1/enabled. test makes the call fail unless the value is as given.",
		"items": tree.Object{
			"type": "object",
			"properties": tree.Object{
				"op":   tree.Object{"type": "string", "enum": []any{"add", "remove", "replace", "move", "copy", "test"}},
				"path": tree.Object{"type": "string"},
				"from": tree.Object{"type": "string", "description": "move and copy only"},
				"value": tree.Object{
					"description": "add, replace, test",
					"anyOf":       append([]any{object, tree.Object{"type": "array", "items": entries}}, scalars...),
				},
			},
			"required":             []any{"op", "path"},
			"additionalProperties": true,
		},
	}
}

// withProperties returns a schema with properties, if there are any: Gemini refuses an
// empty list.
func withProperties(object, properties tree.Object) tree.Object {
	if len(properties) > 0 {
		object["properties"] = properties
	}
	return object
}

// sections returns the schema of each section: an open object whose description
// lists its keys, or the keys of its entries if it is a map. That is short, and
// enough to write most patches. A schema may have very many sections: those for which
// there is no room are left to config_schema.
func sections(model Model) tree.Object {
	properties := tree.Object{}
	room := maxSections
	for _, root := range model.Roots() {
		if !isPlainName(root) {
			continue
		}
		at := tree.Pointer{root}
		description := listNames(model.Children(at), maxNames)
		if description == "" {
			description = "any names"
			if entries := listNames(model.Children(at.Child("any name")), maxNames); entries != "" {
				description = "any name: " + entries
			}
		}
		property := tree.Object{
			"type":                 "object",
			"description":          description,
			"additionalProperties": true,
		}
		if d, ok := model.Describe(at); ok && d["type"] != "object" {
			if property = typeOnly(d); property == nil {
				continue
			}
		}
		if room -= len(tree.Append(nil, tree.Object{root: property})); room < 0 {
			break
		}
		properties[root] = property
	}
	return properties
}

// typeOnly returns a schema of the type of a described place; nil if the place, or an
// entry of the list, may have several: some hosts refuse that.
func typeOnly(description tree.Object) tree.Object {
	kind, ok := description["type"].(string)
	if !ok {
		return nil
	}
	if kind != "array" {
		return tree.Object{"type": kind}
	}
	items, _ := description["items"].(tree.Object)
	if kind, ok = items["type"].(string); !ok || kind == "array" {
		return nil
	}
	return tree.Object{"type": "array", "items": tree.Object{"type": kind}}
}

// How much of the descriptions of tools the names of a schema take, in bytes.
const (
	maxSections = 3 << 10 // all sections with their keys
	maxNames    = 1 << 10 // the keys of one section
	maxRoots    = 512     // the names of all sections
)

// listNames joins names, and says how many are left out: for lack of room, or because they
// are not plain.
func listNames(names []string, room int) string {
	var b strings.Builder
	left, isFull := 0, false
	for _, name := range names {
		isFull = isFull || b.Len()+len(name) > room
		if isFull || !isPlainName(name) {
			left++
			continue
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(name)
	}
	if left > 0 {
		if b.Len() > 0 {
			b.WriteString(" and ")
		}
		fmt.Fprintf(&b, "%d more", left)
	}
	return b.String()
}

// isPlainName reports whether a name may be in the description of a tool, which a model
// trusts most: the schema of a file may be a stranger's, and a name of it a sentence.
func isPlainName(name string) bool {
	const most = 64 // bytes
	isOther := func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '.' || r == '-')
	}
	return name != "" && len(name) <= most && !strings.ContainsFunc(name, isOther)
}

// sectionNames returns a sentence with the names of the sections, if the schema has any.
func sectionNames(model Model) string {
	roots := model.Roots()
	if len(roots) == 0 {
		return ""
	}
	return " Its sections: " + listNames(roots, maxRoots) + "."
}
