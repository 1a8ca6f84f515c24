package schema

import (
	"slices"

	"realmconf/schema/tree"
)

// MaxDepth is how many levels DescribeTo describes at most.
const MaxDepth = 4

// Describe returns the schema of the place p, one level deep: its own keywords,
// and under properties, items and additionalProperties a summary of each place
// below. x-risk are the risk classes that Risk returns,
// the strongest first.
//
// A union has x-branches: for each value of its x-tag, or for each key of which
// one must be there, the keys with their types. If p means something else in each
// branch, anyOf lists the meanings, each with x-when. Any name will do for a map's
// key, and any index or "-" for a list's entry. Of Meerkat's schema, every result is
// below 8 KB as JSON. It is false if there is no such place.
func (m *Model) Describe(p tree.Pointer) (tree.Object, bool) { return m.DescribeTo(p, 1) }

// DescribeTo is Describe for several levels, at most MaxDepth: the summaries of the
// places below are descriptions themselves, and x-branches has the properties of
// each branch as such. There are fewer levels where a loaded schema has very many places
// in them. The result has no limit of length.
func (m *Model) DescribeTo(p tree.Pointer, depth int) (tree.Object, bool) {
	depth = min(max(depth, 1), MaxDepth)
	if m.loaded != nil {
		depth = m.describedDepth(p, depth)
	}
	if len(p) == 0 {
		return m.root.describeWithEntries(depth), true
	}
	var meanings []any
	for _, parent := range m.root.lookup(p[:len(p)-1]) {
		meanings = parent.addMeanings(meanings, p[len(p)-1], depth)
	}
	switch len(meanings) {
	case 0:
		return nil, false
	case 1:
		only := meanings[0].(tree.Object)
		delete(only, "x-when")
		return only, true
	}
	return tree.Object{"anyOf": meanings}, true
}

// addMeanings adds the description of a token below n to a list of descriptions,
// for each branch in which it is another one.
func (n *Node) addMeanings(list []any, token string, depth int) []any {
	switch {
	case n.Union != nil:
		for _, b := range n.Union.Branches {
			when := b.Name + " is given"
			if n.Union.objects != nil {
				when = b.Name
			}
			if n.Union.Tag != "" {
				when = n.Union.Tag + " is " + b.Name
			}
			list = addMeaning(list, b.Node.child(token), when, depth)
		}
		return list
	case n.Wrapper != nil && n.Wrapper.Node.child(token) != nil:
		return addMeaning(list, n.Wrapper.Node.child(token), "", depth)
	default:
		return addMeaning(list, n.child(token), "", depth)
	}
}

// addMeaning adds the description of a node, or only the condition if the list
// has an equal description already.
func addMeaning(list []any, n *Node, when string, depth int) []any {
	if n == nil {
		return list
	}
	d := n.describeWithEntries(depth)
	for _, other := range list {
		other := other.(tree.Object)
		whens, _ := other["x-when"].([]any)
		delete(other, "x-when")
		isSame := tree.Equal(other, d)
		if isSame && !slices.Contains(whens, any(when)) {
			whens = append(whens, when)
		}
		other["x-when"] = whens
		if isSame {
			return list
		}
	}
	d["x-when"] = []any{when}
	return append(list, d)
}

// describeWithEntries is describe, and of a list or map of a loaded schema the entries
// count as the place itself: it is their keys that a new entry needs.
func (n *Node) describeWithEntries(depth int) tree.Object {
	d := n.describe(depth)
	if n.loaded == nil || depth > 1 {
		return d
	}
	if _, has := d["items"]; has {
		d["items"] = n.Items.describe(depth)
	}
	if _, has := d["additionalProperties"].(tree.Object); has {
		d["additionalProperties"] = n.Additional.describe(depth)
	}
	return d
}

