package schema

import (
	"maps"

	"realmconf/schema/tree"
)

// revealer replaces the tokens of one configuration.
type revealer struct {
	rewriter
	model  *Model
	prev   tree.Object
	lookup func(t Token, part Part) (any, bool)
	issues []Issue
}

// Reveal is the inverse of Mask. given is a whole configuration from a client, or
// the result of a merge into a masked one; every token in it is replaced by the
// result of lookup for it and the part that it replaces. given is not changed.
//
// A token is an issue of the kind SecretToken in a place that cannot hold a
// secret, if it is malformed, if lookup does not know it, and in the place of
// another part than its own. Text that prev has in the same place stays as it is:
// a file may hold such text by hand.
func (m *Model) Reveal(given, prev tree.Object, lookup func(t Token, part Part) (any, bool)) (tree.Object, []Issue) {
	r := revealer{model: m, prev: prev, lookup: lookup}
	r.rewriter = rewriter{leaf: r.leaf, enter: r.checkName, skip: func(*Node) bool { return false }}
	revealed, changed := given, tree.Others(given, prev)
	for name, v := range r.object(m.root, changed) {
		if !tree.Same(v, changed[name]) {
			if tree.Same(revealed, given) {
				revealed = maps.Clone(given)
			}
			revealed[name] = v
		}
	}
	return revealed, sortIssues(r.issues)
}

func (r *revealer) leaf(n *Node, v any) (any, bool) {
	s, isText := v.(string)
	if !isText || !mentionsToken(s, anyMention) {
		return v, false
	}
	if old, _, _ := r.at.Get(r.prev); old == v {
		return v, false
	}
	switch {
	case n.MayHoldSecret:
		secret, ok := r.whole(s, Whole)
		if ok && !n.holdsSecret(secret) {
			r.refuse("the secret of this token would be shown here", "secrets cannot be read, copied or moved to here: leave the token where it was")
			return v, false
		}
		return secret, ok
	case n.MayHoldAddress:
		return r.address(n, s)
	case mentionsToken(s, withGeneration):
		if t, ok := ParseToken(s); ok && len(r.model.root.lookup(t.Path)) == 0 {
			r.refuse("this token stands for the value of an unknown key, which counts as a secret and cannot be moved",
				"write the value itself here, and remove "+t.Path.String())
			break
		}
		r.refuseHere()
	}
	return v, false
}

// refuseHere refuses a token in a place that cannot hold a secret.
func (r *revealer) refuseHere() {
	r.refuse("a secret's token is in a place that cannot hold a secret", "secrets cannot be read, copied or moved to here: leave the token where it was")
}

// checkName refuses a token in the place of a key's name, where it would be stored as it
// is.
func (r *revealer) checkName() {
	name := r.at[len(r.at)-1]
	if !mentionsToken(name, withGeneration) {
		return
	}
	if _, _, existed := r.at.Get(r.prev); !existed {
		r.refuse("a secret's token is in the name of a key", "a token stands for a value: write the name of the key itself")
	}
}

// whole returns the secret for a text that is exactly one token.
func (r *revealer) whole(s string, part Part) (any, bool) {
	t, ok := ParseToken(s)
	if !ok {
		r.refuse("this contains a secret's token and is not one", "give the token alone, as it was read, or write the secret itself")
		return s, false
	}
	secret, ok := r.resolve(t, part)
	return secret, ok
}

// address returns an address whose secret parts were tokens. The result must have
// the same secret parts, so that it is shown with tokens again.
func (r *revealer) address(n *Node, s string) (any, bool) {
	if t, isToken := ParseToken(s); isToken {
		if _, isWhole := r.lookup(t, Address); n.loaded != nil && !isWhole {
			r.refuseWhole(t)
			return s, false
		}
		v, ok := r.whole(s, Address)
		if a, isAddress := n.addressOf(v); ok && (!isAddress || !a.opaque) {
			r.refuse("the address of this token is not allowed here", "write the address itself")
			return s, false
		}
		return v, ok
	}
	a, isAddress := n.addressOf(s)
	if n.loaded != nil && !isURL(s) && mentionsToken(s, withGeneration) {
		r.refuseHere()
		return s, false
	}
	if !isAddress && !n.IsName && n.loaded == nil && !isJSON(s) && mentionsToken(s, withGeneration) {
		a, isAddress = cutAddress(s, n.IsWebhook), true // its only "@" may be behind the token
	}
	if !isAddress || a.opaque || mentionsToken(a.before+"\n"+a.between, withGeneration) {
		if isAddress || mentionsToken(s, withGeneration) {
			r.refuse("a secret's token is in an address, and is no part of it that is secret", "leave the token where it was: before the @, at the end of the path, after the ? or after the #")
		}
		return s, false
	}
	areKnown := true
	for part := Userinfo; part <= lastPart; part++ {
		text := a.partOf(part)
		revealed, ok := r.part(*text, part)
		*text, areKnown = revealed, areKnown && ok
	}
	if !areKnown {
		return s, false
	}
	if again, ok := n.addressOf(a.String()); !ok || again != a {
		r.refuse("with its secret the address reads as another one", "write the address itself")
		return s, false
	}
	return a.String(), true
}

// refuseWhole refuses a token in the place of a whole text that is no address with a
// secret. In a loaded schema each place may have an address, so that any secret's token
// gets here.
func (r *revealer) refuseWhole(t Token) {
	for _, part := range Parts() {
		if _, isKnown := r.lookup(t, part); isKnown {
			r.refuseHere()
			return
		}
	}
	r.refuse("no secret is known by this token", "read the configuration again and leave its tokens where they are, or write the value itself")
}

// part returns a part of an address; s may be a token for it.
func (r *revealer) part(s string, part Part) (string, bool) {
	if !mentionsToken(s, anyMention) {
		return s, true
	}
	t, ok := parseEncoded(s)
	if !ok {
		r.refuse("the "+part.String()+" contains a secret's token and is not one", "give the token alone, as it was read, or write the "+part.String()+" itself")
		return s, false
	}
	v, ok := r.resolve(t, part)
	if !ok {
		return s, false
	}
	return v.(string), true
}

// resolve returns the secret of a token. A part of an address must be text.
func (r *revealer) resolve(t Token, part Part) (any, bool) {
	if v, ok := r.lookup(t, part); ok {
		if _, isText := v.(string); isText || part == Whole {
			return v, true
		}
	}
	for _, other := range Parts() {
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
