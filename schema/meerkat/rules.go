package meerkat

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// Rules returns the rules of a Meerkat realm's configuration.
func Rules() schema.Rules {
	return schema.Rules{
		Formats:   formats(),
		Modernise: map[string]func(tree.Object) tree.Object{"shell": allowlist},
		Resolve:   map[string]func(tree.Object) tree.Object{"output-schema": completeSchema},
		Check: []schema.FieldRule{
			{Sections: []string{"limits"}, Find: turnDuration},
			{Sections: []string{"models", "self_hosted"}, Find: customModels},
			{Sections: []string{"self_hosted"}, Find: selfHostedModels},
			{Sections: []string{"skills"}, Find: skillSources},
			{Sections: []string{"realm"}, Find: realmIDs},
			{Sections: []string{"realm"}, Find: realmParents},
			{Sections: []string{"realm", "self_hosted"}, Find: realmBindings},
			{Sections: []string{"realm"}, Find: realmProviders},
			{Sections: []string{"model_fallback", "realm"}, Find: fallbackBindings},
		},
	}
}

// with is a copy of an object that has one member more, or another value for it.
func with(o tree.Object, name string, v any) tree.Object {
	c := maps.Clone(o)
	c[name] = v
	return c
}

// within is the object at a path, empty where there is none.
func within(o tree.Object, path ...string) tree.Object {
	for _, name := range path {
		o, _ = o[name].(map[string]any)
	}
	return o
}

// each visits the members of an object that are objects, in the order of their
// names.
func each(o tree.Object, visit func(name string, member tree.Object)) {
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if member, ok := o[name].(map[string]any); ok {
			visit(name, member)
		}
	}
}

// eachEntry visits the entries of a list that are objects.
func eachEntry(list any, visit func(i int, entry tree.Object)) {
	entries, _ := list.([]any)
	for i, e := range entries {
		if entry, ok := e.(map[string]any); ok {
			visit(i, entry)
		}
	}
}

// dangling is about a name at p that nothing under the given place has. There
// is none about what is no text: that is wrong in another way.
func dangling(kind schema.Kind, p tree.Pointer, name any, known tree.Object, where tree.Pointer) []schema.Issue {
	s, ok := name.(string)
	if _, has := known[s]; !ok || has {
		return nil
	}
	return []schema.Issue{{
		Kind: kind, Path: p.String(),
		Message: "nothing of this name stands under " + where.String(), Hint: choice(s, known, "add it there"),
	}}
}

// choice is the nearest of the keys of a map, or all if they are few, or else a
// word on what to do. Among very many keys nothing is looked for.
func choice[V any](given string, keys map[string]V, otherwise string) string {
	if len(keys) > 200 {
		return otherwise
	}
	names := slices.Sorted(maps.Keys(keys))
	if near, ok := tree.Nearest(given, names); ok {
		return "did you mean " + strconv.Quote(near) + "?"
	}
	if len(names) == 0 || len(names) > 12 {
		return otherwise
	}
	return "use one of " + strings.Join(names, ", ")
}

// turnDuration keeps limits.max_turn_duration above zero; the schema has no
// word for that, since the value may be text.
func turnDuration(config tree.Object) []schema.Issue {
	zero := false
	switch v := within(config, "limits")["max_turn_duration"].(type) {
	case int64:
		zero = v == 0
	case string:
		d, err := schema.ParseDuration(v)
		zero = err == nil && d == schema.Duration{}
	}
	if !zero {
		return nil
	}
	return []schema.Issue{{Kind: schema.Range, Path: "/limits/max_turn_duration",
		Message: "must be more than zero", Hint: "leave the key out for no limit"}}
}
