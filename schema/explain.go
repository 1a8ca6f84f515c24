package schema

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"realmconf/schema/tree"
)

// addViolation adds what the validator has found.
func (c *checker) addViolation(v violation) {
	switch v.keyword {
	case keywordAnyOf:
		c.addUndecided(v.at)
	case keywordAdditional:
		c.addUnder(v.at, v.name, causeUnknown)
	case keywordRequired:
		c.addMissing(v.at, v.name)
	case keywordType:
		c.add(v.at, causeType)
	case keywordEnum:
		c.add(v.at, causeEnum)
	case keywordFormat:
		c.add(v.at, causeFormat)
	case keywordMinimum:
		c.add(v.at, causeMinimum)
	case keywordMaximum:
		c.add(v.at, causeMaximum)
	}
}

// explain turns a finding into an issue.
func (c *checker) explain(f finding) Issue {
	switch f.cause {
	case causeType:
		return c.wrongType(f.at)
	case causeEnum:
		return c.notAllowed(f.at)
	case causeFormat:
		return c.badFormat(f.at)
	case causeMinimum:
		n, _ := c.place(f.at)
		return c.outOfRange(f.at, "must be at least "+formatLimit(n.Minimum))
	case causeMaximum:
		n, _ := c.place(f.at)
		return c.outOfRange(f.at, "must be at most "+formatLimit(n.Maximum))
	case causeTooLarge:
		return c.outOfRange(f.at, tooLarge)
	case causeInfinite:
		return c.outOfRange(f.at, "must be a finite number")
	case causeUnknown:
		return c.unknownKey(f.at)
	case causeMisspelt:
		return c.misspeltKey(f.at)
	case causeStandIn:
		return Issue{
			Kind: SecretToken, Path: f.at.String(), Message: "this is what a program shows in the place of a secret, and would be stored as the secret",
			Hint: "give the token that config_get shows here, which keeps the stored secret, or the secret itself",
		}
	case causeMissing:
		return c.missing(f.at)
	case causeUndecided:
		return c.undecided(f.at)
	case causeLoaded:
		return c.explainViolation(f)
	case causeAlias:
		return Issue{
			Kind: Duplicate, Path: f.at.String(), Message: "another name of a key that is given too",
			Hint: "leave it out and keep " + f.at[:len(f.at)-1].Child(f.other).String(),
		}
	default:
		issue := Issue{Kind: f.kind, Path: f.at.String(), Message: f.rule.Message, Hint: f.rule.Hint}
		if f.rule.Explain != nil {
			issue.Message, issue.Hint = f.rule.Explain()
		}
		return issue
	}
}

// formatLimit prints a limit. A whole number is printed in digits, even if the
// schema has an exponent.
func formatLimit(limit any) string {
	if f, ok := limit.(float64); ok && f == math.Trunc(f) && math.Abs(f) < 1<<64 {
		return strconv.FormatFloat(f, 'f', 0, 64)
	}
	return string(tree.Append(nil, limit))
}

func (c *checker) wrongType(p tree.Pointer) Issue {
	n, v := c.place(p)
	issue := Issue{
		Kind: Type, Path: p.String(), Expected: expectedType(n), Got: shownValue(n, v),
		Message: "expected " + typeNames(n) + ", got " + tree.TypeName(v),
	}
	if len(n.Types) == 0 {
		issue.Message = "null cannot be stored"
	}
	issue.Hint = c.typeHint(n, v)
	return issue
}

// typeHint says how to write the value that was probably meant.
func (c *checker) typeHint(n *Node, v any) string {
	secret := n.MayHoldSecret
	switch v := v.(type) {
	case nil:
		return "leave the key out for its default"
	case float64:
		if !secret && n.accepts("integer") && v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return "write " + strconv.FormatFloat(v, 'f', 0, 64)
		}
	case string:
		_, err := strconv.ParseInt(v, 10, 64)
		if !secret && (n.accepts("integer") && err == nil || n.accepts("boolean") && (v == "true" || v == "false")) {
			return "write " + v + " without quotes"
		}
	}
	switch {
	case n.isDurationTable():
		return durationHint(v)
	case n.accepts("object"):
		return requiredHint(n)
	}
	f, _ := c.model.textFormat(n.Format)
	return f.Hint
}

