package schema

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"realmconf/schema/internal/jsonschema"
	"realmconf/schema/tree"
)

// builder makes the nodes of a loaded schema. The meaning of a place is a list of
// alternatives, of which a value takes one, and each alternative a list of schemas that
// hold together: in the schema, allOf and $ref make the second list longer, anyOf, oneOf
// and if the first one. A place below has the alternatives of all alternatives around
// it. A node is made once for the same alternatives in the same circumstances, so a
// recursive schema has finitely many nodes, which lead back to each other.
//
// Nodes below the names that a schema lists are made at once, those below other names
// when they are needed.
type builder struct {
	doc     *jsonschema.Document
	marks   []mark // the places of the options
	hasRisk bool   // some schema has x-risk

	mu sync.Mutex // guards the rest
	flattener
	nodes   map[string]*Node
	matched map[matchedName]*Node // of names that were compared with patterns
	pending []*Node               // whose parts are not made yet
	made    []*Node               // all, in their order, until isMade
	isMade  bool                  // root has returned
}

// Limits of what is known about a schema. What is beyond them is checked, and has no
// description.
const (
	maxNodes        = 100_000
	maxAlternatives = 48
)

// nodeSource is what a loaded node is made of.
type nodeSource struct {
	builder      *builder
	alternatives [][]*jsonschema.Schema
	around       circumstances

	shapes []shape // of the alternatives, as they are flattened
	others otherKeyRule

	secretNames []string // of the properties, nil if they are not known yet; builder.mu guards it
}

// circumstances are what a node has from those around it.
type circumstances struct {
	risk        RiskSet
	here, below secrecy      // of the place itself, and of those below it
	belowNamed  secretsBelow // of those below it under names that the schema does not list
	marks       markState
}

func newBuilder(doc *jsonschema.Document, options LoadOptions) *builder {
	b := &builder{doc: doc, nodes: make(map[string]*Node), matched: make(map[matchedName]*Node), marks: marksOf(options), flattener: newFlattener()}
	b.hasRisk = doc.Mentions("x-risk")
	return b
}

// root makes the nodes of all listed names and returns that of the root.
func (b *builder) root() *Node {
	b.mu.Lock()
	defer b.mu.Unlock()
	at := circumstances{risk: unclassed, marks: b.start()}
	root := b.node([][]*jsonschema.Schema{{b.doc.Root}}, at)
	b.finish()
	b.spreadRisks()
	b.made, b.isMade = nil, true
	return root
}

// finish makes the parts of nodes that are not complete.
func (b *builder) finish() {
	for len(b.pending) > 0 {
		n := b.pending[len(b.pending)-1]
		b.pending = b.pending[:len(b.pending)-1]
		b.complete(n)
	}
}

// node returns the node of some alternatives. Its parts are made later.
func (b *builder) node(alternatives [][]*jsonschema.Schema, around circumstances) *Node {
	key := around.key() + alternativesKey(alternatives)
	if n := b.nodes[key]; n != nil {
		return n
	}
	if len(b.nodes) >= maxNodes {
		alternatives = [][]*jsonschema.Schema{{}}
	}
	n := &Node{loaded: &nodeSource{builder: b, alternatives: alternatives, around: around}}
	b.nodes[key] = n
	n.Risk = around.risk
	b.describe(n)
	b.add(n)
	return n
}

// add notes a node whose parts are to be made.
func (b *builder) add(n *Node) {
	b.pending = append(b.pending, n)
	if !b.isMade {
		b.made = append(b.made, n)
	}
}

func (c circumstances) key() string {
	return fmt.Sprint(int(c.risk), int(c.here), int(c.below), int(c.belowNamed)) + c.marks.key() + ":"
}

func alternativesKey(alternatives [][]*jsonschema.Schema) string {
	var key []byte
	for _, list := range alternatives {
		for _, s := range list {
			key = strconv.AppendInt(key, int64(s.ID), 36)
			key = append(key, ',')
		}
		key = append(key, '|')
	}
	return string(key)
}

