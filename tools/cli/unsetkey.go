package cli

import (
	"context"

	"realmconf/schema/tree"
	"realmconf/tools"
)

func unsetKeyCommand() *command {
	var w writeFlags
	return &command{
		name: "unset-key", form: "POINTER", realm: true, minArgs: 1, maxArgs: 1,
		summary:  "return one key to its default, or remove an entry of a list",
		flags:    w.add,
		complete: completePointer,
		run: func(ctx context.Context, s *Session, args []string) error {
			p, err := s.parseKey(ctx, args[0])
			if err != nil {
				return err
			}
			content := s.patchContent(p, nil, "remove")
			if _, isMerge := content["patch"]; isMerge {
				stored, err := s.isStored(ctx, p)
				if err != nil {
					return err
				}
				if !stored { // a merge patch would make the tables above the key
					content = tree.Object{"patch": tree.Object{}}
				}
			}
			return s.change(ctx, tools.Patch, &w, content)
		},
	}
}

// isStored reports whether the file has a value at p.
func (s *Session) isStored(ctx context.Context, p tree.Pointer) (bool, error) {
	raw, err := s.call(ctx, tools.Get, tree.Object{"view": "stored"})
	if err != nil {
		return false, err
	}
	reply, err := tree.DecodeObjectUnlimited(raw)
	if err != nil {
		return false, err
	}
	_, _, ok := p.Get(reply["config"])
	return ok, nil
}
