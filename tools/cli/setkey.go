package cli

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools"
)

func setKeyCommand() *command {
	var w writeFlags
	return &command{
		name: "set-key", form: "POINTER VALUE", realm: true, minArgs: 2, maxArgs: 2,
		summary: "change one key; the schema, or else the present value, determines the type",
		details: `A string is written as it is, without quotes; a list or an object as JSON:
  realmconf set-key /agent/model gpt-5.5
  realmconf set-key /shell/security_patterns '["ls", "cat *"]'
The value - is read from standard input, without the line break at its end: a secret
is then not in the list of processes, and a text may have several lines.`,
		flags: w.add,
		run: func(ctx context.Context, s *Session, args []string) error {
			p, err := s.parseKey(ctx, args[0])
			if err != nil {
				return err
			}
			word, err := s.readValue(ctx, args[1])
			if err != nil {
				return err
			}
			present := s.presentValue(ctx, p)
			value, err := s.parseValue(p, present, word)
			if err != nil {
				return err
			}
			if err := s.change(ctx, tools.Patch, &w, s.patchContent(p, value, "add")); err != nil {
				return err
			}
			s.warnOtherKind(p, present, value)
			return nil
		},
		complete: func(ctx context.Context, s *Session, args []string, last string) []candidate {
			if len(args) == 0 {
				return completePointer(ctx, s, args, last)
			}
			return wordCandidates(s.valueWords(args[0])...)
		},
	}
}

// readValue returns the value of an argument: that of "-" is on standard input.
func (s *Session) readValue(ctx context.Context, argument string) (string, error) {
	if argument != stdinName {
		return argument, nil
	}
	text, err := s.readInput(ctx, stdinName)
	if err != nil {
		return "", err
	}
	if !utf8.Valid(text) {
		return "", s.usageError("the value on standard input is not UTF-8 text: give it in that encoding")
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r"), nil
}

// parseKey parses a pointer to a key that can be changed.
func (s *Session) parseKey(ctx context.Context, text string) (tree.Pointer, error) {
	p, err := tree.ParsePointer(text)
	if err != nil {
		return nil, s.usageError("%v", err)
	}
	if len(p) == 0 {
		return nil, s.usageError("the pointer is empty: name a key, for example /agent/model")
	}
	return p, s.checkKey(ctx, p)
}

// checkKey refuses a place that the schema does not have.
func (s *Session) checkKey(ctx context.Context, p tree.Pointer) error {
	if _, known := s.Model.Describe(p); known {
		return nil
	}
	for i := range p {
		if _, known := s.Model.Describe(p[:i+1]); !known && slices.Contains(s.typesAt(p[:i]), "array") {
			list := p[:i].String()
			return &hintedError{
				fault.New(fault.NotFound, "%s: %s is a list: its entries are numbered from 0, and /- is the place after the last", p, list),
				"realmconf get " + shellWord(list) + " shows them",
			}
		}
	}
	_, err := s.call(ctx, tools.Schema, tree.Object{"path": p.String()}) // its fault suggests the nearest key
	return err
}

// patchContent returns the parameters of a patch for one place: a merge patch, or
// a JSON Patch if the place is in a list, which a merge patch cannot reach. op is
// the JSON Patch operation; adding to an existing entry replaces it.
func (s *Session) patchContent(p tree.Pointer, value any, op string) tree.Object {
	for i := range p {
		if !slices.Contains(s.typesAt(p[:i]), "array") {
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
