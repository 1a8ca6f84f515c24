package jsonschema

import (
	"errors"
	"maps"
	"slices"

	"realmconf/schema/internal/ecma"
	"realmconf/schema/tree"
)

// keywords reads the keywords of one schema object. It goes on after a mistake and
// keeps the first.
type keywords struct {
	*compiler
	s   *Schema
	o   tree.Object
	in  *resource
	at  tree.Pointer
	err error
}

func (k *keywords) fail(keyword, reason string) {
	if k.err == nil {
		k.err = notUnderstood(k.at.Child(keyword), reason)
	}
}

// get returns the value of a keyword that has a meaning in the draft.
func (k *keywords) get(keyword string) (any, bool) {
	v, has := k.o[keyword]
	return v, has && k.in.draft.has(keyword)
}

func (k *keywords) read() {
	k.references()
	if _, isRef := k.o["$ref"]; isRef && k.in.draft.refHidesSiblings() {
		k.s.hidesSiblings = true
		return
	}
	for _, keyword := range []string{"disallow", "divisibleBy", "extends"} {
		if _, has := k.o[keyword]; has && k.in.draft == draft4 {
			k.ignore(keyword, "this keyword is of draft 3, and the drafts from 4 on are read")
		}
	}
	if k.options.Foreign != nil {
		if keyword, why := k.options.Foreign(k.o); keyword != "" {
			k.ignore(keyword, why)
		}
	}
	k.types()
	k.numbers()
	k.texts()
	k.object()
	k.list()
	s := k.s
	s.AllOf, s.AnyOf, s.OneOf = k.schemas("allOf"), k.schemas("anyOf"), k.schemas("oneOf")
	s.Not, s.If = k.one("not"), k.one("if")
	if s.If != nil {
		s.Then, s.Else = k.one("then"), k.one("else")
	}
}

func (k *keywords) references() {
	if v, has := k.o["$ref"]; has {
		k.s.Ref, _, _ = k.reference("$ref", v)
	}
	if v, has := k.get("$dynamicRef"); has {
		target, anchor, in := k.reference("$dynamicRef", v)
		k.s.Dynamic = &DynamicRef{Target: target}
		if in != nil && in.dynamics[anchor] != nil {
			k.s.Dynamic.anchor, k.doc.isDynamic = anchor, true
		}
	}
	if v, has := k.get("$recursiveRef"); has {
		target, _, _ := k.reference("$recursiveRef", v)
		k.s.Dynamic = &DynamicRef{Target: target, isRoot: true}
		k.doc.isDynamic = true
	}
	if v, has := k.get("$recursiveAnchor"); has {
		k.s.recursiveAnchor = v == true
	}
	for name, o := range k.in.dynamics {
		if k.doc.dynamics[k.in.address] == nil {
			k.doc.dynamics[k.in.address] = make(map[string]*Schema)
		}
		if k.doc.dynamics[k.in.address][name] == nil && k.err == nil {
			k.doc.dynamics[k.in.address][name], k.err = k.schema(o, k.in, k.at)
		}
	}
}

func (k *keywords) reference(keyword string, v any) (target *Schema, anchor string, in *resource) {
	text, isText := v.(string)
	if !isText {
		k.fail(keyword, "a text is needed")
		return nil, "", nil
	}
	to, err := k.find(k.in, text, k.at.Child(keyword))
	if err == nil {
		target, err = k.schema(to.schema, to.in, to.at)
	}
	if err != nil && k.err == nil {
		k.err = err
	}
	return target, to.anchor, to.in
}

func (k *keywords) types() {
	s := k.s
	if v, has := k.o["type"]; has {
		if name, isText := v.(string); isText {
			v = []any{name}
		}
		s.Types = k.textList("type", v)
		for _, name := range s.Types {
			if !slices.Contains([]string{"null", "boolean", "object", "array", "number", "string", "integer"}, name) {
				k.fail("type", clip(name)+" is no type: there are null, boolean, object, array, number, integer and string")
			}
		}
		if len(s.Types) == 0 {
			k.fail("type", "the name of a type, or a list of names, is needed")
		}
	}
	if v, has := k.o["enum"]; has {
		list, isList := v.([]any)
		if !isList {
			k.fail("enum", "a list is needed")
		}
		s.Enum = append([]any{}, list...)
	}
	if v, has := k.get("const"); has {
		s.AlsoEnum = s.Enum
		s.Enum, s.IsConst = []any{v}, true
	}
	s.enumSet, s.alsoEnumSet = setOf(s.Enum), setOf(s.AlsoEnum)
}

