package schema

import (
	"realmconf/schema/internal/jsonschema"
	"realmconf/schema/tree"
)

// keepOne ends the explanation of keys that exclude each other.
const keepOne = "keep one of them; in a patch, null removes a key"

// rivals returns the keys of an object that exclude one of its keys: the schema knows the
// key in another form of the object, which does not have these.
func (n *Node) rivals(o tree.Object, name string) []string {
	if n.Union == nil {
		return nil
	}
	for _, b := range n.Union.Branches {
		if b.Node.property(name) == nil {
			continue
		}
		var names []string
		for _, other := range sortedNames(o) {
			if b.Node.child(other) == nil && n.namesInSomeForm(other) {
				names = append(names, other)
			}
		}
		if len(names) > 0 {
			return names
		}
	}
	return nil
}

// namesInSomeForm reports whether a form of an object names a key.
func (n *Node) namesInSomeForm(name string) bool {
	for _, b := range n.Union.Branches {
		if b.Node.property(name) != nil {
			return true
		}
	}
	return false
}

// excludedBeside explains a key that a form of an object excludes in words.
func (c *checker) excludedBeside(f finding, s *jsonschema.Schema) Issue {
	issue := Issue{
		Kind: f.kind, Path: f.at.String(), Message: "the schema does not allow this key together with the others",
		Hint: "remove it, or change what it does not go together with",
	}
	_, o := c.object(f.at[:len(f.at)-1])
	var names []string
	for _, other := range sortedNames(o) {
		if p := s.Properties[other]; p != nil && !p.Never {
			names = append(names, other)
		}
	}
	if len(names) > 0 {
		issue.Message, issue.Hint = "the schema does not allow this key together with "+joinKeys(names), keepOne
	}
	return issue
}

// joinKeys joins the names of keys, some of them if there are many.
func joinKeys(names []string) string { return clip(tree.JoinWords(names, "and", maxListed)) }
