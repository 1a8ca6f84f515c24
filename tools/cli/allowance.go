package cli

import (
	"context"
	"slices"
	"strings"

	"realmconf/runtime/fault"
	"realmconf/tools"
	"realmconf/tools/policy"
)

// CheckAllowance refuses an --allow for a place that the schema does not have, or that
// names an entry of a list by its index. Without the check that would show only when a
// write is refused.
func CheckAllowance(ctx context.Context, allow policy.Allowance, model policy.Model, operations *tools.Operations) error {
	if err := allow.Check(model); err != nil {
		return fault.New(fault.InvalidParams, "--allow %v", err).Because(err)
	}
	for _, p := range allow.Pointers() {
		s := Session{Operations: operations}
		if _, err := s.call(ctx, tools.Schema, map[string]any{"path": p.String()}); err != nil {
			text := fault.Of(err).Message
			if slices.ContainsFunc(p, func(token string) bool { return strings.Contains(token, "[") }) {
				text = p.String() + ": no such key; an entry of a list is named by its identity in double quotes, as in '/tools/mcp_servers[name=\"github\"]/args'"
			}
			return fault.New(fault.InvalidParams, "--allow %s", text).Because(err)
		}
	}
	return nil
}
