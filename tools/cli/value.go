package cli

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"realmconf/runtime/fault"
	"realmconf/schema"
	"realmconf/schema/tree"
	"realmconf/tools"
)

// parseValue parses a word as a value of the type that a key has. A key that can
// be a string gets the word itself, unless the word is JSON of another type that
// the key can have.
//
//	key's types       word          value
//	string            7             "7"
//	string, integer   7             7
//	string, integer   1m            "1m"
//	number            3             3, or 3.0 in the place of a float
//	array             ["ls"]        ["ls"]
//	secs and nanos    2s            "2s"
//	any               hello, [1]    "hello", [1]
//
// A key of any type keeps the kind of its present value, nil if it has none, if the word
// can be read as one: in the place of a string, 5 is "5".
//
// null is always refused, because it is not a value: unset-key removes a key. A
// list or an object for a key with the other type passes: the write refuses it
// with a better text.
func (s *Session) parseValue(p tree.Pointer, present any, word string) (any, error) {
	types := s.typesAt(p)
	value, err := tree.Decode([]byte(word))
	kind := tree.TypeName(value)
	isJSON, anyType := err == nil, len(types) == 0
	has := func(name string) bool { return slices.Contains(types, name) }
	structured := has("array") || has("object")

	_, wasString := present.(string)
	if anyType && wasString && kind != "string" {
		return word, nil
	}
	if has("string") && (!isJSON || kind == "string" || !has(kind)) || anyType && !isJSON {
		return word, nil
	}
	if isJSON {
		switch {
		case value == nil:
			return nil, &hintedError{
				fault.New(fault.InvalidConfig, "%s: null is not a value: nothing was written", p),
				"realmconf unset-key " + shellWord(p.String()) + " returns it to its default",
			}
		case kind == "integer" && (anyType || has("number") && !has("integer")):
			return likePresent(present, value), nil
		case has(kind), anyType, structured:
			return value, nil
		}
	} else if structured && s.isDurationTable(p) {
		return word, nil // the text of a duration, which a write reads
	} else if structured {
		return nil, fault.New(fault.InvalidConfig, "%s takes %s, written as JSON: %v; nothing was written", p, describeTypes(types), err)
	}
	expected := "takes " + describeTypes(types)
	if decodeErr := (*tree.DecodeError)(nil); errors.As(err, &decodeErr) && decodeErr.Kind == tree.Range {
		expected += " of at most 64 bits"
	}
	return nil, valueFault(p, expected+", not "+strconv.Quote(word))
}

// likePresent returns an integer as a float if the present value is one.
func likePresent(present, integer any) any {
	n, fits := integer.(int64)
	if _, isFloat := present.(float64); isFloat && fits {
		return float64(n)
	}
	return integer
}

// presentValue returns the value that a key has, or would have by default, nil if there is
// none.
func (s *Session) presentValue(ctx context.Context, p tree.Pointer) any {
	raw, err := s.call(ctx, tools.Get, tree.Object{"path": p.String()})
	if err != nil {
		return nil // the write reports what prevents reading
	}
	reply, err := tree.DecodeObjectUnlimited(raw)
	if err != nil {
		return nil
	}
	return reply["value"]
}

// warnOtherKind says that a key of any type got a value of another kind.
func (s *Session) warnOtherKind(p tree.Pointer, before, after any) {
	was, is := tree.TypeName(before), tree.TypeName(after)
	if before != nil && was != is && len(s.typesAt(p)) == 0 {
		s.message("%s: the value before was %s, and this one is %s", p, kindInWords(was), kindInWords(is))
	}
}

// kindInWords returns the name of a JSON type as TOML has it, with an article.
func kindInWords(name string) string {
	switch name {
	case "number":
		return "a float"
	case "array":
		return "a list"
	case "object":
		return "a table"
	}
	return tree.WithArticle(name)
}

// isDurationTable reports whether a key has a duration as a table.
func (s *Session) isDurationTable(p tree.Pointer) bool {
	described, _ := s.Model.Describe(p)
	keys, _ := described["properties"].(tree.Object)
	_, hasSecs := keys["secs"]
	_, hasNanos := keys["nanos"]
	return hasSecs && hasNanos && len(keys) == 2
}

// valueFault refuses the value of a key. Its issue makes the report point to the
// key's schema.
func valueFault(p tree.Pointer, reason string) error {
	return fault.New(fault.InvalidConfig, "%s %s; nothing was written", p, reason).
		With("issues", []schema.Issue{{Kind: schema.Type, Path: p.String(), Message: reason}})
}

// describeTypes returns types in words for a person.
func describeTypes(types []string) string {
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

// typesAt returns the names of the types that a value at p can have, without
// null. An empty list means any type.
func (s *Session) typesAt(p tree.Pointer) []string {
	described, _ := s.Model.Describe(p)
	var names []string
	for _, m := range alternatives(described) {
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

// valueWords returns the possible values of a key with only a few, for
// completion.
func (s *Session) valueWords(pointer string) []string {
	p, err := tree.ParsePointer(pointer)
	if err != nil {
		return nil
	}
	described, _ := s.Model.Describe(p)
	var words []string
	for _, m := range alternatives(described) {
		list, _ := m["enum"].([]any)
		for _, word := range list {
			if word, ok := word.(string); ok && !slices.Contains(words, word) {
				words = append(words, word)
			}
		}
	}
	if slices.Contains(s.typesAt(p), "boolean") {
		words = append(words, "true", "false")
	}
	return words
}
