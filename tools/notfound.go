package tools

import (
	"maps"
	"slices"
	"strings"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// notFound is the fault of a path that has no value. Its first depth tokens
// have one. The fault says how far the path leads, and which names are near.
func notFound(path tree.Pointer, depth int, view tree.Object, model Model) *fault.Fault {
	parent := path[:depth]
	missing := path[depth]
	value, _, _ := parent.Get(view)
	var names []string
	if object, ok := value.(map[string]any); ok {
		names = slices.Sorted(maps.Keys(object))
	}
	known := model.Children(parent)
	names = slices.Compact(slices.Sorted(slices.Values(append(names, known...))))
	place := fault.ClipMiddle(path.String(), maxMessage)
	f := fault.New(fault.NotFound, "%s: %s", place, explainMissing(parent, missing, value, names, slices.Contains(known, missing)))
	return f.With("path", place).With("nearest", nearest(parent, missing, names))
}

// unknownKey is the fault of a path that the schema does not have.
func unknownKey(path tree.Pointer, model Model) *fault.Fault {
	depth := len(path) - 1
	for _, ok := model.Describe(path[:depth]); !ok; _, ok = model.Describe(path[:depth]) {
		depth--
	}
	parent, missing := path[:depth], path[depth]
	names := model.Children(parent)
	place := fault.ClipMiddle(path.String(), maxMessage)
	f := fault.New(fault.NotFound, "%s: no such key; %s", place, advice(parent, missing, names))
	return f.With("path", place).With("nearest", nearest(parent, missing, names))
}

// explainMissing says why the parent's value has no such member, and what to read
// instead.
func explainMissing(parent tree.Pointer, missing string, value any, names []string, known bool) string {
	switch v := value.(type) {
	case map[string]any:
		if known {
			return "this key has no value now; it may be set"
		}
		return "no such key; " + advice(parent, missing, names)
	case []any:
		if len(v) == 0 {
			return "no such entry; the list " + policy.Place(parent) + " is empty"
		}
		return "no such entry; the entries of " + policy.Place(parent) + " run from 0 to " + string(tree.Append(nil, len(v)-1))
	default:
		return "there is nothing below " + policy.Place(parent) + ", which is " + tree.WithArticle(tree.TypeName(value)) + "; read that instead"
	}
}

// advice suggests the key that the name is a misspelling of, or lists all keys.
func advice(parent tree.Pointer, missing string, names []string) string {
	if near, ok := tree.Nearest(missing, names); ok {
		return "did you mean " + parent.Child(near).String() + "?"
	}
	shown := make([]string, len(names))
	for i, name := range names {
		if rest, isBelow := strings.CutPrefix(name, missing); isBelow && strings.HasPrefix(rest, "/") {
			return "did you mean " + parent.Child(name).String() + "? a / in a key is written ~1"
		}
		shown[i] = name
		if strings.ContainsAny(name, "/~") {
			shown[i] = parent.Child(name).String()
		}
	}
	if len(names) == 0 {
		return policy.Place(parent) + " has no keys"
	}
	return policy.Place(parent) + " has " + enumerate(shown)
}

// nearest returns the pointers that a misspelt name is near to: one at most.
func nearest(parent tree.Pointer, missing string, names []string) []string {
	if near, ok := tree.Nearest(missing, names); ok {
		return []string{parent.Child(near).String()}
	}
	return []string{}
}
