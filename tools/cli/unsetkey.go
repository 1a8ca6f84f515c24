package cli

import (
	"context"

	"realmconf/schema/tree"
)

func unsetKeyCommand() *command {
	var w writing
	return &command{
		name: "unset-key", form: "POINTER", realm: true, least: 1, most: 1,
		about: "return one key to its default, or remove an entry of a list",
		flags: w.add,
		run: func(ctx context.Context, s *Session, args []string) error {
			p, err := s.key(ctx, args[0])
			if err != nil {
				return err
			}
			content := s.at(p, nil, "remove")
			if _, merges := content["patch"]; merges {
				there, err := s.stored(ctx, p)
				if err != nil {
					return err
				}
				if !there { // a merge patch would make the tables above the key
					content = tree.Object{"patch": tree.Object{}}
				}
			}
			return s.change(ctx, "patch", &w, content)
		},
	}
}

// stored reports whether the file has something at p.
func (s *Session) stored(ctx context.Context, p tree.Pointer) (bool, error) {
	raw, err := s.call(ctx, "get", tree.Object{"view": "stored"})
	if err != nil {
		return false, err
	}
	reply, err := tree.DecodeObject(raw)
	if err != nil {
		return false, err
	}
	_, _, there := p.Get(reply["config"])
	return there, nil
}
