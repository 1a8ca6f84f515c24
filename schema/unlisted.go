package schema

import (
	"slices"

	"realmconf/schema/internal/jsonschema"
	"realmconf/schema/tree"
)

// child returns the node of a member whose name the schema does not list, or of an entry
// of a list, nil if there can be none.
func (p *nodeSource) child(n *Node, token string) *Node {
	p.builder.mu.Lock()
	defer p.builder.mu.Unlock()
	defer p.builder.finish()
	var objects []shape
	for _, s := range p.shapes {
		if s.accepts("object") {
			objects = append(objects, s)
		}
	}
	if len(objects) == 0 {
		return nil
	}
	if !slices.ContainsFunc(objects, shape.hasPatterns) {
		return p.builder.unlisted(n, objects, token)
	}
	key := matchedName{p, token}
	if c, has := p.builder.matched[key]; has {
		return c
	}
	if len(p.builder.matched) >= maxMatched {
		clear(p.builder.matched)
	}
	c := p.builder.unlisted(n, objects, token)
	p.builder.matched[key] = c
	return c
}

// matchedName is a name at a place.
type matchedName struct {
	at   *nodeSource
	name string
}

// maxMatched is how many names are kept: more than a configuration has.
const maxMatched = 100_000

// unlisted returns the node of a member that has one of some shapes, nil if it may not
// be there.
func (b *builder) unlisted(n *Node, objects []shape, name string) *Node {
	lists := memberLists(objects, name)
	if len(lists) == 0 {
		return nil
	}
	return b.named(n, lists, name)
}

// unknownChild returns the node of a place that the schema does not have.
func (p *nodeSource) unknownChild(n *Node, token string) *Node {
	p.builder.mu.Lock()
	defer p.builder.mu.Unlock()
	defer p.builder.finish()
	around := p.builder.insideNamed(p.around, false, [][]*jsonschema.Schema{{}}, token)
	if near, ok := p.nearSecret(n, token); ok { // a misspelt name
		around.raise(max(near.loaded.around.here, hidesTexts), true)
	}
	return p.builder.node([][]*jsonschema.Schema{{}}, around)
}

// maxSecretNames is how many keys with secrets an object can have of which another key may
// be a misspelling. Beside more of them, each other key counts as one.
const maxSecretNames = 200

// nearSecret returns a property that may hold a secret and whose name is near to a key.
func (p *nodeSource) nearSecret(n *Node, token string) (*Node, bool) {
	if p.secretNames == nil {
		p.secretNames = []string{}
		for _, property := range n.Properties {
			if property.Node.MayHoldSecret {
				p.secretNames = append(p.secretNames, property.Name)
			}
		}
	}
	if len(p.secretNames) > maxSecretNames {
		return n.property(p.secretNames[0]), true
	}
	near, ok := tree.Nearest(token, p.secretNames)
	return n.property(near), ok
}
