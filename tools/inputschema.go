package tools

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"realmconf/runtime/fault"
	"realmconf/schema"
	"realmconf/schema/tree"
)

// inputSchema checks an operation's parameters. It reads them from the input
// schema, at the first call, so that the check cannot differ from the schema.
type inputSchema struct {
	parameters func() *parameters
}

type parameters struct {
	properties tree.Object
	names      []string // sorted
	required   []string
	texts      []string // that are any text, if none is required; nil otherwise
}

// newInputSchema returns the check of an operation's parameters.
func newInputSchema(o *Operation) *inputSchema {
	return &inputSchema{sync.OnceValue(func() *parameters {
		root := o.Input()
		properties, _ := root["properties"].(tree.Object)
		p := &parameters{properties: properties, names: slices.Sorted(maps.Keys(properties))}
		required, _ := root["required"].([]any)
		for _, name := range required {
			p.required = append(p.required, name.(string))
		}
		if len(p.required) == 0 {
			p.texts = slices.DeleteFunc(slices.Clone(p.names), func(name string) bool {
				property, _ := properties[name].(tree.Object)
				_, isOneOf := property["enum"]
				_, isBounded := property["maxLength"]
				return property["type"] != "string" || isOneOf || isBounded
			})
		}
		return p
	})}
}

// isPlain reports whether parameters are as those of most reads: texts that may be any,
// or none. Then fromText and accept leave them as they are, and check accepts them.
func (s *inputSchema) isPlain(params tree.Object) bool {
	p := s.parameters()
	for name, value := range params {
		if _, isText := value.(string); !isText || !slices.Contains(p.texts, name) {
			return false
		}
	}
	return len(p.required) == 0
}

// check refuses parameters that the schema does not allow: an unknown name, a
// wrong type, a value out of bounds, a missing one that is required and not among
// optional. called returns the method or tool that the client has called, for the
// error texts.
func (s *inputSchema) check(called func() string, params tree.Object, optional ...string) error {
	var usual [8]string // no operation has so many parameters
	names := slices.AppendSeq(usual[:0], maps.Keys(params))
	slices.Sort(names)
	for _, name := range names {
		property, known := s.parameters().properties[name].(tree.Object)
		if !known {
			return s.unknown(called(), name)
		}
		if err := s.checkValue(called, name, params[name], property); err != nil {
			return err
		}
	}
	for _, name := range s.parameters().required {
		if _, exists := params[name]; !exists && !slices.Contains(optional, name) {
			return s.missing(called(), name)
		}
	}
	return nil
}

func (s *inputSchema) unknown(called, name string) error {
	name = fault.Clip(name)
	hint := fmt.Sprintf("its parameters are %s", enumerate(s.parameters().names))
	if nearest, ok := tree.Nearest(name, s.parameters().names); ok {
		hint = fmt.Sprintf("did you mean %q?", nearest)
	}
	return fault.New(fault.InvalidParams, "%s has no parameter %q: %s; nothing was done", called, name, hint).
		With("path", tree.Pointer{name}.String())
}

// missing is the fault of a parameter that is not given. It has the description.
func (s *inputSchema) missing(called, name string) error {
	property, _ := s.parameters().properties[name].(tree.Object)
	description, _ := property["description"].(string)
	return fault.New(fault.InvalidParams, "%s needs parameter %q; nothing was done. %s is: %s",
		called, name, name, strings.TrimSuffix(description, ".")).
		With("path", tree.Pointer{name}.String())
}

func (s *inputSchema) checkValue(called func() string, name string, value any, property tree.Object) error {
	want, _ := property["type"].(string)
	got := tree.TypeName(value)
	if want == "integer" && got == "number" {
		return s.wrong(called(), name, "must be an integer, without a fraction")
	}
	if got != want {
		return s.wrong(called(), name, fmt.Sprintf("must be %s, not %s", tree.WithArticle(want), tree.WithArticle(got)))
	}
	switch v := value.(type) {
	case int64:
		if lowest, ok := property["minimum"].(int64); ok && v < lowest {
			return s.wrong(called(), name, fmt.Sprintf("must be %d or more", lowest))
		}
		if most, ok := property["maximum"].(int64); ok && v > most {
			return s.wrong(called(), name, fmt.Sprintf("must be %d or less", most))
		}
	case uint64:
		if most, ok := property["maximum"].(int64); ok {
			return s.wrong(called(), name, fmt.Sprintf("must be %d or less", most))
		}
	case string:
		if most, ok := property["maxLength"].(int64); ok && int64(utf8.RuneCountInString(v)) > most {
			return s.wrong(called(), name, fmt.Sprintf("must be at most %d characters long", most))
		}
		if words, ok := property["enum"].([]any); ok && !slices.Contains(words, any(v)) {
			return s.wrong(called(), name, fmt.Sprintf("must be one of %s", enumerate(words)))
		}
	}
	return nil
}

func (s *inputSchema) wrong(called, name, why string) error {
	return fault.New(fault.InvalidParams, "parameter %q of %s %s; nothing was done", name, called, why).
		With("path", tree.Pointer{name}.String())
}

// fromText decodes arguments that a client sent as text although the schema
// has another type: some hosts do that to numbers and objects. It decodes only
// whole arguments, never a value inside them, and only to the schema's type. Its
// error is that of a text with too many keys.
func (s *inputSchema) fromText(args tree.Object) (tree.Object, error) {
	decoded, isCopy := args, false
	for name, value := range args {
		text, isText := value.(string)
		property, _ := s.parameters().properties[name].(tree.Object)
		want, _ := property["type"].(string)
		if !isText || want == "string" || want == "" {
			continue
		}
		v, err := tree.Decode([]byte(text))
		if limit := (*tree.LimitError)(nil); errors.As(err, &limit) {
			return nil, fault.Of(err).With("path", tree.Pointer{name}.String())
		}
		if err == nil && tree.TypeName(v) == want {
			if !isCopy {
				decoded, isCopy = maps.Clone(args), true
			}
			decoded[name] = v
		}
	}
	return decoded, nil
}

// accept returns parameters without those that are null, which means absent, and with
// whole numbers as integers where the schema has integers.
func (s *inputSchema) accept(params tree.Object) tree.Object {
	if isAccepted(params) {
		return params
	}
	accepted := make(tree.Object, len(params))
	for name, value := range params {
		property, isKnown := s.parameters().properties[name].(tree.Object)
		if isKnown && value == nil {
			continue
		}
		if f, isFloat := value.(float64); isFloat && property["type"] == "integer" {
			value = schema.WholeNumber(f)
		}
		accepted[name] = value
	}
	return accepted
}

// isAccepted reports whether there is nothing for accept to do, as usually.
func isAccepted(params tree.Object) bool {
	for _, value := range params {
		switch value.(type) {
		case nil, float64:
			return false
		}
	}
	return true
}

// enumerate lists values as JSON: "a", "b", "c".
func enumerate[T any](values []T) string {
	var text []byte
	for i, v := range values {
		if i > 0 {
			text = append(text, ", "...)
		}
		text = tree.Append(text, v)
	}
	return string(text)
}