// describe fills in what a node says of the place itself.
func (b *builder) describe(n *Node) {
	p := n.loaded
	for _, list := range p.alternatives {
		p.shapes = append(p.shapes, b.flattener.flatten(list)...)
	}
	p.shapes = distinct(p.shapes)
	for i, so := range p.shapes {
		p.shapes[i] = so.indexed()
	}
	n.Unset = "skip"
	n.annotate(p)
	n.Types = typesOf(p.shapes)
	n.Enum = enumOf(p.shapes)
	n.limits(p.shapes)
	if own, has := p.risk(); has {
		n.Risk = own
	}
	n.secrecyOf(p)
	p.around.risk = n.Risk &^ NewRiskSet(RiskSecret)
	n.AllRisk = n.Risk
}

// complete makes the nodes below a node.
func (b *builder) complete(n *Node) {
	p := n.loaded
	var objects []shape
	var lists [][]*jsonschema.Schema
	acceptsList := false
	for _, s := range p.shapes {
		if s.accepts("object") {
			objects = append(objects, s)
		}
		if s.accepts("array") {
			acceptsList = true
			lists = append(lists, s.entries()...)
		}
	}
	areEntriesFree := len(lists) == 0
	if areEntriesFree {
		lists = [][]*jsonschema.Schema{nil}
	}
	if acceptsList {
		n.Items = b.node(distinctLists(lists), p.around.inside("-"))
		n.Key = keyOf(n)
	}
	switch {
	case len(objects) == 1 || len(objects) > 1 && !areDifferent(objects):
		b.members(n, objects)
	case len(objects) > 1:
		b.union(n, objects)
	}
	n.IsFree = n.Union == nil && len(n.Properties) == 0 && !n.IsClosed && len(objects) > 0 && objects[0].saysNothing() && areEntriesFree
}