// durationHint says how a duration is written that is a table in the file.
func durationHint(v any) string {
	if text, isText := v.(string); isText {
		if d, err := ParseDuration(text); err == nil {
			return fmt.Sprintf("in TOML write { secs = %d, nanos = %d }", d.Secs, d.Nanos)
		}
	}
	return `give a text like "2s", or an object that has nanos and secs`
}

// requiredHint names the required keys of an object.
func requiredHint(n *Node) string {
	names := n.requiredNames()
	if len(names) == 0 {
		return ""
	}
	return "give an object that has " + tree.JoinWords(names, "and", len(names))
}

func (c *checker) notAllowed(p tree.Pointer) Issue {
	n, v := c.place(p)
	issue := Issue{Kind: Enum, Path: p.String(), Expected: n.Enum, Got: shownValue(n, v), Message: "not one of the allowed values"}
	names := texts(n.Enum)
	s, _ := v.(string)
	if near, ok := tree.Nearest(s, names); ok {
		issue.Hint = "did you mean " + strconv.Quote(near) + "?"
	} else if len(names) > 0 {
		issue.Hint = "use one of " + strings.Join(names, ", ")
	}
	return issue
}

func (c *checker) badFormat(p tree.Pointer) Issue {
	n, value := c.place(p)
	f, _ := c.model.textFormat(n.Format)
	issue := Issue{
		Kind: Format, Path: p.String(), Expected: f.Expected, Got: shownValue(n, value), Hint: f.Hint,
		Message: "not " + tree.WithArticle(f.Title),
	}
	text, _ := value.(string)
	if err := f.Check(text); err != nil {
		issue.Message += ": " + err.Error()
	}
	return issue
}

func (c *checker) outOfRange(p tree.Pointer, message string) Issue {
	n, v := c.place(p)
	return Issue{Kind: Range, Path: p.String(), Message: message, Got: shownValue(n, v)}
}

// place returns the node and the value at p.
func (c *checker) place(p tree.Pointer) (*Node, any) {
	steps, unknown := c.follow(p)
	if unknown != nil {
		return unknown, nil
	}
	last := steps[len(steps)-1]
	return last.node, last.value
}

// schemaStep is what follow knows of a pointer up to one of its tokens.
type schemaStep struct {
	token string
	node  *Node
	form  *Node // that the value selects
	value any
}

// follow follows a pointer through the schema and the configuration together. It keeps the
// steps of the last pointer, since the next one mostly begins with the same tokens and to
// find the form of a large object takes long. It returns the unknown node, too, where the
// schema has no such place.
func (c *checker) follow(p tree.Pointer) ([]schemaStep, *Node) {
	if len(c.steps) == 0 {
		root := c.model.root
		c.steps = append(c.steps, schemaStep{node: root, form: root.formFor(c.config), value: c.config})
	}
	shared := 0
	for shared < len(p) && shared+1 < len(c.steps) && p[shared] == c.steps[shared+1].token {
		shared++
	}
	c.steps = c.steps[:shared+1]
	for _, token := range p[shared:] {
		last := c.steps[len(c.steps)-1]
		n := last.form.child(token)
		if n == nil {
			return c.steps, last.form.childOrUnknown(token)
		}
		v, _, _ := tree.Pointer{token}.Get(last.value)
		c.steps = append(c.steps, schemaStep{token: token, node: n, form: n.formFor(v), value: v})
	}
	return c.steps, nil
}

// shownValue returns the value for an issue, nil if it may not be shown: in a
// place that may hold a secret, and any URL with secret parts.
func shownValue(n *Node, v any) any {
	if n.MayHoldSecret {
		return nil
	}
	if a, ok := n.addressOf(v); ok && a.hasSecret() {
		return nil
	}
	if s, ok := v.(string); ok && isURL(s) && cutAddress(s, false).hasSecret() {
		return nil
	}
	return showable(v)
}

// expectedType returns the member expected: typeNames, nil if any type is right.
func expectedType(n *Node) any {
	if len(n.Types) == 0 {
		return nil
	}
	return typeNames(n)
}