func (k *keywords) numbers() {
	s := k.s
	for keyword, to := range map[string]*any{"minimum": &s.Minimum, "maximum": &s.Maximum, "multipleOf": &s.MultipleOf} {
		if v, has := k.o[keyword]; has {
			*to = k.number(keyword, v)
		}
	}
	if s.MultipleOf != nil && compareNumbers(s.MultipleOf, int64(0)) <= 0 {
		k.fail("multipleOf", "a number above 0 is needed")
	}
	// In draft 4 it is a boolean beside the limit.
	for keyword, limits := range map[string][2]*any{"exclusiveMinimum": {&s.ExclusiveMinimum, &s.Minimum}, "exclusiveMaximum": {&s.ExclusiveMaximum, &s.Maximum}} {
		switch v := k.o[keyword].(type) {
		case bool:
			if v {
				*limits[0], *limits[1] = *limits[1], nil
			}
		default:
			if _, has := k.o[keyword]; has {
				*limits[0] = k.number(keyword, v)
			}
		}
	}
}

func (k *keywords) number(keyword string, v any) any {
	switch v.(type) {
	case int64, uint64, float64:
		return v
	}
	k.fail(keyword, "a number is needed")
	return nil
}

func (k *keywords) limit(keyword string) Limit {
	v, has := k.get(keyword)
	if !has {
		return Limit{}
	}
	if f, isFloat := v.(float64); isFloat && f >= 0 && f == float64(int64(f)) && f < 1<<53 {
		v = int64(f)
	}
	n, isInteger := v.(int64)
	if _, isHuge := v.(uint64); isHuge {
		n, isInteger = 1<<63-1, true
	}
	if !isInteger || n < 0 {
		k.fail(keyword, "a whole number is needed that is not negative")
	}
	return Limit{n, true}
}

func (k *keywords) texts() {
	s := k.s
	s.MinLength, s.MaxLength = k.limit("minLength"), k.limit("maxLength")
	if v, has := k.o["pattern"]; has {
		s.Pattern = k.pattern("pattern", v)
	}
	if v, has := k.o["format"]; has {
		if s.Format, has = v.(string); !has {
			k.fail("format", "a text is needed")
		} else if !knowsFormat(s.Format) {
			k.ignore("format", "no rule checks the format "+clip(s.Format))
		}
	}
}

// pattern returns a regular expression. One that cannot be used is ignored: what is
// valid for another program is not refused here.
func (k *keywords) pattern(keyword string, v any) *Pattern {
	text, isText := v.(string)
	if !isText {
		k.fail(keyword, "a text is needed")
	}
	p := k.patterns[text]
	if p == nil {
		p = k.compilePattern(text)
		k.patterns[text] = p
	}
	if p.ignored != "" {
		k.ignore(keyword, p.ignored)
	}
	return p
}

// compilePattern compiles an expression, if it and those before it are not too large.
func (c *compiler) compilePattern(text string) *Pattern {
	if c.instructions >= maxInstructions {
		return &Pattern{Text: text, ignored: "the regular expression " + clip(text) + " is one too many: those before it are too large together"}
	}
	expression, err := ecma.Compile(text)
	if errors.Is(err, ecma.ErrTooLarge) {
		c.instructions += ecma.MaxSize
	}
	if err != nil {
		return &Pattern{Text: text, ignored: "the regular expression " + clip(text) + " has " + err.Error()}
	}
	c.instructions += expression.Size()
	return &Pattern{Text: text, expression: expression}
}

func (k *keywords) ignore(keyword, why string) {
	const most = 100
	if text := clip(k.at.Child(keyword).String()) + ": " + why; len(k.doc.Ignored) < most {
		k.doc.Ignored = append(k.doc.Ignored, text)
	}
}

