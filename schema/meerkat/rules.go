package meerkat

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"realmconf/schema"
	"realmconf/schema/meerkat/compose"
	"realmconf/schema/tree"
)

// Rules returns the rules of a Meerkat realm's configuration.
func Rules() schema.Rules {
	return schema.Rules{
		Formats:    formats(),
		Modernise:  map[string]func(tree.Object) tree.Object{"shell": modeOfAllowlist},
		Resolve:    map[string]func(tree.Object) tree.Object{"output-schema": completeSchema},
		Vocabulary: vocabulary,
		Unreadable: compose.IsUnreadable,
		Compose:    compose.Composer{CanonicalUUID: canonicalUUID}.Compose,

		SecretRoutes: secretRoutes,
		Check: []schema.FieldRule{
			{Sections: []string{"limits"}, Find: checkTurnDuration},
			{Sections: []string{"models", "self_hosted"}, Find: checkCustomModels},
			{Sections: []string{"self_hosted"}, Find: checkSelfHostedModels},
			{Sections: []string{"skills"}, Find: checkSkillSources},
			{Sections: []string{"realm"}, Find: checkRealmIDs},
			{Sections: []string{"realm"}, Find: checkRealmParents},
			{Sections: []string{"realm", "self_hosted"}, Find: checkRealmBindings},
			{Sections: []string{"realm"}, Find: checkRealmProviders},
			{Sections: []string{"model_fallback", "realm"}, Find: checkFallbackBindings},
		},
	}
}

// with returns a copy of an object with another value for one member.
func with(o tree.Object, name string, v any) tree.Object {
	c := maps.Clone(o)
	c[name] = v
	return c
}

// within returns the object at a path, nil if there is none.
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

// checkName finds a name at p that refers to nothing: known, which is at where, has
// no such key. A name that is not text has an issue of its own.
func checkName(kind schema.Kind, found func(schema.Mistake), p tree.Pointer, name any, known tree.Object, where ...string) {
	s, ok := name.(string)
	if _, has := known[s]; !ok || has {
		return
	}
	found(schema.Mistake{Kind: kind, At: p, Explain: func() (string, string) {
		return "there is nothing of this name under " + tree.Pointer(where).String(), suggest(s, known, "add it there")
	}})
}

// suggest returns a hint for a name that is not among the keys of a map: the
// nearest key, all keys if they are few, or the alternative. It does not search
// among very many keys.
func suggest[V any](given string, keys map[string]V, alternative string) string {
	if len(keys) > 200 {
		return alternative
	}
	return suggestName(given, slices.Sorted(maps.Keys(keys)), alternative)
}

// suggestName is suggest for sorted names.
func suggestName(given string, names []string, alternative string) string {
	if near, ok := tree.Nearest(given, names); ok {
		return "did you mean " + strconv.Quote(near) + "?"
	}
	if len(names) == 0 || len(names) > 12 {
		return alternative
	}
	return "use one of " + strings.Join(names, ", ")
}

// checkTurnDuration keeps limits.max_turn_duration above zero. The schema cannot
// say that, since the value may be text.
func checkTurnDuration(config tree.Object, found func(schema.Mistake)) {
	zero := false
	switch v := within(config, "limits")["max_turn_duration"].(type) {
	case int64:
		zero = v == 0
	case string:
		d, err := schema.ParseDuration(v)
		zero = err == nil && d == schema.Duration{}
	}
	if zero {
		found(schema.Mistake{Kind: schema.Range, At: tree.Pointer{"limits", "max_turn_duration"},
			Message: "must be more than zero", Hint: "leave the key out for no limit"})
	}
}
