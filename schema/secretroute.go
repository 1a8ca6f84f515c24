package schema

import "realmconf/schema/tree"

// SecretRoute is a place in a configuration where a change would send a secret to
// another address, or another secret to the same one. The secret is in the
// configuration, or the configuration names it. A program that gets a secret is no
// address: what runs can read the configuration, and has the class exec.
type SecretRoute struct {
	At      tree.Pointer // of a key, which may be absent
	Secret  tree.Pointer // of the secret, or of a place around it
	Decides RouteDecision
}

// RouteDecision is what a place decides about the way of a secret.
type RouteDecision string

// The decisions.
const (
	DecidesAddress RouteDecision = "address" // to which address it is sent
	DecidesSecret  RouteDecision = "secret"  // which secret it is
)

// SecretRoutes returns the places at which a change would send a secret of a resolved
// configuration to another address, or another secret to the same one.
func (m *Model) SecretRoutes(config tree.Object) []SecretRoute {
	if m.loaded != nil {
		return m.loadedRoutes(config)
	}
	if m.rules.SecretRoutes == nil {
		return nil
	}
	return m.rules.SecretRoutes(config)
}
