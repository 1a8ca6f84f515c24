package schema

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"realmconf/schema/tree"
)

// parser makes nodes of schema objects. It goes on after a mistake and keeps the
// first.
type parser struct {
	model Model             // knows the formats
	free  map[RiskSet]*Node // the nodes of places without a schema, by their risk classes
	err   error
}

// Parse reads a JSON Schema (draft 2020-12) in the form that the generator
// writes: without references, with unions as an allOf of if and then (see
// parser.union). A keyword that Check would not check is an error.
func Parse(source []byte, r Rules) (*Node, error) { return parse(source, r, 0) }

// parse is Parse of a schema whose root inherits some risk classes.
func parse(source []byte, r Rules, inherited RiskSet) (*Node, error) {
	o, err := tree.DecodeObjectUnlimited(source)
	if err != nil {
		return nil, fmt.Errorf("the schema is not JSON: %w", err)
	}
	p := parser{model: Model{rules: r}, free: make(map[RiskSet]*Node)}
	root := p.node(o, nil, inherited)
	if p.err != nil {
		return nil, p.err
	}
	return root, nil
}

func (p *parser) fail(at tree.Pointer, reason string) {
	if p.err == nil {
		p.err = fmt.Errorf("the schema is not understood at %q: %s", at, reason)
	}
}

// node reads one schema object. The risk classes are those that it inherits.
func (p *parser) node(o tree.Object, at tree.Pointer, inherited RiskSet) *Node {
	risk, err := riskOf(o, inherited)
	if err != nil {
		p.fail(at.Child("x-risk"), err.Error())
	}
	n := &Node{Risk: risk}
	for _, keyword := range slices.Sorted(maps.Keys(o)) {
		p.keyword(n, keyword, o[keyword], at.Child(keyword))
	}
	p.properties(n, o, at)
	p.below(n, o, at)
	n.computeRisks()
	return n
}

// keyword reads a keyword that is about the place itself.
func (p *parser) keyword(n *Node, keyword string, v any, at tree.Pointer) {
	switch keyword {
	case "description":
		n.Description = p.text(v, at)
	case "type":
		if name, isText := v.(string); isText {
			n.Types = []string{name}
		} else {
			n.Types = p.texts(v, at)
		}
	case "format":
		n.Format = p.text(v, at)
		if _, known := p.model.textFormat(n.Format); !known {
			p.fail(at, "no rule checks this format")
		}
	case "enum":
		n.Enum, _ = fromTree(p.list(v, at)).([]any)
	case "minimum":
		n.Minimum = v
	case "maximum":
		n.Maximum = v
	case "default":
		n.Default, n.HasDefault = fromTree(v), true
	case "x-unset":
		n.Unset = p.text(v, at)
	case "x-form":
		n.Form = p.text(v, at)
	case "x-key":
		n.Key = p.text(v, at)
	case "x-format":
		n.IsWebhook = v == "webhook"
		n.IsURL, n.IsName = v == "url" || n.IsWebhook, v == "name"
		if !n.IsURL && !n.IsName {
			p.fail(at, "the values are url, webhook and name")
		}
	case "x-alias":
		n.Aliases = p.texts(v, at)
	case "x-value-alias":
		values := p.object(v, at)
		for _, other := range slices.Sorted(maps.Keys(values)) {
			n.ValueAliases = append(n.ValueAliases, Alias{other, p.text(values[other], at)})
		}
	case "properties", "required", "items", "additionalProperties", "allOf", "anyOf", "if", "then":
		// See properties and below.
	case "$schema", "$id", "$comment", "title", "examples":
	default:
		if !strings.HasPrefix(keyword, "x-") {
			p.fail(at, "no rule checks this keyword")
		}
	}
}

// properties adds the properties of a schema object to those of a node.
func (p *parser) properties(n *Node, o tree.Object, at tree.Pointer) {
	if o["properties"] != nil {
		properties := p.object(o["properties"], at.Child("properties"))
		own := n.Properties
		for _, name := range slices.Sorted(maps.Keys(properties)) {
			if properties[name] == true && n.property(name) != nil {
				continue // a key that all branches of a union have
			}
			below := at.Child("properties").Child(name)
			c := p.node(p.object(properties[name], below), below, n.Risk)
			own = append(own, Property{name, c})
			for _, other := range c.Aliases {
				n.KeyAliases = append(n.KeyAliases, Alias{other, name})
			}
		}
		n.Properties = own
		slices.SortFunc(n.Properties, func(a, b Property) int { return cmp.Compare(a.Name, b.Name) })
	}
	if o["required"] == nil {
		return
	}
	for _, name := range p.texts(o["required"], at.Child("required")) {
		if c := n.property(name); c != nil {
			c.IsRequired = true
		} else {
			p.fail(at.Child("required"), "it names no property")
		}
	}
}