func (k *keywords) object() {
	s := k.s
	s.MinProperties, s.MaxProperties = k.limit("minProperties"), k.limit("maxProperties")
	s.Properties, s.DependentSchemas = k.members("properties"), k.members("dependentSchemas")
	patterns := k.members("patternProperties")
	for _, name := range slices.Sorted(maps.Keys(patterns)) {
		s.PatternProperties = append(s.PatternProperties, PatternSchema{k.pattern("patternProperties", name), patterns[name]})
	}
	s.Additional, s.Names, s.Unevaluated = k.one("additionalProperties"), k.one("propertyNames"), k.one("unevaluatedProperties")
	switch v := k.o["required"].(type) {
	case nil:
	case bool:
		k.ignore("required", "a boolean there is of draft 3, and the drafts from 4 on have a list beside properties")
	default:
		s.Required = k.textList("required", v)
	}
	if v, has := k.get("dependentRequired"); has {
		s.DependentRequired = make(map[string][]string)
		for name, list := range k.objectOf("dependentRequired", v) {
			s.DependentRequired[name] = k.textList("dependentRequired", list)
		}
	}
	k.dependencies()
	if s.Unevaluated != nil {
		k.doc.isTracked = true
	}
}

// dependencies reads the keyword of draft 7 and before that is both dependentRequired
// and dependentSchemas.
func (k *keywords) dependencies() {
	s := k.s
	v, has := k.o["dependencies"]
	if !has {
		return
	}
	for name, v := range k.objectOf("dependencies", v) {
		if list, isList := v.([]any); isList {
			if s.DependentRequired == nil {
				s.DependentRequired = make(map[string][]string)
			}
			s.DependentRequired[name] = k.textList("dependencies", list)
			continue
		}
		if s.DependentSchemas == nil {
			s.DependentSchemas = make(map[string]*Schema)
		}
		s.DependentSchemas[name] = k.below(v, k.at.Child("dependencies").Child(name))
	}
}

func (k *keywords) list() {
	s := k.s
	s.MinItems, s.MaxItems = k.limit("minItems"), k.limit("maxItems")
	s.Unique = k.o["uniqueItems"] == true
	s.Prefix = k.schemas("prefixItems")
	switch v := k.o["items"].(type) {
	case nil:
	case []any: // of draft 2019-09 and before
		s.Prefix = k.schemas("items")
		s.Items = k.one("additionalItems")
	default:
		s.Items = k.below(v, k.at.Child("items"))
	}
	if s.Contains = k.one("contains"); s.Contains != nil {
		s.containsEvaluates = k.in.draft >= draft2020
		s.MinContains, s.MaxContains = k.limit("minContains"), k.limit("maxContains")
	}
	if s.UnevaluatedItems = k.one("unevaluatedItems"); s.UnevaluatedItems != nil {
		k.doc.isTracked = true
	}
}

// one returns the schema that is the value of a keyword, nil without the keyword.
func (k *keywords) one(keyword string) *Schema {
	v, has := k.get(keyword)
	if !has {
		return nil
	}
	return k.below(v, k.at.Child(keyword))
}

func (k *keywords) below(v any, at tree.Pointer) *Schema {
	s, err := k.schema(v, k.in, at)
	if err != nil && k.err == nil {
		k.err = err
	}
	return s
}

func (k *keywords) schemas(keyword string) []*Schema {
	v, has := k.get(keyword)
	if !has {
		return nil
	}
	list, isList := v.([]any)
	if !isList {
		k.fail(keyword, "a list is needed")
	}
	all := make([]*Schema, len(list))
	for i, v := range list {
		all[i] = k.below(v, k.at.Child(keyword).Index(i))
	}
	return all
}

func (k *keywords) members(keyword string) map[string]*Schema {
	v, has := k.get(keyword)
	if !has {
		return nil
	}
	all := make(map[string]*Schema)
	for name, v := range k.objectOf(keyword, v) {
		all[name] = k.below(v, k.at.Child(keyword).Child(name))
	}
	return all
}

func (k *keywords) objectOf(keyword string, v any) tree.Object {
	o, isObject := v.(map[string]any)
	if !isObject {
		k.fail(keyword, "an object is needed")
	}
	return o
}

func (k *keywords) textList(keyword string, v any) []string {
	list, isList := v.([]any)
	if !isList {
		k.fail(keyword, "a list of texts is needed")
	}
	var texts []string
	for _, e := range list {
		text, isText := e.(string)
		if !isText {
			k.fail(keyword, "a list of texts is needed")
		}
		texts = append(texts, text)
	}
	return slices.Compact(texts)
}
