package schema

import (
	"slices"
	"strconv"
	"strings"

	"realmconf/schema/internal/jsonschema"
	"realmconf/schema/tree"
)

// findLoaded finds the mistakes of a configuration of a loaded schema.
func (c *checker) findLoaded(config tree.Object) {
	c.walkLoaded(c.model.root, config)
	c.model.loaded.doc.Find(c.withNumbers(config), func(v jsonschema.Violation) {
		switch v.Keyword {
		case jsonschema.Required, jsonschema.Dependent:
			n, o := c.object(v.At)
			if c.hasMisspelt(v.At, n, o, append(v.OneOf, v.Name)...) {
				return
			}
			v.At = append(v.At, v.Name)
		}
		c.addFinding(finding{at: v.At, kind: kindOf(v), cause: causeLoaded, violation: &v})
	})
	c.addMisspelt()
}

// walkLoaded finds what a file of TOML cannot hold, and stand-ins for secrets.
func (c *checker) walkLoaded(n *Node, v any) {
	switch v := v.(type) {
	case map[string]any:
		form := n.formFor(v)
		for name, e := range v {
			c.at = append(c.at, name)
			c.noteUnnamed(form, name)
			c.walkLoaded(form.childOrUnknown(name), e)
			c.at = c.at[:len(c.at)-1]
		}
	case []any:
		parent := c.at
		for i, e := range v {
			c.at = parent.Index(i)
			c.walkLoaded(n.childOrUnknown(strconv.Itoa(i)), e)
		}
		c.at = parent
	case string:
		c.noteInfinite(n, v)
		if n.mentionsStandIn(v) {
			c.add(c.at, causeStandIn)
		}
	case nil:
		c.add(c.at, causeType)
	case uint64:
		c.add(c.at, causeTooLarge)
	}
}

// kindOf returns the kind of a violation.
func kindOf(v jsonschema.Violation) Kind {
	switch v.Keyword {
	case jsonschema.Type:
		return Type
	case jsonschema.Enum:
		return Enum
	case jsonschema.Required, jsonschema.Dependent:
		return Missing
	case jsonschema.Unknown:
		return UnknownKey
	case jsonschema.PatternMismatch, jsonschema.Format, jsonschema.Names:
		return Format
	case jsonschema.Minimum, jsonschema.Maximum, jsonschema.ExclusiveMinimum, jsonschema.ExclusiveMaximum, jsonschema.MultipleOf,
		jsonschema.MinLength, jsonschema.MaxLength, jsonschema.MinItems, jsonschema.MaxItems, jsonschema.MinProperties, jsonschema.MaxProperties:
		return Range
	}
	return Rule
}

// explainViolation turns a violation of a loaded schema into an issue. It quotes the
// schema, and the value only where that may be shown.
func (c *checker) explainViolation(f finding) Issue {
	v := *f.violation
	n, value := c.place(f.at)
	issue := Issue{Kind: f.kind, Path: f.at.String()}
	switch v.Keyword {
	case jsonschema.Required, jsonschema.Dependent:
		return c.missingLoaded(f, v)
	case jsonschema.Unknown:
		return c.unknownLoaded(f)
	case jsonschema.Excluded:
		return c.excludedBeside(f, v.Schema)
	case jsonschema.Type:
		types := slices.DeleteFunc(slices.Clone(v.Types), func(name string) bool { return name == "null" && len(v.Types) > 1 })
		names := tree.JoinWords(types, "or", len(types))
		issue.Expected, issue.Message = names, "expected "+names+", got "+tree.TypeName(value)
		issue.Hint = c.typeHint(&Node{Types: types, MayHoldSecret: n.MayHoldSecret, loaded: n.loaded}, value)
	case jsonschema.Enum:
		return c.notListed(f, v, n, value)
	case jsonschema.PatternMismatch:
		issue.Expected, issue.Message = v.Schema.Pattern.Text, "does not match the pattern "+strconv.Quote(clip(v.Schema.Pattern.Text))
		issue.Hint = v.Schema.Text("patternErrorMessage")
	case jsonschema.Format:
		issue.Expected, issue.Message, issue.Hint = v.Schema.Format, "not "+tree.WithArticle(v.Schema.Format), formatHint(v.Schema.Format)
	case jsonschema.Names:
		return c.wrongName(f, v)
	case jsonschema.Unique:
		issue.Message, issue.Hint = "the list has an equal entry before this one", "remove one of them"
	case jsonschema.Contains:
		issue.Message = "needs at least " + formatLimit(v.Limit) + " entries of a certain form"
		issue.Hint = v.Schema.Contains.Text("description")
	case jsonschema.MaxContains:
		issue.Message = "may have at most " + formatLimit(v.Limit) + " entries of a certain form"
	case jsonschema.Not:
		issue.Message, issue.Hint = "this value is one that the schema excludes here", excludedHint(v.Schema)
	case jsonschema.OneOf:
		if issue.Message = "this fits none of the forms that the schema has here"; v.Matches > 0 {
			issue.Message = "this fits " + strconv.Itoa(v.Matches) + " of the forms that the schema has here, and must fit only one"
		}
		issue.Hint = "the schema of the place describes the forms"
	case jsonschema.AnyOf:
		issue.Message, issue.Hint = "this fits none of the forms that the schema has here", "the schema of the place describes the forms"
	case jsonschema.Never:
		issue.Message, issue.Hint = "the schema allows no value here", "remove it"
	case jsonschema.TooLong:
		issue.Message, issue.Hint = "the check against the schema was given up, because it took too long", "make the configuration smaller, or the schema simpler"
		return issue
	default:
		issue.Message = limitText(v)
	}
	issue.Got = shownValue(n, value)
	return issue
}

