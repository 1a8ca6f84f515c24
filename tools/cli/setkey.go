package cli

import (
	"context"
	"slices"

	"realmconf.io/realmconf/schema/tree"
)

func setKeyCommand() *command {
	var w writing
	return &command{
		name: "set-key", form: "POINTER VALUE", least: 2, most: 2,
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
	if _, known := s.Model.Describe(p); !known {
		_, err := s.call(ctx, "schema", tree.Object{"path": text}) // it says what is near
		return nil, err
	}
	return p, nil
}

// typed reads a value as the type that the key has. What does not fit is left a
// string: the refusal then says what the key takes.
func (s *Session) typed(p tree.Pointer, text string) (any, error) {
	types := s.types(p)
	value, err := tree.Decode([]byte(text))
	kind := tree.TypeName(value)
	has := func(name string) bool { return slices.Contains(types, name) }
	switch {
	case err == nil && len(types) == 0:
		return value, nil
	case err == nil && kind == "integer" && has("number") && !has("integer"):
		if n, ok := value.(int64); ok {
			return float64(n), nil
		}
		return value, nil
	case err == nil && kind != "string" && has(kind):
		return value, nil
	case !has("string") && (has("array") || has("object")) && err != nil:
		return nil, s.usage("%s takes a list or an object, written as JSON: %v", p, err)
	}
	return text, nil
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