// members makes the nodes of the members of an object that has one of some shapes.
func (b *builder) members(n *Node, shapes []shape) {
	names := make(map[string]bool)
	for _, s := range shapes {
		for _, schema := range s.schemas {
			for name := range schema.Properties {
				names[name] = true
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if lists := memberLists(shapes, name); len(lists) > 0 {
			c := b.named(n, lists, name)
			if isRequired(shapes, name) {
				c = b.required(c)
			}
			n.Properties = append(n.Properties, Property{name, c})
		}
	}
	other := otherLists(shapes)
	n.IsClosed = len(other) == 0
	for _, pattern := range patternsOf(shapes) {
		n.Patterns = append(n.Patterns, Property{pattern.Pattern.Text, b.named(n, [][]*jsonschema.Schema{{pattern.Schema}}, "")})
	}
	if !n.IsClosed {
		n.Additional = b.named(n, other, "")
	}
	n.loaded.others = n.findOtherKeyRule()
}

// named returns the node of the member of a name; "" is any name.
func (b *builder) named(n *Node, lists [][]*jsonschema.Schema, name string) *Node {
	around := b.insideNamed(n.loaded.around, n.loaded.lists(name), lists, name)
	return b.node(lists, around)
}

// lists reports whether a schema of a place has a property of a name.
func (p *nodeSource) lists(name string) bool {
	lists := false
	for _, so := range p.shapes {
		so.about(name, func(s *jsonschema.Schema) { lists = lists || s.Properties[name] != nil })
	}
	return lists
}

// required returns a node that is required by the object around it, as one of its own:
// the same schema may be optional elsewhere.
func (b *builder) required(n *Node) *Node {
	key := "required:" + n.loaded.around.key() + alternativesKey(n.loaded.alternatives)
	if r := b.nodes[key]; r != nil {
		return r
	}
	r := *n
	twin := *n.loaded
	r.loaded, r.IsRequired = &twin, true
	b.nodes[key] = &r
	b.add(&r)
	return &r
}

// union makes the branches of an object that has one of several shapes.
func (b *builder) union(n *Node, objects []shape) {
	u := &Union{Tag: tagOf(objects), objects: objects}
	for i, s := range objects {
		branch := &Node{loaded: &nodeSource{builder: b, alternatives: [][]*jsonschema.Schema{s.schemas}, around: n.loaded.around, shapes: []shape{s}}}
		branch.Types, branch.Risk, branch.AllRisk = n.Types, n.Risk, n.AllRisk
		branch.MayHoldSecret, branch.MayHoldAddress, branch.Unset = n.MayHoldSecret, n.MayHoldAddress, n.Unset
		branch.Description = s.text("description", "title")
		branch.Items = n.Items
		b.members(branch, []shape{s})
		u.Branches = append(u.Branches, Branch{Name: s.branchName(u.Tag, i, objects), Node: branch})
	}
	n.Union = u
	for _, p := range u.Branches[0].Node.Properties {
		isShared := !slices.ContainsFunc(u.Branches[1:], func(other Branch) bool { return other.Node.property(p.Name) != p.Node })
		if isShared {
			n.Properties = append(n.Properties, p)
		}
	}
}

// spreadRisks adds to AllRisk of each node the classes of the nodes below.
func (b *builder) spreadRisks() {
	for changed := true; changed; {
		changed = false
		for _, n := range slices.Backward(b.made) { // those below come later
			all := n.AllRisk
			n.forEachBelow(func(c *Node) { all |= c.AllRisk })
			changed = changed || all != n.AllRisk
			n.AllRisk = all
		}
	}
}

// forEachBelow calls do for the nodes directly below a node, in all of its forms.
func (n *Node) forEachBelow(do func(*Node)) {
	for _, form := range n.forms() {
		for _, list := range [][]Property{form.Properties, form.Patterns} {
			for _, p := range list {
				do(p.Node)
			}
		}
		for _, c := range []*Node{form.Items, form.Additional} {
			if c != nil {
				do(c)
			}
		}
	}
}

// risk returns the classes that the schemas of a place give it.
func (p *nodeSource) risk() (RiskSet, bool) {
	var all RiskSet
	has := false
	if !p.builder.hasRisk {
		return 0, false
	}
	for _, s := range p.shapes {
		for _, schema := range s.schemas {
			v, says := schema.Source["x-risk"]
			if !says {
				continue
			}
			own, err := parseRiskSet(v)
			if err != nil {
				own = unclassed // a keyword of another program, which foreignRisk notes
			}
			all, has = all|own, true
		}
	}
	return all, has
}

// foreignRisk returns x-risk of a schema object that has one of another vocabulary, and
// why it has no effect.
func foreignRisk(o tree.Object) (keyword, why string) {
	v, has := o["x-risk"]
	if !has {
		return "", ""
	}
	if _, err := parseRiskSet(v); err != nil {
		return "x-risk", err.Error() + "; the place has the class " + string(RiskUnclassed)
	}
	return "", ""
}

// keyOf returns the member that identifies the entries of a list.
func keyOf(list *Node) string {
	for _, s := range list.loaded.shapes {
		for _, schema := range s.schemas {
			if key := schema.Text("x-key"); key != "" {
				return key
			}
		}
	}
	entries := list.Items.loaded.shapes
	for _, name := range []string{"id", "name", "key"} {
		if len(entries) > 0 && !slices.ContainsFunc(entries, func(s shape) bool { return !s.accepts("object") || !s.requires(name) }) {
			return name
		}
	}
	return ""
}

// annotate reads the keywords that say something about a place to people. The nearest
// schema comes first: beside a reference, then behind it.
func (n *Node) annotate(p *nodeSource) {
	for _, s := range p.shapes {
		if n.Description == "" {
			n.Description = s.text("description", "markdownDescription", "title")
		}
		for _, schema := range s.schemas {
			o := schema.Source
			if n.Description == "" {
				n.Description, _ = at(o, "x-taplo", "docs", "main").(string)
			}
			if n.Format == "" {
				n.Format = schema.Format
			}
			if v, has := o["default"]; has && !n.HasDefault && v != nil && p.accepts(v) {
				n.Default, n.HasDefault, n.Unset = fromTree(v), true, "default"
			}
			if list, isList := o["examples"].([]any); isList && n.Examples == nil {
				n.Examples = list
			}
			if o["deprecated"] == true || o["x-deprecated"] == true || o["deprecationMessage"] != nil {
				n.IsDeprecated = true
			}
		}
		if n.HasDefault && n.Description != "" {
			break
		}
	}
	n.Description = strings.TrimSpace(n.Description)
}

// at returns a value inside of objects, nil if it is not there.
func at(v any, names ...string) any {
	found, _, _ := tree.Pointer(names).Get(v)
	return found
}
