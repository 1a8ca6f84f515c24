package schema

import (
	"maps"
	"slices"
	"strconv"

	"realmconf/schema/tree"
)

// Part is what of a value a token stands for.
type Part int

// The parts. A token of one is no token of another, so that no secret can be
// moved to where it would be shown.
const (
	Whole    Part = iota // the value of a field that holds a secret
	Address              // a whole address, of which it cannot be told where its secrets are
	Userinfo             // the userinfo of an address
	Query                // the query of an address
)

// String is the part in a word or two.
func (p Part) String() string {
	return [...]string{"secret", "whole address", "userinfo", "query"}[p]
}

// Mask is a configuration, stored or resolved, in which every secret is
// replaced by what token gives for the place at which it stands in config:
// text wherever a secret may stand or the schema knows nothing, and numbers
// and booleans where a secret should stand. Of an address only the userinfo
// and the query are secret; token is asked for each, and what it gives stands
// there percent-encoded. Empty text is shown.
//
// config is not changed; parts without secrets are shared.
func (m *Model) Mask(config tree.Object, token func(p tree.Pointer, secret any) string) tree.Object {
	r := rewriter{skip: (*node).shown}
	r.leaf = func(n *node, v any) (any, bool) {
		ask := func(secret any) string { return token(slices.Clone(r.at), secret) }
		if n.secretAt(v) {
			return ask(v), true
		}
		a, ok := n.addressAt(v)
		switch {
		case !ok || !a.guarded():
			return v, false
		case a.opaque:
			return ask(v), true
		}
		if a.userinfo != "" {
			a.userinfo = encoded(ask(a.userinfo))
		}
		if a.query != "" {
			a.query = encoded(ask(a.query))
		}
		return a.String(), true
	}
	return r.object(m.root(), config)
}

// Secret finds the part at p of a configuration, stored or resolved. It is
// false for whatever Mask does not replace by a token of this part, so that a
// token is no way to copy other values.
func (m *Model) Secret(config tree.Object, p tree.Pointer, part Part) (any, bool) {
	n, v := m.root(), any(config)
	for _, t := range p {
		e, _, ok := tree.Pointer{t}.Get(v)
		if !ok {
			return nil, false
		}
		n, v = n.of(v).below(t), e
	}
	if part == Whole {
		return v, n.secretAt(v)
	}
	a, ok := n.addressAt(v)
	if !ok {
		return nil, false
	}
	text, ok := a.part(part)
	return text, ok
}

// secretAt reports whether a value at this place is a secret. A value that is
// no object where one with secrets should stand is one: it may be a secret that
// was written a level too high.
func (n *node) secretAt(v any) bool {
	switch v := v.(type) {
	case string:
		return n.weight().hides && v != ""
	case bool, int64, uint64, float64:
		return n.weight().hides && !n.free
	}
	return false
}

// addressAt is a value at this place as an address, and whether it is one.
// Fields of network class are of many kinds: of those only what is
// unmistakably a URL counts.
func (n *node) addressAt(v any) (address, bool) {
	s, ok := v.(string)
	if !ok || n.weight().hides || !n.weight().reaches || !n.url && !isURL(s) {
		return address{}, false
	}
	return cutAddress(s), true
}

// shown reports whether nothing that may stand here or below is a secret.
func (n *node) shown() bool { return n.free && !n.weight().hides && !n.weight().reaches }

// below is child, with an unknown place where the schema has none.
func (n *node) below(token string) *node {
	if c := n.child(token); c != nil {
		return c
	}
	if n.secret && !n.free {
		return misplaced
	}
	return unknown
}

// rewriter walks through a value and the schema together and copies what leaf
// changes, with all around it.
type rewriter struct {
	leaf func(n *node, v any) (any, bool) // another value for one that holds no others, and whether it is another
	skip func(n *node) bool               // whether leaf changes nothing from here on
	at   tree.Pointer                     // where the walk is; it is written over later
}

func (r *rewriter) object(n *node, o tree.Object) tree.Object {
	v, _ := r.value(n, o)
	return v.(tree.Object)
}

func (r *rewriter) value(n *node, v any) (any, bool) {
	n = n.of(v)
	switch v := v.(type) {
	case map[string]any:
		if r.skip(n) {
			return v, false
		}
		var changed tree.Object
		for key, e := range v {
			if c, ok := r.member(n, key, e); ok {
				if changed == nil {
					changed = maps.Clone(v)
				}
				changed[key] = c
			}
		}
		if changed != nil {
			return changed, true
		}
	case []any:
		if r.skip(n) {
			return v, false
		}
		var changed []any
		for i, e := range v {
			if c, ok := r.member(n, strconv.Itoa(i), e); ok {
				if changed == nil {
					changed = slices.Clone(v)
				}
				changed[i] = c
			}
		}
		if changed != nil {
			return changed, true
		}
	default:
		return r.leaf(n, v)
	}
	return v, false
}

func (r *rewriter) member(n *node, token string, v any) (any, bool) {
	r.at = append(r.at, token)
	c, changed := r.value(n.below(token), v)
	r.at = r.at[:len(r.at)-1]
	return c, changed
}
