package schema

import (
	"maps"
	"slices"
	"sync"

	"realmconf/schema/tree"
)

// node is one place of the schema, as Fill and the messages need it. The
// validator has its own form of the same text.
type node struct {
	source     tree.Object // the schema object itself, without what stands below
	types      []string
	format     string
	enum       []any
	def        any
	hasDefault bool
	required   bool
	unset      string // x-unset: "null", "skip", "default", "absent" or ""
	key        string // x-key

	class  Risk // its own, or what it inherits
	secret bool // its class is secret
	url    bool // text here is a URL

	properties map[string]*node
	names      []string          // of the properties, sorted
	aliases    map[string]string // other name of a property -> its name
	values     map[string]string // other spelling of a value -> the value

	form  bool // a branch of a union, or the words about an output schema
	loose bool // of a union's value that selects no branch
	free  bool // anything may stand here

	read   sync.Once
	within inner // read by inner
	weigh  sync.Once
	weighs weight // worked out by weight
}

// anything is what stands where the schema says nothing.
func anything(class Risk) *node {
	return &node{class: class, secret: class == RiskSecret, free: true}
}

// unknown is a place that the schema does not have. What stands there may be a
// secret, since nobody knows.
var unknown = anything(RiskSecret)

// misplaced is what stands below a value that should be a secret and is a list
// or an object: numbers there are as secret as the value itself.
var misplaced = &node{class: RiskSecret, secret: true}

// parseNode reads one schema object. The class is what it inherits.
func parseNode(o tree.Object, class Risk) *node {
	n := &node{source: o, aliases: make(map[string]string)}
	switch t := o["type"].(type) {
	case string:
		n.types = []string{t}
	case []any:
		for _, e := range t {
			n.types = append(n.types, e.(string))
		}
	}
	n.format, _ = o["format"].(string)
	n.enum, _ = o["enum"].([]any)
	n.def, n.hasDefault = o["default"]
	n.unset, _ = o["x-unset"].(string)
	n.key, _ = o["x-key"].(string)
	n.url = o["x-format"] == "url"
	n.class = classOf(o, class)
	n.secret = n.class == RiskSecret
	if values, ok := o["x-value-alias"].(map[string]any); ok {
		n.values = make(map[string]string)
		for other, v := range values {
			n.values[other] = v.(string)
		}
	}
	n.parseMembers(o)
	n.free = o["x-form"] == formOutputSchema || n.open() && len(n.properties) == 0
	return n
}

// open reports whether the schema says nothing of keys that are not listed.
func (n *node) open() bool {
	_, said := n.source["additionalProperties"]
	_, union := n.source["allOf"]
	return !said && !union && (len(n.types) == 0 || n.is("object"))
}

// parseMembers adds the properties of a schema object to those that there are.
func (n *node) parseMembers(o tree.Object) {
	properties, _ := o["properties"].(map[string]any)
	if n.properties == nil && properties != nil {
		n.properties = make(map[string]*node, len(properties))
	}
	for name, p := range properties {
		p, ok := known(p).(map[string]any)
		if !ok {
			continue // true: a member that all branches of a union have
		}
		n.properties[name] = parseNode(p, n.class)
		for _, other := range otherNames(p) {
			n.aliases[other] = name
		}
	}
	n.names = slices.Sorted(maps.Keys(n.properties))
	required, _ := o["required"].([]any)
	for _, name := range required {
		if p := n.properties[name.(string)]; p != nil {
			p.required = true
		}
	}
}

// otherNames is the x-alias list of a property.
func otherNames(property tree.Object) []string {
	var names []string
	list, _ := property["x-alias"].([]any)
	for _, name := range list {
		names = append(names, name.(string))
	}
	return names
}

// child is the node one token further down, nil where there is none. For a
// value that is an object, of must have been asked first.
func (n *node) child(token string) *node {
	if name, ok := n.aliases[token]; ok {
		token = name
	}
	if c := n.properties[token]; c != nil {
		return c
	}
	if _, index := tree.ArrayIndex(token); n.inner().items != nil && (index || token == "-") {
		return n.inner().items
	}
	return n.inner().additional
}

// along follows a pointer through the schema and a value together. Where it
// leads nowhere, it gives an unknown node and false.
func (n *node) along(p tree.Pointer, v any) (*node, any, bool) {
	for _, t := range p {
		if n = n.of(v).child(t); n == nil {
			return unknown, nil, false
		}
		v, _, _ = tree.Pointer{t}.Get(v)
	}
	return n, v, true
}

// lookup follows a pointer through the schema alone. There is one node for
// each combination of union branches in which the pointer leads somewhere.
func (n *node) lookup(p tree.Pointer) []*node {
	at := []*node{n}
	for _, t := range p {
		var next []*node
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

// is reports whether a value of this type may stand here.
func (n *node) is(name string) bool { return slices.Contains(n.types, name) }

// section reports whether an absent object is the same as one whose keys are
// all absent, and so has something to show.
func (n *node) section() bool {
	return n.is("object") && !n.hasDefault && n.unset == "" && !n.required && len(n.properties) > 0
}
