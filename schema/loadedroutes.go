package schema

import (
	"slices"
	"strconv"

	"realmconf/schema/tree"
)

// loadedRoutes returns the addresses beside the secrets of a configuration of a loaded
// schema: in the table that has a secret, or has it in a table under a name such as headers
// or auth. A program that has a secret and an address in one table sends the one to the
// other.
func (m *Model) loadedRoutes(config tree.Object) []SecretRoute {
	var f routeFinder
	f.object(m.root, config)
	return f.list
}

// routeFinder walks through a configuration and collects routes.
type routeFinder struct {
	list []SecretRoute
	at   tree.Pointer // of the value; overwritten later
}

// value reports whether a secret is in a value, at any depth. The name of a variable counts
// as the secret that the variable has.
func (f *routeFinder) value(n *Node, v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return f.object(n.formFor(v), v)
	case []any:
		has := false
		for i, e := range v {
			has = f.member(n, strconv.Itoa(i), e) || has
		}
		return has
	}
	name, isText := v.(string)
	return n.holdsSecret(v) || isText && n.Risk.Has(RiskSecret) && isReference(name)
}

func (f *routeFinder) member(n *Node, token string, v any) bool {
	f.at = append(f.at, token)
	defer func() { f.at = f.at[:len(f.at)-1] }()
	return f.value(n.childOrUnknown(token), v)
}

// object adds the addresses of a table that has a secret of its own.
func (f *routeFinder) object(n *Node, o tree.Object) bool {
	hasSecret, hasOwn := false, false
	var addresses []string
	for name, v := range o {
		isSecret := f.member(n, name, v)
		_, isTable := v.(map[string]any)
		hasSecret = hasSecret || isSecret
		hasOwn = hasOwn || isSecret && (!isTable && !hasTables(v) || belongsAround(name) || n.childOrUnknown(name).MayHoldSecret)
		if isAddressName(name) || hasAddress(v) {
			addresses = append(addresses, name)
		}
	}
	if !hasOwn {
		return hasSecret
	}
	table := slices.Clone(f.at)
	slices.Sort(addresses)
	for _, name := range addresses {
		f.list = append(f.list, SecretRoute{At: table.Child(name), Secret: table, Decides: DecidesAddress})
	}
	return hasSecret
}

// hasTables reports whether a value is a list with a table in it: that has addresses of
// its own.
func hasTables(v any) bool {
	list, _ := v.([]any)
	return slices.ContainsFunc(list, func(e any) bool {
		_, isTable := e.(map[string]any)
		return isTable
	})
}

// belongsAround reports whether the secrets in a table of a name are those of the table
// around it, as headers are.
func belongsAround(name string) bool {
	return isSecretKey(name) || secretsBelowName(name) != belowNone
}

// isAddressName reports whether the name of a key says that its value is an address, or a
// part of one.
func isAddressName(name string) bool {
	words := wordsOf(name)
	switch words[len(words)-1] {
	case "url", "urls", "uri", "host", "hosts", "hostname", "endpoint", "endpoints", "server", "servers", "address", "addr", "registry", "index", "proxy", "domain", "origin", "base", "port":
		return true
	}
	return false
}

// hasAddress reports whether a value is a URL, or a list with one in it.
func hasAddress(v any) bool {
	switch v := v.(type) {
	case string:
		return isURL(v)
	case []any:
		return slices.ContainsFunc(v, func(e any) bool {
			s, isText := e.(string)
			return isText && isURL(s)
		})
	}
	return false
}
