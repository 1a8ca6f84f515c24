package cli

import (
	"context"
	"strings"

	"realmconf/schema/tree"
	"realmconf/tools"
)

func callCommand() *command {
	return &command{
		name: "call", form: "METHOD [PARAMS|-]", realm: true, least: 1, most: 2,
		about: "call a method with JSON parameters and print its result",
		more: `For scripts that want everything that a method can do:
  realmconf call config/get '{"path":"/rest","view":"stored"}'`,
		run: func(ctx context.Context, s *Session, args []string) error {
			o, err := s.operation(args[0])
			if err != nil {
				return err
			}
			text := []byte("{}")
			if len(args) > 1 {
				text = []byte(args[1])
			}
			if string(text) == "-" {
				if text, err = s.file(ctx, "-"); err != nil {
					return err
				}
			}
			params, err := tree.DecodeObject(text)
			if err != nil {
				return s.usage("the parameters are no JSON object: %v", err)
			}
			reply, err := o.Call(ctx, s.caller(), params)
			if err != nil {
				return err
			}
			s.printJSON(reply)
			return nil
		},
	}
}

// operation is the one of a method, with or without "config/".
func (s *Session) operation(name string) (*tools.Operation, error) {
	var methods []string
	for _, o := range s.Operations.All() {
		if name == o.Method() || name == string(o.Name) {
			return o, nil
		}
		methods = append(methods, o.Method())
	}
	if watch := tools.Name(strings.TrimPrefix(name, tools.MethodPrefix)); watch == tools.Watch || watch == tools.Unwatch {
		return nil, s.usage("%s needs a connection that stays open: realmconf watch does that from a shell", watch.Method())
	}
	if nearest, ok := tools.NearestName(name, methods); ok {
		return nil, s.usage("no method %q: did you mean %s?", name, nearest)
	}
	return nil, s.usage("no method %q: there are %s", name, strings.Join(methods, ", "))
}