// limitText says in words which limit a value must keep.
func limitText(v jsonschema.Violation) string {
	limit := formatLimit(v.Limit)
	many := func(least string, thing string) string {
		if limit != "1" {
			thing += "s"
		}
		return "must have " + least + " " + limit + " " + strings.Replace(thing, "entrys", "entries", 1)
	}
	switch v.Keyword {
	case jsonschema.Minimum:
		return "must be at least " + limit
	case jsonschema.Maximum:
		return "must be at most " + limit
	case jsonschema.ExclusiveMinimum:
		return "must be more than " + limit
	case jsonschema.ExclusiveMaximum:
		return "must be less than " + limit
	case jsonschema.MultipleOf:
		return "must be a multiple of " + limit
	case jsonschema.MinLength:
		return many("at least", "character")
	case jsonschema.MaxLength:
		return many("at most", "character")
	case jsonschema.MinItems:
		return many("at least", "entry")
	case jsonschema.MaxItems:
		return many("at most", "entry")
	case jsonschema.MinProperties:
		return many("at least", "key")
	default:
		return many("at most", "key")
	}
}

func (c *checker) missingLoaded(f finding, v jsonschema.Violation) Issue {
	issue := c.missing(f.at)
	if len(v.OneOf) > 1 {
		issue.Message, issue.Expected = "one of several keys is required", nil
		issue.Hint = "add " + tree.JoinWords(v.OneOf, "or", maxListed)
	}
	if v.Keyword == jsonschema.Dependent {
		issue.Message = "a key is missing that " + clip(v.Because) + " needs"
		issue.Hint = "add it, or remove " + clip(f.at[:len(f.at)-1].Child(v.Because).String())
	}
	if issue.Hint == "" || issue.Hint == "add it: it is "+tree.WithArticle("") {
		issue.Hint = "add it"
	}
	return issue
}

func (c *checker) unknownLoaded(f finding) Issue {
	parent := f.at[:len(f.at)-1]
	if _, v := c.place(parent); v != nil {
		if list, isList := v.([]any); isList {
			return Issue{Kind: UnknownKey, Path: f.at.String(), Message: "the schema allows no entry here", Hint: "remove it: the list has " + strconv.Itoa(len(list))}
		}
	}
	issue := c.unknownKey(f.at)
	n, v := c.place(parent)
	o, _ := v.(map[string]any)
	if rivals := n.rivals(o, f.at[len(parent)]); len(rivals) > 0 {
		issue.Kind, issue.Message, issue.Hint = Rule, "this key does not go together with "+joinKeys(rivals), keepOne
		return issue
	}
	if n, _ := c.object(parent); issue.Hint == "" && len(n.Patterns) > 0 {
		var texts []string
		for _, p := range n.Patterns {
			texts = append(texts, strconv.Quote(clip(p.Name)))
		}
		issue.Hint = "names here match " + tree.JoinWords(texts, "or", 3)
	}
	return issue
}

