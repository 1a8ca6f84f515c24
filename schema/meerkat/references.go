package meerkat

import (
	"maps"
	"slices"

	"realmconf/schema"
	"realmconf/schema/tree"
)

// The rules in this file are about names that refer to nothing. Meerkat accepts
// them and fails when it needs the thing, so they give warnings.

const (
	globalRealm = "global"      // has a document of its own
	envRealm    = "env_default" // is made from the environment and is in no document
	maxChain    = 16            // realms that inherit from each other, the first one counted
)

func reference(p tree.Pointer, message, hint string) schema.Issue {
	return schema.Issue{Kind: schema.Reference, Path: p.String(), Message: message, Hint: hint}
}

// checkRealmIDs finds realms that cannot be asked for by their id.
func checkRealmIDs(config tree.Object) []schema.Issue {
	var issues []schema.Issue
	for _, id := range slices.Sorted(maps.Keys(within(config, "realm"))) {
		if err := checkSlug(id); err != nil {
			issues = append(issues, reference(tree.Pointer{"realm", id}, "not a slug, so that nothing finds this realm: "+err.Error(), slugHint))
		}
	}
	return issues
}

// checkRealmParents finds chains of parents that form a circle or are too long. A
// parent that is not here is usually in a document of its own: whether it is there,
// only the composition of the realm shows.
func checkRealmParents(config tree.Object) []schema.Issue {
	realms := within(config, "realm")
	var issues []schema.Issue
	each(realms, func(id string, realm tree.Object) {
		parent, ok := realm["parent"].(string)
		if !ok {
			return
		}
		p := tree.Pointer{"realm", id, "parent"}
		switch {
		case id == globalRealm:
			issues = append(issues, reference(p, "the realm global has no parent", "leave the key out"))
		case parent == envRealm:
			issues = append(issues, reference(p, "env_default cannot be a parent", "leave the key out, or name another realm"))
		default:
			issues = append(issues, checkChain(realms, id, p)...)
		}
	})
	return issues
}

// checkChain follows the parents of a realm. A circle is reported for its members
// only, and not for the realms that lead into it.
func checkChain(realms tree.Object, id string, p tree.Pointer) []schema.Issue {
	next, members := id, 1
	for ; members <= maxChain; members++ {
		parent, ok := within(realms, next)["parent"].(string)
		switch {
		case !ok || next == globalRealm:
			return nil
		case parent == id:
			return []schema.Issue{reference(p, "the parents form a circle", "leave out the parent of one of them")}
		}
		next = parent
	}
	return []schema.Issue{reference(p, "the chain of parents is longer than 16 realms, or leads into a circle", "shorten it")}
}

// checkRealmBindings finds bindings to backends, credentials and servers that do
// not exist.
func checkRealmBindings(config tree.Object) []schema.Issue {
	servers := within(config, "self_hosted", "servers")
	var issues []schema.Issue
	each(within(config, "realm"), func(id string, realm tree.Object) {
		p := tree.Pointer{"realm", id}
		each(within(realm, "backend"), func(name string, backend tree.Object) {
			issues = append(issues, checkName(schema.Reference, p.Child("backend").Child(name).Child("server"),
				backend["server"], servers, tree.Pointer{"self_hosted", "servers"})...)
		})
		each(within(realm, "binding"), func(name string, binding tree.Object) {
			at := p.Child("binding").Child(name)
			issues = append(issues, checkName(schema.Reference, at.Child("backend_profile"), binding["backend_profile"], within(realm, "backend"), p.Child("backend"))...)
			issues = append(issues, checkName(schema.Reference, at.Child("auth_profile"), binding["auth_profile"], within(realm, "auth"), p.Child("auth"))...)
		})
		issues = append(issues, checkName(schema.Reference, p.Child("default_binding"), realm["default_binding"], within(realm, "binding"), p.Child("binding"))...)
	})
	return issues
}

// checkFallbackBindings finds fallbacks whose credentials do not exist. The
// credentials of the global realm are in another file.
func checkFallbackBindings(config tree.Object) []schema.Issue {
	realms := within(config, "realm")
	var issues []schema.Issue
	eachEntry(within(config, "model_fallback")["chain"], func(i int, target tree.Object) {
		binding := within(target, "auth_binding")
		id, ok := binding["realm"].(string)
		if !ok || binding["origin"] == "synthetic_env_default" {
			return
		}
		p := tree.Pointer{"model_fallback", "chain"}.Index(i).Child("auth_binding")
		if _, here := realms[id]; !here {
			if id != globalRealm && id != envRealm {
				issues = append(issues, checkName(schema.Reference, p.Child("realm"), id, realms, tree.Pointer{"realm"})...)
			}
			return
		}
		bindings := within(realms, id, "binding")
		issues = append(issues, checkName(schema.Reference, p.Child("binding"), binding["binding"], bindings, tree.Pointer{"realm", id, "binding"})...)
	})
	return issues
}

// checkRealmProviders finds providers, interfaces and authentication methods that
// Meerkat does not know.
func checkRealmProviders(config tree.Object) []schema.Issue {
	var issues []schema.Issue
	each(within(config, "realm"), func(id string, realm tree.Object) {
		each(within(realm, "backend"), func(name string, backend tree.Object) {
			p := tree.Pointer{"realm", id, "backend", name}
			issues = append(issues, checkProvider(p, backend, "backend_kind", func(p provider) []string { return p.backendKinds })...)
		})
		each(within(realm, "auth"), func(name string, auth tree.Object) {
			p := tree.Pointer{"realm", id, "auth", name}
			issues = append(issues, checkProvider(p, auth, "auth_method", func(p provider) []string { return p.authMethods })...)
		})
	})
	return issues
}

// checkProvider finds an unknown provider at p, or the name at key that it does not
// know. names returns the names that a provider knows.
func checkProvider(p tree.Pointer, profile tree.Object, key string, names func(provider) []string) []schema.Issue {
	const documentation = "see the platform's documentation"
	name, ok := profile["provider"].(string)
	if !ok {
		return nil
	}
	for _, known := range providers {
		if known.name != name {
			continue
		}
		v, ok := profile[key].(string)
		if all := names(known); ok && !slices.Contains(all, v) {
			return []schema.Issue{reference(p.Child(key), "the platform does not know this for the provider",
				suggestName(v, slices.Sorted(slices.Values(all)), documentation))}
		}
		return nil
	}
	return []schema.Issue{reference(p.Child("provider"), "the platform does not know this provider",
		suggestName(name, slices.Sorted(slices.Values(providerNames())), documentation))}
}
