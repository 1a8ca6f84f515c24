package cli

import (
	"context"

	"realmconf/runtime/fault"
	"realmconf/tools"
	"realmconf/tools/policy"
)

// CheckAllowance refuses an --allow for a place that the schema does not have.
// Without the check a mistyped place would show only when a write is refused. It
// does not load the schema if the allowance names no place.
func CheckAllowance(ctx context.Context, allow policy.Allowance, operations *tools.Operations) error {
	for _, p := range allow.Pointers() {
		s := Session{Operations: operations}
		if _, err := s.call(ctx, tools.Schema, map[string]any{"path": p.String()}); err != nil {
			return fault.New(fault.InvalidParams, "--allow %s", fault.Of(err).Message).Because(err)
		}
	}
	return nil
}