// An issue lists so many values, of so many bytes together.
const (
	maxListedValues = 100
	maxListedBytes  = 4 << 10
)

// joinClipped returns the first of some texts of a schema, each cut, for a hint.
func joinClipped(texts []string) string {
	var shown []string
	for _, text := range texts[:min(len(texts), maxListed)] {
		shown = append(shown, clip(text))
	}
	if others := len(texts) - len(shown); others > 0 {
		return strings.Join(shown, ", ") + " and " + strconv.Itoa(others) + " others"
	}
	return strings.Join(shown, ", ")
}

func (c *checker) notListed(f finding, v jsonschema.Violation, n *Node, value any) Issue {
	issue := Issue{Kind: Enum, Path: f.at.String(), Got: shownValue(n, value), Message: "not one of the allowed values"}
	names := texts(v.Allowed)
	if len(v.Allowed) <= maxListedValues && len(tree.Append(nil, v.Allowed)) <= maxListedBytes {
		issue.Expected = v.Allowed
	}
	s, _ := value.(string)
	if near, ok := tree.Nearest(s, names); ok && !n.MayHoldSecret {
		issue.Hint = "did you mean " + strconv.Quote(clip(near)) + "?"
	} else if len(v.Allowed) == 1 && len(names) == 0 {
		issue.Hint = "it must be " + clip(string(tree.Append(nil, v.Allowed[0])))
	} else if len(names) > 0 {
		issue.Hint = "use one of " + joinClipped(names)
	}
	return issue
}

func (c *checker) wrongName(f finding, v jsonschema.Violation) Issue {
	issue := Issue{Kind: f.kind, Path: f.at.String(), Message: "not a name that is allowed here"}
	names := v.Schema.Names
	for hops := 0; names.Ref != nil && names.Enum == nil && names.Pattern == nil && hops < 10; hops++ {
		names = names.Ref
	}
	listed := texts(names.Enum)
	near, isNear := tree.Nearest(v.Name, listed)
	switch {
	case isNear:
		issue.Kind, issue.Hint = UnknownKey, "did you mean "+f.at[:len(f.at)-1].Child(near).String()+"?"
	case len(listed) > 0:
		issue.Kind, issue.Hint = UnknownKey, "use one of "+joinClipped(listed)
	case names.Pattern != nil:
		issue.Hint = "a name here matches " + strconv.Quote(clip(names.Pattern.Text))
	default:
		issue.Hint = limitsOfName(names)
	}
	return issue
}

func limitsOfName(s *jsonschema.Schema) string {
	switch {
	case s.MaxLength.IsSet:
		return "it may have at most " + strconv.FormatInt(s.MaxLength.N, 10) + " characters"
	case s.MinLength.IsSet:
		return "it must have at least " + strconv.FormatInt(s.MinLength.N, 10) + " characters"
	}
	return s.Text("description")
}

// excludedHint says what a schema excludes, where that can be said in a few words.
func excludedHint(s *jsonschema.Schema) string {
	switch not := s.Not; {
	case not.Text("description") != "":
		return "excluded: " + clip(not.Text("description"))
	case len(not.Required) > 1:
		return "keep only one of " + tree.JoinWords(not.Required, "and", len(not.Required))
	case len(not.Required) == 1:
		return "remove " + not.Required[0]
	case len(texts(not.Enum)) > 0:
		return "use another value than " + joinClipped(texts(not.Enum))
	}
	return ""
}

// formatHint says how a text of a format is written.
func formatHint(format string) string {
	switch format {
	case "date-time":
		return "write it like 2026-11-28T05:00:00Z"
	case "date":
		return "write it like 2026-11-28"
	case "time":
		return "write it like 05:00:00"
	case "email":
		return "write it like name@example.com"
	case "uri", "iri":
		return "write it like https://example.com/"
	case "ipv4":
		return "write it like 192.0.2.1"
	case "ipv6":
		return "write it like 2001:db8::1"
	case "uuid":
		return "write it like 123e4567-e89b-12d3-a456-426614174000"
	}
	return ""
}

// clip cuts a text of a schema that an issue quotes.
func clip(s string) string {
	if len(s) > maxGot {
		return strings.ToValidUTF8(s[:maxGot], "") + "…"
	}
	return s
}
