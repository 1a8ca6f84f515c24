package mcp

import (
	"realmconf/rpc/internal/conn"
	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools"
)

// invalidParams returns the refusal of parameters.
func invalidParams(format string, args ...any) *fault.Fault {
	return fault.New(fault.InvalidParams, format, args...)
}

// unknownName returns the error for a method or tool that does not exist: with
// the nearest name, or with all of them.
func unknownName(kind fault.Kind, what, name string, known []string) *fault.Fault {
	if len(name) <= conn.MaxQuoted {
		if nearest, ok := tools.NearestName(name, known); ok {
			return fault.New(kind, "no %s %q: did you mean %s?", what, name, nearest)
		}
	}
	return fault.New(kind, "no %s %s: there are %s", what, conn.QuoteShort(name), tree.JoinWords(known, "and", len(known)))
}
