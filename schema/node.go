package schema

import (
	"maps"
	"slices"

	"realmconf/schema/tree"
)

// Node is the schema of one place: what a value there may be, and what is known
// about it. Parse makes the nodes of a JSON Schema; the generator writes them as
// Go data, so that a program parses none when it starts. For that reason they
// have sorted lists and no maps, and no node leads back to itself. The nodes of a schema
// that Load reads may: they know a place, which makes nodes when they are needed.
//
// Nodes are never changed once they are made.
type Node struct {
	Description string
	Types       []string // JSON Schema's names; empty: any type
	Format      string   // of a text: the name of a TextFormat
	IsURL       bool     // x-format: the text is a URL
	IsWebhook   bool     // x-format: it is one whose path is secret, too
	IsName      bool     // x-format: the text is a name, in which "@" ends no userinfo
	Enum        []any    // nil: any value
	Minimum     any      // int64, uint64 or float64; nil: no limit
	Maximum     any

	Default    any    // an object is Members
	HasDefault bool   // distinguishes a default of null from no default
	Unset      string // x-unset: "null", "skip", "default", "absent" or ""
	IsRequired bool   // the object around it requires this key

	Form         string   // x-form
	Key          string   // x-key: the member that identifies the entries of this list
	Aliases      []string // x-alias: other names of this key
	ValueAliases []Alias  // x-value-alias: other spellings of values

	Risk           RiskSet // its own risk classes, or the inherited ones
	AllRisk        RiskSet // the risk classes here and below
	MayHoldSecret  bool    // a secret may be here or below
	MayHoldAddress bool    // an address may be here or below

	Properties []Property // sorted by name
	KeyAliases []Alias    // other names of the properties
	IsClosed   bool       // other keys are not allowed
	Additional *Node      // of other keys; nil: there are none, or IsFree
	Items      *Node      // of a list's entries
	Union      *Union
	Wrapper    *Wrapper

	IsLoose bool // of a union's value that selects no branch
	IsFree  bool // any value is allowed here and below

	// Load alone fills in the following.
	Examples     []any
	IsDeprecated bool
	Patterns     []Property // of the names that match an expression, which is the Name
	loaded       *nodeSource
}

// Property is a key of an object. The key of a branch that all branches have
// shares its node with them.
type Property struct {
	Name string
	Node *Node
}

// Alias is another name, of a key or of a value.
type Alias struct {
	Other, Name string
}

// Members are the members of an object, sorted by name.
type Members []Member

// Member is one member of an object.
type Member struct {
	Name  string
	Value any
}

// Union is the branches of an object whose keys depend on its value.
type Union struct {
	Tag      string // the key whose value selects the branch; "" where the keys select it
	Branches []Branch
	objects  []shape // of a loaded union, one for each branch; choose selects one
	Loose    *Node   // of a value that selects no branch: it has the keys of all branches
}

// Branch is one form of an object. It has the keys that all branches have, too.
type Branch struct {
	Name string // the value of the tag, or the key that selects the branch
	Node *Node
}

// Wrapper is the full form of an object that may also be given bare, as the
// value of one member of the full form. An object is taken for the full form if
// it has that member, and either has the mark or no key that the form lacks.
type Wrapper struct {
	Member    string // holds the bare object
	Mark      string // a key, and its value in the full form
	MarkValue string
	Node      *Node
}

// anything returns the node of a place about which the schema says nothing.
func anything(risk RiskSet) *Node {
	n := &Node{Risk: risk, IsFree: true}
	n.computeRisks()
	return n
}

// unknown is a place that the schema does not have. Its value may be a secret, and
// another version of the platform may run it.
var unknown = &Node{Risk: everyRisk, AllRisk: everyRisk, MayHoldSecret: true, IsFree: true}

// misplaced is a place below a list or an object where the schema wants a secret
// text: numbers there may be as secret as the text.
var misplaced = &Node{Risk: everyRisk, AllRisk: everyRisk, MayHoldSecret: true}

// property returns the property of a name, nil if there is none.
func (n *Node) property(name string) *Node {
	first, end := 0, len(n.Properties)
	for first < end {
		middle := (first + end) / 2
		p := &n.Properties[middle]
		switch {
		case p.Name == name:
			return p.Node
		case p.Name < name:
			first = middle + 1
		default:
			end = middle
		}
	}
	return nil
}

// canonicalKey returns a property's own name for another one, and whether it is
// another one.
func (n *Node) canonicalKey(name string) (string, bool) { return find(n.KeyAliases, name) }

func find(aliases []Alias, other string) (string, bool) {
	for _, a := range aliases {
		if a.Other == other {
			return a.Name, true
		}
	}
	return "", false
}

