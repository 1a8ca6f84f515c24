package meerkat

import (
	"fmt"
	"maps"
	"slices"

	"realmconf/schema"
	"realmconf/schema/meerkat/realmid"
	"realmconf/schema/tree"
)

// The rules in this file are about names that refer to nothing. Meerkat accepts
// them and fails when it needs the thing, so they give warnings.

func reference(p tree.Pointer, message, hint string) schema.Mistake {
	return schema.Mistake{Kind: schema.Reference, At: p, Message: message, Hint: hint}
}

// badName returns the mistake of a name that is none of those that Meerkat knows.
func badName(p tree.Pointer, message, name string, known []string) schema.Mistake {
	return schema.Mistake{Kind: schema.Reference, At: p, Explain: func() (string, string) {
		return message, suggestName(name, slices.Sorted(slices.Values(known)), "see the platform's documentation")
	}}
}

// checkRealmIDs finds realms that cannot be asked for by their id.
func checkRealmIDs(config tree.Object, found func(schema.Mistake)) {
	for _, id := range slices.Sorted(maps.Keys(within(config, "realm"))) {
		if err := checkSlug(id); err != nil {
			found(reference(tree.Pointer{"realm", id}, "not a slug, so that nothing finds this realm: "+err.Error(), slugHint))
		}
	}
}

// checkRealmParents finds chains of parents that form a circle or are too long. A
// parent that is not here is usually in a document of its own: whether it is there,
// only the composition of the realm shows.
func checkRealmParents(config tree.Object, found func(schema.Mistake)) {
	realms := within(config, "realm")
	each(realms, func(id string, realm tree.Object) {
		parent, ok := realm["parent"].(string)
		if !ok {
			return
		}
		p := tree.Pointer{"realm", id, "parent"}
		switch {
		case id == realmid.Global:
			found(reference(p, "the realm global has no parent", "leave the key out"))
		case parent == realmid.EnvDefault:
			found(reference(p, "env_default cannot be a parent", "leave the key out, or name another realm"))
		default:
			checkChain(realms, id, p, found)
		}
	})
}

// checkChain follows the parents of a realm. A circle is reported for its members
// only, and not for the realms that lead into it.
func checkChain(realms tree.Object, id string, p tree.Pointer, found func(schema.Mistake)) {
	next, members := id, 1
	for ; members <= realmid.MaxChain; members++ {
		parent, ok := within(realms, next)["parent"].(string)
		switch {
		case !ok || next == realmid.Global:
			return
		case parent == id:
			found(reference(p, "the parents form a circle", "leave out the parent of one of them"))
			return
		}
		next = parent
	}
	found(reference(p, fmt.Sprintf("the chain of parents is longer than %d realms, or leads into a circle", realmid.MaxChain), "shorten it"))
}

// checkRealmBindings finds bindings to backends, credentials and servers that do
// not exist.
func checkRealmBindings(config tree.Object, found func(schema.Mistake)) {
	servers := within(config, "self_hosted", "servers")
	each(within(config, "realm"), func(id string, realm tree.Object) {
		each(within(realm, "backend"), func(name string, backend tree.Object) {
			checkName(schema.Reference, found, tree.Pointer{"realm", id, "backend", name, "server"}, backend["server"], servers, "self_hosted", "servers")
		})
		each(within(realm, "binding"), func(name string, binding tree.Object) {
			at := func(key string) tree.Pointer { return tree.Pointer{"realm", id, "binding", name, key} }
			checkName(schema.Reference, found, at("backend_profile"), binding["backend_profile"], within(realm, "backend"), "realm", id, "backend")
			checkName(schema.Reference, found, at("auth_profile"), binding["auth_profile"], within(realm, "auth"), "realm", id, "auth")
		})
		checkName(schema.Reference, found, tree.Pointer{"realm", id, "default_binding"}, realm["default_binding"], within(realm, "binding"), "realm", id, "binding")
	})
}

// checkFallbackBindings finds fallbacks whose credentials do not exist. The
// credentials of the global realm are in another file.
func checkFallbackBindings(config tree.Object, found func(schema.Mistake)) {
	realms := within(config, "realm")
	eachEntry(within(config, "model_fallback")["chain"], func(i int, target tree.Object) {
		binding := within(target, "auth_binding")
		id, ok := binding["realm"].(string)
		if !ok || binding["origin"] == "synthetic_env_default" {
			return
		}
		p := tree.Pointer{"model_fallback", "chain"}.Index(i).Child("auth_binding")
		if _, here := realms[id]; !here {
			if id != realmid.Global && id != realmid.EnvDefault {
				checkName(schema.Reference, found, p.Child("realm"), id, realms, "realm")
			}
			return
		}
		bindings := within(realms, id, "binding")
		checkName(schema.Reference, found, p.Child("binding"), binding["binding"], bindings, "realm", id, "binding")
	})
}

// checkRealmProviders finds providers, interfaces and authentication methods that
// Meerkat does not know.
func checkRealmProviders(config tree.Object, found func(schema.Mistake)) {
	each(within(config, "realm"), func(id string, realm tree.Object) {
		each(within(realm, "backend"), func(name string, backend tree.Object) {
			checkProvider(found, tree.Pointer{"realm", id, "backend", name}, backend, "backend_kind", func(p provider) []string { return p.backendKinds })
		})
		each(within(realm, "auth"), func(name string, auth tree.Object) {
			checkProvider(found, tree.Pointer{"realm", id, "auth", name}, auth, "auth_method", func(p provider) []string { return p.authMethods })
		})
	})
}

// checkProvider finds an unknown provider at p, or the name at key that it does not
// know. names returns the names that a provider knows.
func checkProvider(found func(schema.Mistake), p tree.Pointer, profile tree.Object, key string, names func(provider) []string) {
	name, ok := profile["provider"].(string)
	if !ok {
		return
	}
	for _, known := range providers {
		if known.name != name {
			continue
		}
		v, ok := profile[key].(string)
		if all := names(known); ok && !slices.Contains(all, v) {
			found(badName(p.Child(key), "the platform does not know this for the provider", v, all))
		}
		return
	}
	found(badName(p.Child("provider"), "the platform does not know this provider", name, providerNames()))
}
