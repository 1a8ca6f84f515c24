package schema

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"realmconf/schema/tree"
)

// Part is a part of a value that a token can replace.
type Part int

// The parts. A token of one part is not valid for another, so that no secret can
// be moved to a place that is shown.
const (
	Whole    Part = iota // the value of a field that holds a secret
	Address              // a whole address in which the place of the secret is not clear
	Userinfo             // the userinfo of an address
	Path                 // the secret part of the path of an address
	Query                // the query of an address
	Fragment             // the fragment of an address

	lastPart = Fragment
)

// Parts returns all parts.
func Parts() []Part { return []Part{Whole, Address, Userinfo, Path, Query, Fragment} }

// String returns the part in a word or two.
func (p Part) String() string {
	return [...]string{"secret", "whole address", "userinfo", "path", "query", "fragment"}[p]
}

// Mask returns a configuration, stored or resolved, in which every secret is
// replaced by a token: token is called with the secret and its place in config.
// Secrets are texts in every place that may hold a secret or that the schema does
// not have, and numbers and booleans where a secret is needed. Of an address only
// the userinfo, the query, the fragment, the parameters of the path and the path of a
// webhook are secret; token is called for each, and its result is percent-encoded. A
// text that holds JSON with a secret in it is replaced as a whole. Empty text is shown,
// and so is the name of a variable that the platform fills in, such as ${NAME}.
//
// config is not changed; parts without secrets are shared.
func (m *Model) Mask(config tree.Object, token func(p tree.Pointer, secret any) string) tree.Object {
	r := rewriter{skip: (*Node).neverSecret}
	r.leaf = func(n *Node, v any) (any, bool) {
		ask := func(secret any) string { return token(slices.Clone(r.at), secret) }
		if n.holdsSecret(v) {
			return ask(v), true
		}
		a, isAddress := n.addressOf(v)
		switch {
		case !isAddress || !a.hasSecret():
			return v, false
		case a.opaque:
			return ask(v), true
		}
		masked := a
		for part := Userinfo; part <= lastPart; part++ {
			if secret, has := a.part(part); has {
				*masked.partOf(part) = encoded(ask(secret))
			}
		}
		return masked.String(), true
	}
	return r.object(m.root, config)
}

// Secret returns a part of the value at p of a configuration, stored or resolved.
// It is false for every value that Mask does not replace by a token of this part,
// so that a token cannot be used to copy other values.
func (m *Model) Secret(config tree.Object, p tree.Pointer, part Part) (any, bool) {
	n, v := m.root, any(config)
	for _, t := range p {
		e, _, ok := tree.Pointer{t}.Get(v)
		if !ok {
			return nil, false
		}
		n, v = n.formFor(v).childOrUnknown(t), e
	}
	if part == Whole {
		return v, n.holdsSecret(v)
	}
	a, isAddress := n.addressOf(v)
	if !isAddress {
		return nil, false
	}
	text, ok := a.part(part)
	return text, ok
}

// holdsSecret reports whether a value at this place is a secret. A scalar in the
// place of an object with secrets is one: it may be a secret that was written a
// level too high.
func (n *Node) holdsSecret(v any) bool {
	if n.loaded != nil {
		return n.loaded.hides(n, v)
	}
	switch v := v.(type) {
	case string:
		return n.MayHoldSecret && v != "" && !isReference(v)
	case bool, int64, uint64, float64:
		return n.MayHoldSecret && !n.IsFree
	}
	return false
}

// addressOf returns a value at this place as an address, and whether it is one.
// Fields of the risk class network are of many kinds: in these only an unmistakable
// URL counts, and a text that has a userinfo if it is no name. JSON with a secret in it
// counts as an address whose secret has no clear place.
func (n *Node) addressOf(v any) (address, bool) {
	s, isText := v.(string)
	switch {
	case !isText || n.MayHoldSecret || !n.MayHoldAddress:
		return address{}, false
	case n.loaded != nil:
		return cutSecrets(s)
	case n.IsURL || isURL(s):
		return cutAddress(s, n.IsWebhook), true
	case isJSON(s):
		return address{before: s, opaque: true}, hasSecretJSON(s)
	}
	return cutAddress(s, false), strings.Contains(s, "@") && !n.IsName
}

// neverSecret reports whether no value here or below can be a secret.
func (n *Node) neverSecret() bool {
	return n.loaded == nil && n.IsFree && !n.MayHoldSecret && !n.MayHoldAddress
}

// childOrUnknown is child, with a node for the places that the schema does not
// have.
func (n *Node) childOrUnknown(token string) *Node {
	if c := n.child(token); c != nil {
		return c
	}
	if n.loaded != nil {
		return n.loaded.unknownChild(n, token)
	}
	if n.Risk.Has(RiskSecret) && !n.IsFree {
		return misplaced
	}
	return unknown
}

// rewriter walks through a value and the schema together. It copies the values
// that leaf changes and everything around them.
type rewriter struct {
	leaf  func(n *Node, v any) (any, bool) // returns another value for a scalar, and whether it is another one
	enter func()                           // is called for each member and entry; may be nil
	skip  func(n *Node) bool               // reports whether leaf changes nothing from here on
	at    tree.Pointer                     // the place of the value; overwritten later
}

func (r *rewriter) object(n *Node, o tree.Object) tree.Object {
	v, _ := r.value(n, o)
	return v.(tree.Object)
}

func (r *rewriter) value(n *Node, v any) (any, bool) {
	n = n.formFor(v)
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

func (r *rewriter) member(n *Node, token string, v any) (any, bool) {
	r.at = append(r.at, token)
	if r.enter != nil {
		r.enter()
	}
	c, changed := r.value(n.childOrUnknown(token), v)
	r.at = r.at[:len(r.at)-1]
	return c, changed
}