// below reads the keywords about values without a name of their own, and about
// the forms that an object may have.
func (p *parser) below(n *Node, o tree.Object, at tree.Pointer) {
	if items, has := o["items"]; has {
		n.Items = p.node(p.object(items, at.Child("items")), at.Child("items"), n.Risk)
	}
	additional, isSaid := o["additionalProperties"]
	_, isUnion := o["allOf"]
	switch {
	case isUnion:
		n.Union = p.union(n, o, at)
	case additional == false:
		n.IsClosed = true
	case additional == true || !isSaid && (len(n.Types) == 0 || n.accepts("object")):
		n.Additional = p.anything(n.Risk)
		n.IsFree = !isSaid && len(n.Properties) == 0
	case isSaid:
		below := at.Child("additionalProperties")
		n.Additional = p.node(p.object(additional, below), below, n.Risk)
	}
	if _, wraps := o["if"]; wraps {
		n.Wrapper = p.wrapper(n, o, at)
	}
}

// anything returns the node of places of some risk classes that have no schema.
func (p *parser) anything(risk RiskSet) *Node {
	if p.free[risk] == nil {
		p.free[risk] = anything(risk)
	}
	return p.free[risk]
}

// union reads the branches of an object. The schema has x-tag and
//
//	allOf: [{if: {properties: {TAG: {const: VALUE}}, required: [TAG]}, then: BRANCH}, …]
//
// or, without x-tag, KEY being there and the keys of all earlier branches not,
//
//	allOf: [{if: {required: [KEY], not: {anyOf: [{required: [EARLIER]}, …]}}, then: BRANCH}, …]
//	anyOf: [{required: [KEY]}, …]
func (p *parser) union(n *Node, o tree.Object, at tree.Pointer) *Union {
	u := &Union{}
	if tag, has := o["x-tag"]; has {
		u.Tag = p.text(tag, at.Child("x-tag"))
	}
	var keys []any // {required: [KEY]}, of the branches so far
	for i, entry := range p.list(o["allOf"], at.Child("allOf")) {
		at := at.Child("allOf").Index(i)
		b := p.object(entry, at)
		condition := p.object(b["if"], at.Child("if"))
		name, err := selector(condition, u.Tag)
		if err != nil || !tree.Equal(condition, wantedCondition(u.Tag, name, keys)) {
			p.fail(at.Child("if"), "it is not the condition of a branch")
		}
		keys = append(keys, tree.Object{"required": []any{name}})
		then := p.object(b["then"], at.Child("then"))
		u.Branches = append(u.Branches, Branch{name, p.branch(n, then, at.Child("then"))})
	}
	if u.Tag == "" && !tree.Equal(o["anyOf"], keys) {
		p.fail(at.Child("anyOf"), "it does not require one of the branches")
	}
	u.Loose = p.loose(n, u.Branches)
	return u
}

// selector returns the value or the key that an if asks for.
func selector(condition tree.Object, tag string) (string, error) {
	var v any
	if tag == "" {
		v, _, _ = tree.Pointer{"required", "0"}.Get(condition)
	} else {
		v, _, _ = tree.Pointer{"properties", tag, "const"}.Get(condition)
	}
	name, isText := v.(string)
	if !isText {
		return "", errors.New("no text selects the branch")
	}
	return name, nil
}

// wantedCondition returns the if of a branch.
func wantedCondition(tag, name string, earlier []any) tree.Object {
	switch {
	case tag != "":
		return tree.Object{
			"properties": tree.Object{tag: tree.Object{"const": name}},
			"required":   []any{tag},
		}
	case len(earlier) > 0:
		return tree.Object{"required": []any{name}, "not": tree.Object{"anyOf": earlier}}
	}
	return tree.Object{"required": []any{name}}
}

