package schema

import (
	"encoding/json"
	"strings"

	"realmconf/schema/tree"
)

// inner is the part of a node that is read when it is first asked for: what
// stands below it without a name of its own. A configuration comes to few of
// these places, and an empty one, which is what many processes begin with, to
// next to none.
type inner struct {
	items      *node
	additional *node  // of keys that are not listed; nil where there may be none
	union      *union // nil for what is none
	wrapper    *node  // for an output schema, its form with words about it; nil for what is none
}

// inner is the inner part of a node, read.
func (n *node) inner() *inner {
	n.read.Do(func() {
		switch {
		case n.source == nil && !n.form: // anything, and what is misplaced
			n.within.additional = n
		case !n.form:
			n.within = n.readInner()
		}
	})
	return &n.within
}

func (n *node) readInner() inner {
	var in inner
	if items, ok := known(n.source["items"]).(map[string]any); ok {
		in.items = parseNode(items, n.class)
	}
	if n.source["x-form"] == formOutputSchema {
		in.wrapper = n.branch(known(n.source["then"]).(map[string]any))
	}
	if all, ok := known(n.source["allOf"]).([]any); ok {
		in.union = n.readUnion(all)
		return in
	}
	switch a := known(n.source["additionalProperties"]).(type) {
	case map[string]any:
		in.additional = parseNode(a, n.class)
	case bool:
		if a {
			in.additional = anything(n.class)
		}
	case nil:
		if n.open() {
			in.additional = anything(n.class)
		}
	}
	return in
}

// outline is a schema of which only the keys with a name of their own are
// decoded: what lists, maps and unions hold stays text, for known to read.
func outline(source []byte) (any, error) {
	return tree.DecodeLater(source, func(keyword string) tree.When {
		switch keyword {
		case "items", "additionalProperties", "allOf", "if", "then", "else", "not":
			return tree.Later
		case "default", "const", "enum", "examples":
			return tree.Whole // it is a value, and its keys are no keywords
		}
		if strings.HasPrefix(keyword, "x-") {
			return tree.Whole
		}
		return tree.Now
	})
}

// known is a part of a schema, decoded if it is not yet.
func known(part any) any {
	text, later := part.(json.RawMessage)
	if !later {
		return part
	}
	v, err := outline(text)
	if err != nil {
		panic("schema: the schema is not JSON: " + err.Error())
	}
	return v
}
