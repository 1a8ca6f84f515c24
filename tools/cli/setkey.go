package cli

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"realmconf/runtime/fault"
	"realmconf/schema"
	"realmconf/schema/tree"
)

func setKeyCommand() *command {
	var w writing
	return &command{
		name: "set-key", form: "POINTER VALUE", realm: true, least: 2, most: 2,
		about: "change one key; the schema says which type its value has",
		more: `A string is written as it is, without quotes; a list or an object as JSON:
  realmconf set-key /agent/model gpt-5.5
  realmconf set-key /shell/security_patterns '["ls", "cat *"]'`,
		flags: w.add,
		run: func(ctx context.Context, s *Session, args []string) error {
			p, err := s.key(ctx, args[0])
			if err != nil {
				return err
			}
			value, err := s.typed(p, args[1])
			if err != nil {
				return err
			}
			return s.change(ctx, "patch", &w, s.at(p, value, "add"))
		},
	}
}

// key reads a pointer to something that can be changed by itself.
func (s *Session) key(ctx context.Context, text string) (tree.Pointer, error) {
	p, err := tree.ParsePointer(text)
	if err != nil {
		return nil, s.usage("%v", err)
	}
	if len(p) == 0 {
		return nil, s.usage("the pointer is empty: name a key, for example /agent/model")
	}
	return p, s.known(ctx, p)
}

// known refuses a place at which nothing may ever stand.
func (s *Session) known(ctx context.Context, p tree.Pointer) error {
	if _, known := s.Model.Describe(p); known {
		return nil
	}
	for i := range p {
		if _, known := s.Model.Describe(p[:i+1]); !known && slices.Contains(s.types(p[:i]), "array") {
			list := p[:i].String()
			return &hinted{
				fault.New(fault.NotFound, "%s: %s is a list: its entries are numbered from 0, and /- is the place behind the last", p, list),
				"realmconf get " + shellWord(list) + " shows them",
			}
		}
	}
	_, err := s.call(ctx, "schema", tree.Object{"path": p.String()}) // it says what is near
	return err
}

// typed reads a value as the type that the key has. Where a string is possible,
// what is nothing else is one.
func (s *Session) typed(p tree.Pointer, text string) (any, error) {
	types := s.types(p)
	value, err := tree.Decode([]byte(text))
	kind := tree.TypeName(value)
	has := func(name string) bool { return slices.Contains(types, name) }
	structured := has("array") || has("object")
	var place *tree.DecodeError
	switch {
	case has("string") && (err != nil || kind == "string" || !has(kind)), err != nil && len(types) == 0:
		return text, nil
	case err == nil && value == nil:
		return nil, &hinted{
			fault.New(fault.InvalidConfig, "%s: null is no value: nothing was written", p),
			"realmconf unset-key " + shellWord(p.String()) + " returns it to its default",
		}
	case err == nil && kind == "integer" && has("number") && !has("integer"):
		if n, ok := value.(int64); ok {
			return float64(n), nil
		}
		return value, nil
	case err == nil && (has(kind) || len(types) == 0 || structured):
		return value, nil
	case err != nil && structured:
		return nil, fault.New(fault.InvalidConfig, "%s takes %s, written as JSON: %v; nothing was written", p, inWords(types), err)
	case errors.As(err, &place) && place.Kind == tree.Range:
		return nil, unfit(p, "takes "+inWords(types)+" of at most 64 bits, not "+strconv.Quote(text))
	}
	return nil, unfit(p, "takes "+inWords(types)+", not "+strconv.Quote(text))
}

// unfit refuses the value of a key, and leads to what the schema says of it.
func unfit(p tree.Pointer, why string) error {
	return fault.New(fault.InvalidConfig, "%s %s; nothing was written", p, why).
		With("issues", []schema.Issue{{Kind: schema.Type, Path: p.String(), Message: why}})
}

// inWords is types as a person says them.
func inWords(types []string) string {
	words := map[string]string{
		"array": "a list", "object": "an object", "integer": "an integer in decimal digits", "number": "a number", "boolean": "true or false",
	}
	var list []string
	for _, name := range types {
		if word := words[name]; word != "" && !slices.Contains(list, word) {
			list = append(list, word)
		}
	}
	return tree.JoinWords(list, "or", len(list))
}

// types are the names of the types that a value at p may have, null left out.
// None means any.
func (s *Session) types(p tree.Pointer) []string {
	described, _ := s.Model.Describe(p)
	meanings, several := described["anyOf"].([]any)
	if !several {
		meanings = []any{described}
	}
	var names []string
	for _, m := range meanings {
		m, _ := m.(tree.Object)
		list, several := m["type"].([]any)
		if !several {
			list = []any{m["type"]}
		}
		for _, name := range list {
			if name, ok := name.(string); ok && name != "null" {
				names = append(names, name)
			}
		}
	}
	return names
}

// at is the content of a patch that puts a value at a place: a merge patch, or
// operations where the place is in a list, which a merge patch cannot reach.
// op is what is done to a key; an entry of a list is replaced where it is added
// to nothing.
func (s *Session) at(p tree.Pointer, value any, op string) tree.Object {
	for i := range p {
		if !slices.Contains(s.types(p[:i]), "array") {
			continue
		}
		if i == len(p)-1 && op == "add" && p[i] != "-" {
			op = "replace"
		}
		operation := tree.Object{"op": op, "path": p.String()}
		if op != "remove" {
			operation["value"] = value
		}
		return tree.Object{"operations": []any{operation}}
	}
	for _, name := range slices.Backward(p) {
		value = tree.Object{name: value}
	}
	return tree.Object{"patch": value}
}