// names returns the names of the properties, sorted.
func (n *Node) names() []string {
	names := make([]string, len(n.Properties))
	for i, p := range n.Properties {
		names[i] = p.Name
	}
	return names
}

// child returns the node one token further down, nil if there is none. A node
// that depends on its value must be resolved first, see formFor.
func (n *Node) child(token string) *Node {
	if name, isAlias := n.canonicalKey(token); isAlias {
		token = name
	}
	if c := n.property(token); c != nil {
		return c
	}
	if n.Items != nil {
		if _, isIndex := tree.ArrayIndex(token); isIndex || token == "-" {
			return n.Items
		}
	}
	switch {
	case n.loaded != nil:
		return n.loaded.child(n, token)
	case n.Additional != nil || !n.IsFree:
		return n.Additional
	case n.IsURL: // a list or an object in its place may hold anything
		return unknown
	}
	return n
}

// formFor returns the node that a value selects: a branch of a union, the full form
// of a wrapper, and n itself otherwise.
func (n *Node) formFor(v any) *Node {
	o, isObject := v.(map[string]any)
	switch {
	case !isObject:
		return n
	case n.Wrapper != nil && n.Wrapper.matches(o):
		return n.Wrapper.Node
	case n.Union != nil && n.Union.objects != nil:
		return n.Union.choose(o)
	case n.Union != nil:
		if selected := n.Union.branch(o); selected != nil {
			return selected
		}
		return n.Union.Loose
	}
	return n
}

// branch returns the branch that a value selects, nil if it selects none.
func (u *Union) branch(o tree.Object) *Node {
	tag, _ := o[u.Tag].(string)
	for _, b := range u.Branches {
		if u.Tag != "" {
			if b.Name == tag {
				return b.Node
			}
		} else if _, has := o[b.Name]; has {
			return b.Node
		}
	}
	return nil
}

// matches reports whether an object has the full form.
func (w *Wrapper) matches(o tree.Object) bool {
	if _, has := o[w.Member]; !has {
		return false
	}
	if o[w.Mark] == w.MarkValue {
		return true
	}
	for key := range o {
		if w.Node.property(key) == nil {
			return false
		}
	}
	return true
}

// wrap returns an object in the full form.
func (w *Wrapper) wrap(o tree.Object) tree.Object {
	if w.matches(o) {
		return o
	}
	return tree.Object{w.Member: o}
}

// forms returns every node that formFor can return for a valid value.
func (n *Node) forms() []*Node {
	switch {
	case n.Wrapper != nil:
		return []*Node{n.Wrapper.Node, n}
	case n.Union != nil:
		all := make([]*Node, len(n.Union.Branches))
		for i, b := range n.Union.Branches {
			all[i] = b.Node
		}
		return all
	}
	return []*Node{n}
}

// lookup follows a pointer through the schema alone. It returns one node for
// each combination of branches in which the place exists.
func (n *Node) lookup(p tree.Pointer) []*Node {
	at := []*Node{n}
	for _, t := range p {
		var next []*Node
		for _, n := range at {
			for _, form := range n.forms() {
				if c := form.child(t); c != nil && !slices.Contains(next, c) {
					next = append(next, c)
				}
			}
		}
		at = next
	}
	return at
}

// accepts reports whether the schema names this type for a value.
func (n *Node) accepts(typeName string) bool { return slices.Contains(n.Types, typeName) }

// isSection reports whether an absent object means the same as one without
// keys, so that the resolved view shows its defaults.
func (n *Node) isSection() bool {
	return n.accepts("object") && !n.HasDefault && n.Unset == "" && !n.IsRequired && len(n.Properties) > 0
}

// defaultValue returns the default as a value of a tree. An object is new, or
// empty and shared.
func (n *Node) defaultValue() any { return toTree(n.Default) }

// emptyObject is the value of every default that is an object without members.
var emptyObject = tree.Object{}

func toTree(v any) any {
	switch v := v.(type) {
	case Members:
		if len(v) == 0 {
			return emptyObject
		}
		o := make(tree.Object, len(v))
		for _, m := range v {
			o[m.Name] = toTree(m.Value)
		}
		return o
	case []any:
		if !slices.ContainsFunc(v, holdsMembers) {
			return v
		}
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = toTree(e)
		}
		return list
	}
	return v
}

// fromTree returns a value of a tree as a Node keeps it.
func fromTree(v any) any {
	switch v := v.(type) {
	case map[string]any:
		members := Members{}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			members = append(members, Member{name, fromTree(v[name])})
		}
		return members
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = fromTree(e)
		}
		return list
	}
	return v
}

// holdsMembers reports whether a kept value is an object or has one in it.
func holdsMembers(v any) bool {
	switch v := v.(type) {
	case Members:
		return true
	case []any:
		return slices.ContainsFunc(v, holdsMembers)
	}
	return false
}
