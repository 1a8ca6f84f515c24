package schema

import (
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"realmconf.io/realmconf/schema/tree"
)

// explain turns what the validator found into issues. Its own texts are never
// shown: they print values. The error's places are seen from in.
func (c *checker) explain(in tree.Pointer, e *jsonschema.ValidationError) {
	p := slices.Concat(in, e.InstanceLocation)
	if _, ok := e.ErrorKind.(*kind.AnyOf); ok {
		c.undecided(p)
		return
	}
	if len(e.Causes) > 0 {
		for _, cause := range e.Causes {
			c.explain(in, cause)
		}
		return
	}
	switch k := e.ErrorKind.(type) {
	case *kind.AdditionalProperties:
		for _, name := range k.Properties {
			c.add(c.unknownKey(p, name))
		}
	case *kind.Required:
		for _, name := range k.Missing {
			c.missing(p, name)
		}
	case *kind.Type:
		c.add(c.wrongType(p))
	case *kind.Enum:
		c.add(c.notAllowed(p))
	case *kind.Format:
		c.add(c.badFormat(p, k))
	case *kind.Minimum:
		c.add(c.outOfRange(p, "must be at least "+bound(k.Want)))
	case *kind.Maximum:
		c.add(c.outOfRange(p, "must be at most "+bound(k.Want)))
	default:
		c.add(Issue{Kind: Rule, Path: p.String(), Message: "does not fit the schema", Hint: "see the schema of this key"})
	}
}

// bound prints a limit: an integer of 64 bits exactly, as some have no float.
func bound(r *big.Rat) string {
	if r.IsInt() && r.Num().BitLen() <= 64 {
		return r.RatString()
	}
	f, _ := r.Float64()
	return string(tree.Append(nil, f))
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
	secret := n.hides
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
	return c.model.formats[n.format].hint
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
	return "give an object that has " + strings.Join(names, " and ")
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

func (c *checker) badFormat(p tree.Pointer, k *kind.Format) Issue {
	n, v := c.place(p)
	issue := Issue{Kind: Format, Path: p.String(), Got: got(n, v), Message: "not of the format " + k.Want}
	if f, ok := c.model.formats[k.Want]; ok {
		issue.Expected, issue.Hint = f.expected, f.hint
		issue.Message = "not " + tree.WithArticle(f.name) + ": " + k.Err.Error() // ours: see formats.go
	}
	return issue
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
	if n.hides {
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
