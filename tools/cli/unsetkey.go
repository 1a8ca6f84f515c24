package cli

import "context"

func unsetKeyCommand() *command {
	var w writing
	return &command{
		name: "unset-key", form: "POINTER", least: 1, most: 1,
		about: "return one key to its default, or remove an entry of a list",
		flags: w.add,
		run: func(ctx context.Context, s *Session, args []string) error {
			p, err := s.key(ctx, args[0])
			if err != nil {
				return err
			}
			return s.change(ctx, "patch", &w, s.at(p, nil, "remove"))
		},
	}
}
