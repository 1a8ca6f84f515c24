package tools

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// signature is an operation's parameters, read from its input schema, so that
// what the schema shows is what is checked. They are read by the first call.
type signature struct {
	parameters func() *parameters
}

// parameters are what a signature says.
type parameters struct {
	properties tree.Object
	names      []string // sorted
	required   []string
}

// newSignature reads an input schema of ours; a mistake in it is found by the
// first test.
func newSignature(o *Operation) *signature {
	return &signature{sync.OnceValue(func() *parameters {
		schema, err := tree.DecodeObject(o.Input())
		if err != nil {
			panic("tools: input schema of " + string(o.Name) + ": " + err.Error())
		}
		properties, _ := schema["properties"].(tree.Object)
		p := &parameters{properties: properties, names: slices.Sorted(maps.Keys(properties))}
		required, _ := schema["required"].([]any)
		for _, name := range required {
			p.required = append(p.required, name.(string))
		}
		return p
	})}
}

// check holds parameters against the schema: no unknown name, every type and
// bound as it says. Only what optional names may be missing. called is the name
// that the operation was called by, for the error texts.
func (s *signature) check(called string, params tree.Object, optional ...string) error {
	for _, name := range slices.Sorted(maps.Keys(params)) {
		property, known := s.parameters().properties[name].(tree.Object)
		if !known {
			return s.unknown(called, name)
		}
		if err := s.checkValue(called, name, params[name], property); err != nil {
			return err
		}
	}
	for _, name := range s.parameters().required {
		if _, given := params[name]; !given && !slices.Contains(optional, name) {
			return s.missing(called, name)
		}
	}
	return nil
}

func (s *signature) unknown(called, name string) error {
	hint := fmt.Sprintf("its parameters are %s", enumerate(s.parameters().names))
	if nearest, ok := tree.Nearest(name, s.parameters().names); ok {
		hint = fmt.Sprintf("did you mean %q?", nearest)
	}
	return fault.New(fault.InvalidParams, "%s has no parameter %q: %s; nothing was done", called, name, hint).
		With("path", tree.Pointer{name}.String())
}

// missing says that a parameter must be given, and what it is.
func (s *signature) missing(called, name string) error {
	property, _ := s.parameters().properties[name].(tree.Object)
	description, _ := property["description"].(string)
	return fault.New(fault.InvalidParams, "%s needs parameter %q; nothing was done. %s is: %s",
		called, name, name, strings.TrimSuffix(description, ".")).
		With("path", tree.Pointer{name}.String())
}

func (s *signature) checkValue(called, name string, value any, property tree.Object) error {
	want, _ := property["type"].(string)
	got := tree.TypeName(value)
	if want == "integer" && got == "number" {
		return s.wrong(called, name, "must be an integer, without a fraction or an exponent")
	}
	if got != want {
		return s.wrong(called, name, fmt.Sprintf("must be %s, not %s", tree.WithArticle(want), tree.WithArticle(got)))
	}
	switch v := value.(type) {
	case int64:
		if lowest, ok := property["minimum"].(int64); ok && v < lowest {
			return s.wrong(called, name, fmt.Sprintf("must be %d or more", lowest))
		}
		if most, ok := property["maximum"].(int64); ok && v > most {
			return s.wrong(called, name, fmt.Sprintf("must be %d or less", most))
		}
	case uint64:
		if most, ok := property["maximum"].(int64); ok {
			return s.wrong(called, name, fmt.Sprintf("must be %d or less", most))
		}
	case string:
		if most, ok := property["maxLength"].(int64); ok && int64(utf8.RuneCountInString(v)) > most {
			return s.wrong(called, name, fmt.Sprintf("must be at most %d characters long", most))
		}
		if words, ok := property["enum"].([]any); ok && !slices.Contains(words, any(v)) {
			return s.wrong(called, name, fmt.Sprintf("must be one of %s", enumerate(words)))
		}
	}
	return nil
}

func (s *signature) wrong(called, name, why string) error {
	return fault.New(fault.InvalidParams, "parameter %q of %s %s; nothing was done", name, called, why).
		With("path", tree.Pointer{name}.String())
}

// fromText reads arguments that a client sent as text although their type is
// another: some hosts do that to numbers and objects. Only whole arguments are
// read, never what stands inside them, and only where the text leaves no doubt.
func (s *signature) fromText(args tree.Object) tree.Object {
	read := maps.Clone(args)
	for name, value := range args {
		text, isText := value.(string)
		property, _ := s.parameters().properties[name].(tree.Object)
		want, _ := property["type"].(string)
		if !isText || want == "string" || want == "" {
			continue
		}
		if meant, err := tree.Decode([]byte(text)); err == nil && tree.TypeName(meant) == want {
			read[name] = meant
		}
	}
	return read
}

// enumerate lists names in quotes: "a", "b", "c".
func enumerate[T any](names []T) string {
	var text []byte
	for i, name := range names {
		if i > 0 {
			text = append(text, ", "...)
		}
		text = tree.Append(text, name)
	}
	return string(text)
}

// onceJSON returns a function that encodes a schema at its first call.
func onceJSON(schema func() tree.Object) func() json.RawMessage {
	return sync.OnceValue(func() json.RawMessage { return tree.Append(nil, schema()) })
}
