package meerkat

import (
	"realmconf/schema"
	"realmconf/schema/tree"
)

// secretRoutes returns the places that decide on the way of a secret: the address of a
// server, a hook or a repository that has a secret in its own table, and everything
// that decides to which address a binding sends which credentials.
func secretRoutes(config tree.Object) []schema.SecretRoute {
	r := &routes{}
	eachEntry(within(config, "tools")["mcp_servers"], func(i int, server tree.Object) {
		r.addURL(tree.Pointer{"tools", "mcp_servers"}.Index(i), server)
	})
	eachEntry(within(config, "hooks")["entries"], func(i int, hook tree.Object) {
		r.addURL(tree.Pointer{"hooks", "entries"}.Index(i).Child("runtime"), within(hook, "runtime"))
	})
	eachEntry(within(config, "skills")["repositories"], func(i int, repository tree.Object) {
		r.addURL(tree.Pointer{"skills", "repositories"}.Index(i), repository)
	})
	each(within(config, "self_hosted", "servers"), func(id string, server tree.Object) {
		for _, key := range []string{"bearer_token", "bearer_token_env"} { // of Meerkat before 0.7
			if at := (tree.Pointer{"self_hosted", "servers", id}); hasText(server[key]) {
				r.add(schema.DecidesAddress, at.Child(key), at, "base_url")
			}
		}
	})
	each(within(config, "realm"), func(id string, realm tree.Object) {
		r.addBindings(tree.Pointer{"realm", id}, realm)
	})
	if r.toOwn != nil {
		r.addOwnServers(within(config, "self_hosted"))
	}
	eachEntry(within(config, "model_fallback")["chain"], func(i int, target tree.Object) {
		if within(target, "auth_binding") == nil {
			return
		}
		p := tree.Pointer{"model_fallback", "chain"}.Index(i)
		r.add(schema.DecidesSecret, tree.Pointer{"realm"}, p, "provider")
		r.add(schema.DecidesSecret, tree.Pointer{"realm"}, p.Child("auth_binding"), "realm", "binding", "profile", "origin")
	})
	return r.list
}

// routes collects secret routes.
type routes struct {
	list  []schema.SecretRoute
	toOwn tree.Pointer // credentials that a binding sends to a self-hosted server; nil if there are none
}

// add adds the places of some keys at p, which decide about a secret.
func (r *routes) add(decides schema.RouteDecision, secret, p tree.Pointer, keys ...string) {
	for _, key := range keys {
		r.list = append(r.list, schema.SecretRoute{At: append(p[:len(p):len(p)], key), Secret: secret, Decides: decides})
	}
}

// addURL adds the address of a table that has headers, or a proof of who asks.
func (r *routes) addURL(p tree.Pointer, o tree.Object) {
	auth := within(o, "auth")
	switch {
	case hasText(o["headers"]):
		r.add(schema.DecidesAddress, p.Child("headers"), p, "url")
	case hasText(auth["token"]), hasText(auth["value"]):
		r.add(schema.DecidesAddress, p.Child("auth"), p, "url")
	}
}

// addBindings adds the places of the credentials of a realm that a binding sends to a
// backend.
func (r *routes) addBindings(p tree.Pointer, realm tree.Object) {
	backends, profiles := map[string]bool{}, map[string]bool{}
	each(within(realm, "binding"), func(id string, binding tree.Object) {
		name, _ := binding["auth_profile"].(string)
		profile := within(realm, "auth", name)
		if profile == nil || profile["auth_method"] == "none" {
			return
		}
		secret, at := p.Child("auth").Child(name), p.Child("binding").Child(id)
		r.add(schema.DecidesAddress, secret, at, "backend_profile")
		r.add(schema.DecidesSecret, secret, at, "auth_profile")
		if !profiles[name] {
			profiles[name] = true
			r.addProfile(secret)
		}
		name, _ = binding["backend_profile"].(string)
		backend := within(realm, "backend", name)
		if backend == nil || backends[name] {
			return
		}
		backends[name] = true
		r.add(schema.DecidesAddress, secret, p.Child("backend").Child(name), "base_url", "server", "provider", "backend_kind", "options")
		if backend["provider"] == "self_hosted" || hasText(backend["server"]) {
			r.toOwn = secret
		}
	})
}

// addProfile adds the places of credentials that a binding uses: those that choose them,
// and those that choose the provider's address.
func (r *routes) addProfile(p tree.Pointer) {
	r.add(schema.DecidesSecret, p, p.Child("source"), "kind", "env", "fallback", "handle", "fd", "scope_override")
	r.add(schema.DecidesAddress, p, p, "provider", "auth_method")
	metadata := p.Child("metadata_defaults")
	r.add(schema.DecidesAddress, p, metadata.Child("route_hints"), "provider")
	r.add(schema.DecidesAddress, p, metadata.Child("provider_metadata"),
		"aws_region", "vertex_project_id", "vertex_region", "foundry_deployment", "project_id", "region")
}

// addOwnServers adds the places that choose a self-hosted server and its address.
func (r *routes) addOwnServers(section tree.Object) {
	p := tree.Pointer{"self_hosted"}
	each(within(section, "servers"), func(id string, _ tree.Object) {
		r.add(schema.DecidesAddress, r.toOwn, p.Child("servers").Child(id), "base_url")
	})
	each(within(section, "models"), func(id string, _ tree.Object) {
		r.add(schema.DecidesAddress, r.toOwn, p.Child("models").Child(id), "server")
	})
	r.add(schema.DecidesAddress, r.toOwn, p, "default_model")
}

// hasText reports whether a value is a text that is not empty, or has one in it.
func hasText(v any) bool {
	switch v := v.(type) {
	case string:
		return v != ""
	case map[string]any:
		for _, e := range v {
			if hasText(e) {
				return true
			}
		}
	case []any:
		for _, e := range v {
			if hasText(e) {
				return true
			}
		}
	}
	return false
}