// branch returns a node with the properties of n and those of a then.
func (p *parser) branch(n *Node, then tree.Object, at tree.Pointer) *Node {
	b := &Node{
		Types: n.Types, Risk: n.Risk, IsClosed: true,
		Properties: slices.Clone(n.Properties), KeyAliases: slices.Clone(n.KeyAliases),
	}
	for keyword, v := range then {
		switch keyword {
		case "description":
			b.Description = p.text(v, at.Child(keyword))
		case "properties", "required":
		case "additionalProperties":
			if v != false {
				p.fail(at.Child(keyword), "a branch must be closed")
			}
		default:
			p.fail(at.Child(keyword), "no rule checks this keyword in a branch")
		}
	}
	p.properties(b, then, at)
	b.computeRisks()
	return b
}

// loose returns the node of a value that selects no branch: it has the keys of
// all branches.
func (p *parser) loose(n *Node, branches []Branch) *Node {
	all := make(map[string]*Node)
	for _, c := range n.Properties {
		all[c.Name] = c.Node
	}
	for _, b := range branches {
		for _, c := range b.Node.Properties {
			all[c.Name] = p.either(all[c.Name], c.Node)
		}
	}
	l := &Node{Types: n.Types, Risk: n.Risk, KeyAliases: slices.Clone(n.KeyAliases), IsLoose: true}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		l.Properties = append(l.Properties, Property{name, all[name]})
	}
	l.computeRisks()
	return l
}

// either returns the node of a key that two branches have, for a value that does
// not say which is meant. If the branches mean different things by it, it may be
// anything.
func (p *parser) either(a, b *Node) *Node {
	switch {
	case a == nil || a == b:
		return b
	case a.IsURL || b.IsURL:
		c := anything(a.AllRisk | b.AllRisk)
		c.IsURL, c.IsWebhook = true, a.IsWebhook || b.IsWebhook
		return c
	default:
		return p.anything(a.AllRisk | b.AllRisk)
	}
}

// wrapper reads the two forms of an object: MEMBER is there, and either MARK has
// its value or there is no key that the full form lacks.
//
//	if: {required: [MEMBER], anyOf: [
//		{properties: {MARK: {const: VALUE}}, required: [MARK]},
//		{propertyNames: {enum: [KEYS OF THE FULL FORM]}}]}
//	then: FULL FORM
func (p *parser) wrapper(n *Node, o tree.Object, at tree.Pointer) *Wrapper {
	w := &Wrapper{Node: p.branch(n, p.object(o["then"], at.Child("then")), at.Child("then"))}
	n.IsFree = true
	condition := p.object(o["if"], at.Child("if"))
	member, _, _ := tree.Pointer{"required", "0"}.Get(condition)
	mark, _, _ := tree.Pointer{"anyOf", "0", "required", "0"}.Get(condition)
	names, _, _ := tree.Pointer{"anyOf", "1", "propertyNames", "enum"}.Get(condition)
	w.Member, _ = member.(string)
	w.Mark, _ = mark.(string)
	value, _, _ := tree.Pointer{"anyOf", "0", "properties", w.Mark, "const"}.Get(condition)
	w.MarkValue, _ = value.(string)
	wanted := tree.Object{"required": []any{w.Member}, "anyOf": []any{
		wantedCondition(w.Mark, w.MarkValue, nil),
		tree.Object{"propertyNames": tree.Object{"enum": names}},
	}}
	keys := texts(names)
	slices.Sort(keys)
	if w.MarkValue == "" || !tree.Equal(condition, wanted) || !slices.Equal(keys, w.Node.names()) {
		p.fail(at.Child("if"), "it is not the condition of a full form")
	}
	return w
}

func (p *parser) object(v any, at tree.Pointer) tree.Object {
	o, isObject := v.(map[string]any)
	if !isObject {
		p.fail(at, "an object is needed")
	}
	return o
}

func (p *parser) list(v any, at tree.Pointer) []any {
	list, isList := v.([]any)
	if !isList {
		p.fail(at, "a list is needed")
	}
	return list
}

func (p *parser) text(v any, at tree.Pointer) string {
	s, isText := v.(string)
	if !isText {
		p.fail(at, "a text is needed")
	}
	return s
}

func (p *parser) texts(v any, at tree.Pointer) []string {
	var list []string
	for _, e := range p.list(v, at) {
		list = append(list, p.text(e, at))
	}
	return list
}

// texts returns the texts of a list.
func texts(v any) []string {
	list, _ := v.([]any)
	var found []string
	for _, e := range list {
		if s, isText := e.(string); isText {
			found = append(found, s)
		}
	}
	return found
}
