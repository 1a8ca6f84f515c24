package policy

import (
	"realmconf/runtime"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// secretRoutes says which changes send a secret to another address, or another
// secret to the same one. Such a change has the class secret, too: the client
// that makes it needs no token for that.
type secretRoutes struct {
	list func() (before, after []schema.SecretRoute)

	before, after map[string]schema.SecretRoute // by their places; nil until they are needed
}

// newSecretRoutes returns the routes of two configurations, which list returns.
func newSecretRoutes(list func() (before, after []schema.SecretRoute)) *secretRoutes {
	return &secretRoutes{list: list}
}

// routesOf returns the routes of the configurations of a comparison.
func routesOf(model Model, c *runtime.Comparison) *secretRoutes {
	return newSecretRoutes(func() (before, after []schema.SecretRoute) {
		return model.SecretRoutes(c.Before.Resolved()), model.SecretRoutes(c.After.Resolved())
	})
}

// of returns the route that a change is at, the zero value if there is none. An entry
// that goes takes its secrets with it.
func (r *secretRoutes) of(c tree.Change) schema.SecretRoute {
	if r.after == nil {
		before, after := r.list()
		r.before, r.after = byPlace(before), byPlace(after)
	}
	switch {
	case c.Op == "add", c.Op == "replace":
		return routeAt(r.after, c.Path)
	case c.Op == "remove" && len(c.Whole) == len(c.Path):
		return routeAt(r.before, c.Path)
	}
	return schema.SecretRoute{}
}

func byPlace(routes []schema.SecretRoute) map[string]schema.SecretRoute {
	at := make(map[string]schema.SecretRoute, len(routes))
	for _, route := range routes {
		at[route.At.String()] = route
	}
	return at
}

// routeAt returns the route of a place, or of one above it.
func routeAt(routes map[string]schema.SecretRoute, p tree.Pointer) schema.SecretRoute {
	for i := len(p); i > 0 && len(routes) > 0; i-- {
		if route, exists := routes[p[:i].String()]; exists {
			return route
		}
	}
	return schema.SecretRoute{}
}

// routeNote says in words what a change at a route does; "" without one.
func routeNote(r schema.SecretRoute) string {
	switch r.Decides {
	case schema.DecidesAddress:
		return "a stored secret goes along to the new address"
	case schema.DecidesSecret:
		return "another secret goes to the same address"
	}
	return ""
}
