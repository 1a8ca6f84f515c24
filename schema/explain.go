package schema

import (
	"math"
	"strconv"
	"strings"

	"realmconf/schema/tree"
)

// explain turns what the validator found into an issue.
func (c *checker) explain(v violation) {
	switch v.keyword {
	case "anyOf":
		c.undecided(v.at)
	case "additionalProperties":
		for _, name := range v.names {
			c.add(c.unknownKey(v.at, name))
		}
	case "required":
		for _, name := range v.names {
			c.missing(v.at, name)
		}
	case "type":
		c.add(c.wrongType(v.at))
	case "enum":
		c.add(c.notAllowed(v.at))
	case "format":
		c.add(c.badFormat(v))
	case "minimum":
		c.add(c.outOfRange(v.at, "must be at least "+bound(v.limit)))
	case "maximum":
		c.add(c.outOfRange(v.at, "must be at most "+bound(v.limit)))
	default:
		c.add(Issue{Kind: Rule, Path: v.at.String(), Message: "does not fit the schema", Hint: "see the schema of this key"})
	}
}

// bound prints a limit: an integer in digits, however it is written.
func bound(limit any) string {
	if f, ok := limit.(float64); ok && f == math.Trunc(f) && math.Abs(f) < 1<<64 {
		return strconv.FormatFloat(f, 'f', 0, 64)
	}
	return string(tree.Append(nil, limit))
}

func (c *checker) wrongType(p tree.Pointer) Issue {
	n, v := c.place(p)
	issue := Issue{
		Kind: Type, Path: p.String(), Expected: expectedType(n), Got: got(n, v),
		Message: "expected " + typeNames(n) + ", got " + tree.TypeName(v),
	}
	if len(n.types) == 0 {
		issue.Message = "null cannot be stored"
	}
	issue.Hint = c.typeHint(n, v)
	return issue
}

// typeHint says how to write what was probably meant.
func (c *checker) typeHint(n *node, v any) string {
	secret := n.weight().hides
	switch v := v.(type) {
	case nil:
		return "leave the key out for its default"
	case float64:
		if !secret && n.is("integer") && v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return "write " + strconv.FormatFloat(v, 'f', 0, 64)
		}
	case string:
		_, err := strconv.ParseInt(v, 10, 64)
		if !secret && (n.is("integer") && err == nil || n.is("boolean") && (v == "true" || v == "false")) {
			return "write " + v + " without quotes"
		}
	}
	if n.is("object") {
		return requiredHint(n)
	}
	f, _ := c.model.textFormat(n.format)
	return f.Hint
}

// requiredHint names the keys that an object cannot do without.
func requiredHint(n *node) string {
	var names []string
	for _, name := range n.names {
		if n.properties[name].required {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "give an object that has " + tree.JoinWords(names, "and", len(names))
}

func (c *checker) notAllowed(p tree.Pointer) Issue {
	n, v := c.place(p)
	issue := Issue{Kind: Enum, Path: p.String(), Expected: n.enum, Got: got(n, v), Message: "not one of the allowed values"}
	names := texts(n.enum)
	s, _ := v.(string)
	if near, ok := tree.Nearest(s, names); ok {
		issue.Hint = "did you mean " + strconv.Quote(near) + "?"
	} else if len(names) > 0 {
		issue.Hint = "use one of " + strings.Join(names, ", ")
	}
	return issue
}

func (c *checker) badFormat(v violation) Issue {
	n, value := c.place(v.at)
	f, _ := c.model.textFormat(v.format)
	return Issue{
		Kind: Format, Path: v.at.String(), Expected: f.Expected, Got: got(n, value), Hint: f.Hint,
		Message: "not " + tree.WithArticle(f.Title) + ": " + v.why.Error(),
	}
}

func (c *checker) outOfRange(p tree.Pointer, message string) Issue {
	n, v := c.place(p)
	return Issue{Kind: Range, Path: p.String(), Message: message, Got: got(n, v)}
}

// place is the schema and the value at p.
func (c *checker) place(p tree.Pointer) (*node, any) {
	n, v, _ := c.model.root().along(p, c.config)
	return n, v
}

// got is the value for an issue, if it may be shown: not where a secret may
// stand, and no URL with secret parts, wherever it stands.
func got(n *node, v any) any {
	if n.weight().hides {
		return nil
	}
	if a, ok := n.addressAt(v); ok && a.guarded() {
		return nil
	}
	if s, ok := v.(string); ok && isURL(s) && cutAddress(s).guarded() {
		return nil
	}
	return showable(v)
}

// expectedType is typeNames for the member expected: absent where nothing is.
func expectedType(n *node) any {
	if len(n.types) == 0 {
		return nil
	}
	return typeNames(n)
}
