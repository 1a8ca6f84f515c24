package cli

import (
	"context"
	"strings"

	"realmconf/schema/tree"
	"realmconf/tools"
)

func callCommand() *command {
	return &command{
		name: "call", form: "METHOD [PARAMS|-]", realm: true, minArgs: 1, maxArgs: 2,
		summary: "call a method with JSON parameters and print its result",
		details: `For scripts that need everything that a method can do:
  realmconf call config/get '{"path":"/rest","view":"stored"}'`,
		run: func(ctx context.Context, s *Session, args []string) error {
			o, err := s.findOperation(args[0])
			if err != nil {
				return err
			}
			text := []byte("{}")
			if len(args) > 1 {
				text = []byte(args[1])
			}
			if string(text) == stdinName {
				if text, err = s.readInput(ctx, stdinName); err != nil {
					return err
				}
			}
			params, err := tree.DecodeObject(text)
			if err != nil {
				return s.usageError("the parameters are not a JSON object: %v", err)
			}
			reply, err := o.Call(ctx, s.caller(), params)
			if err != nil {
				return err
			}
			s.printJSON(reply)
			return nil
		},
		complete: func(_ context.Context, s *Session, args []string, _ string) []candidate {
			var list []candidate
			if len(args) > 0 {
				return nil // the parameters
			}
			for _, o := range s.Operations.All() {
				list = append(list, candidate{o.Method(), o.Title})
			}
			return list
		},
	}
}

// findOperation returns the operation of a method. The prefix of all methods may
// be left out.
func (s *Session) findOperation(name string) (*tools.Operation, error) {
	var methods []string
	for _, o := range s.Operations.All() {
		if name == o.Method() || name == string(o.Name) {
			return o, nil
		}
		methods = append(methods, o.Method())
	}
	if watch := tools.Name(strings.TrimPrefix(name, tools.MethodPrefix)); watch == tools.Watch || watch == tools.Unwatch {
		return nil, s.usageError("%s needs a connection that stays open: realmconf watch does that from a shell", watch.Method())
	}
	if nearest, ok := tools.NearestName(name, methods); ok {
		return nil, s.usageError("no method %q: did you mean %s?", name, nearest)
	}
	return nil, s.usageError("no method %q: the methods are %s", name, strings.Join(methods, ", "))
}
