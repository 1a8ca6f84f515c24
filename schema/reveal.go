package schema

import (
	"maps"

	"realmconf/schema/tree"
)

// Reveal is the way back: given is what a client sends, a whole configuration
// or the result of a merge into a masked one. Every token in it is replaced by
// what lookup gives for it, and for the part that it stands for. Given is not
// changed.
//
// A token is an issue of the kind SecretToken where no secret may stand, when
// it is malformed, when lookup does not know it, and where it would stand for
// another part than it was given for. Text that stands in prev at the same
// place is left as it is: a file may hold such text by hand.
func (m *Model) Reveal(given, prev tree.Object, lookup func(t Token, part Part) (any, bool)) (tree.Object, []Issue) {
	r := revealer{prev: prev, lookup: lookup}
	r.rewriter = rewriter{leaf: r.leaf, skip: func(*node) bool { return false }}
	revealed, looked := given, tree.Others(given, prev)
	for name, v := range r.object(m.root(), looked) {
		if !tree.Same(v, looked[name]) {
			if tree.Same(revealed, given) {
				revealed = maps.Clone(given)
			}
			revealed[name] = v
		}
	}
	return revealed, sorted(r.issues)
}

// revealer replaces the tokens of one configuration.
type revealer struct {
	rewriter
	prev   tree.Object
	lookup func(t Token, part Part) (any, bool)
	issues []Issue
}

func (r *revealer) leaf(n *node, v any) (any, bool) {
	s, ok := v.(string)
	if !ok || !mentionsToken(s, false) {
		return v, false
	}
	if old, _, _ := r.at.Get(r.prev); old == v {
		return v, false
	}
	switch {
	case n.weight().hides:
		return r.whole(s, Whole)
	case n.weight().reaches:
		return r.address(n, s)
	case mentionsToken(s, true):
		r.refuse("a secret's token stands where no secret may stand", "secrets cannot be read, copied or moved to here: leave the token where it was")
	}
	return v, false
}

// whole is the secret that a text stands for which is nothing but a token.
func (r *revealer) whole(s string, part Part) (any, bool) {
	t, ok := ParseToken(s)
	if !ok {
		r.refuse("this has a secret's token in it, and is none", "give the token by itself, as it was read, or write the secret itself")
		return s, false
	}
	secret, ok := r.resolve(t, part)
	return secret, ok
}

// address is an address whose secret parts were tokens. What comes out must
// have the same secret parts, so that it is shown with tokens again.
func (r *revealer) address(n *node, s string) (any, bool) {
	if _, ok := ParseToken(s); ok {
		v, ok := r.whole(s, Address)
		if a, is := n.addressAt(v); ok && (!is || !a.opaque) {
			r.refuse("the address that this token stands for may not stand here", "write the address itself")
			return s, false
		}
		return v, ok
	}
	a, ok := n.addressAt(s)
	if !ok || a.opaque || mentionsToken(a.before+"\n"+a.between+"\n"+a.fragment, true) {
		if ok || mentionsToken(s, true) {
			r.refuse("a secret's token stands in an address, and not as its userinfo or query", "leave the token where it was: before the @, or after the ?")
		}
		return s, false
	}
	userinfo, ok := r.part(a.userinfo, Userinfo)
	query, also := r.part(a.query, Query)
	if !ok || !also {
		return s, false
	}
	a.userinfo, a.query = userinfo, query
	if again, ok := n.addressAt(a.String()); !ok || again != a {
		r.refuse("with its secret the address reads as another one", "write the address itself")
		return s, false
	}
	return a.String(), true
}

// part is what stands in an address for a text that may be a token.
func (r *revealer) part(s string, part Part) (string, bool) {
	if !mentionsToken(s, false) {
		return s, true
	}
	t, ok := parseEncoded(s)
	if !ok {
		r.refuse("the "+part.String()+" has a secret's token in it, and is none", "give the token by itself, as it was read, or write the "+part.String()+" itself")
		return s, false
	}
	v, ok := r.resolve(t, part)
	if !ok {
		return s, false
	}
	return v.(string), true
}

// resolve asks for a part; those of addresses are text.
func (r *revealer) resolve(t Token, part Part) (any, bool) {
	if v, ok := r.lookup(t, part); ok {
		if _, text := v.(string); text || part == Whole {
			return v, true
		}
	}
	for _, other := range []Part{Whole, Address, Userinfo, Query} {
		if _, ok := r.lookup(t, other); ok {
			r.refuse("a token for a "+other.String()+", in the place of a "+part.String(),
				"leave the token where it was, and write the "+part.String()+" itself")
			return t.String(), false
		}
	}
	r.refuse("no secret is known by this token", "read the configuration again and leave its tokens where they are, or write the "+part.String()+" itself")
	return t.String(), false
}

func (r *revealer) refuse(message, hint string) {
	r.issues = append(r.issues, Issue{Kind: SecretToken, Path: r.at.String(), Message: message, Hint: hint})
}