// describe returns the keywords of a node, with those of the places below for as
// many levels.
func (n *Node) describe(depth int) tree.Object {
	d := n.summary()
	if depth == 0 {
		return d
	}
	form := n
	if n.Wrapper != nil {
		form = n.Wrapper.Node
	}
	if len(form.Properties) > 0 {
		properties := make(tree.Object, len(form.Properties))
		for _, p := range form.Properties {
			properties[p.Name] = p.Node.describe(depth - 1)
		}
		d["properties"] = properties
	}
	if required := form.requiredNames(); len(required) > 0 {
		d["required"] = toList(required)
	}
	if n.Additional != nil && !n.Additional.IsFree {
		d["additionalProperties"] = n.Additional.describe(depth - 1)
	}
	if n.Items != nil && !(n.loaded != nil && n.Items.IsFree) {
		d["items"] = n.Items.describe(depth - 1)
	}
	if len(n.Patterns) > 0 {
		patterns := make(tree.Object, len(n.Patterns))
		for _, p := range n.Patterns {
			patterns[p.Name] = p.Node.describe(depth - 1)
		}
		d["patternProperties"] = patterns
	}
	if n.Union == nil {
		return d
	}
	if n.Union.Tag != "" {
		d["x-tag"] = n.Union.Tag
	}
	branches := make(tree.Object, len(n.Union.Branches))
	for _, b := range n.Union.Branches {
		branches[b.Name] = n.describeBranch(b.Node, depth)
	}
	d["x-branches"] = branches
	return d
}

// describeBranch returns the keys of a branch that not all branches have: in words,
// and their descriptions if there are further levels.
func (n *Node) describeBranch(b *Node, depth int) tree.Object {
	if depth > 1 {
		d := b.describe(depth - 1)
		own, _ := d["properties"].(tree.Object)
		for _, p := range n.Properties {
			delete(own, p.Name)
		}
		return only(d, []string{"description", "properties", "required"})
	}
	keys := make(tree.Object)
	for _, p := range b.Properties {
		if n.property(p.Name) != nil {
			continue
		}
		about := typeNames(p.Node)
		if p.Node.IsRequired {
			about += ", required"
		}
		keys[p.Name] = about
	}
	d := tree.Object{"keys": keys}
	if b.Description != "" {
		d["description"] = b.Description
	}
	return d
}

// requiredNames returns the names of the required properties, sorted.
func (n *Node) requiredNames() []string {
	var names []string
	for _, p := range n.Properties {
		if p.Node.IsRequired {
			names = append(names, p.Name)
		}
	}
	return names
}

// summary returns the keywords about the place itself.
func (n *Node) summary() tree.Object {
	s := make(tree.Object)
	addText := func(keyword, text string) {
		if text != "" {
			s[keyword] = text
		}
	}
	addText("description", n.Description)
	addText("format", n.Format)
	addText("x-form", n.Form)
	addText("x-key", n.Key)
	addText("x-unset", n.Unset)
	if len(n.Types) == 1 {
		s["type"] = n.Types[0]
	} else if len(n.Types) > 1 {
		s["type"] = toList(n.Types)
	}
	if n.HasDefault {
		s["default"] = n.defaultValue()
	}
	if n.Enum != nil {
		s["enum"] = n.Enum
	}
	if n.Minimum != nil {
		s["minimum"] = n.Minimum
	}
	if n.Maximum != nil {
		s["maximum"] = n.Maximum
	}
	switch {
	case n.IsWebhook:
		s["x-format"] = "webhook"
	case n.IsURL:
		s["x-format"] = "url"
	}
	if n.Aliases != nil {
		s["x-alias"] = toList(n.Aliases)
	}
	if n.ValueAliases != nil {
		values := make(tree.Object)
		for _, a := range n.ValueAliases {
			values[a.Other] = a.Name
		}
		s["x-value-alias"] = values
	}
	if n.AllRisk != 0 {
		s["x-risk"] = n.AllRisk.List()
	}
	if n.IsFree && n.Wrapper == nil && (n.loaded == nil || len(n.Types) == 0 || n.accepts("object")) {
		s["additionalProperties"] = true
	}
	if n.IsDeprecated {
		s["deprecated"] = true
	}
	if n.Examples != nil {
		s["examples"] = n.Examples[:min(len(n.Examples), maxExamples)]
	}
	return s
}

// maxExamples is how many examples a description has.
const maxExamples = 3

func toList(texts []string) []any {
	list := make([]any, len(texts))
	for i, s := range texts {
		list[i] = s
	}
	return list
}

// typeNames returns the types that are allowed in a place, in words.
func typeNames(n *Node) string { return tree.JoinWords(n.Types, "or", len(n.Types)) }
