package rpc

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools"
)

// code is the number of a fault's kind on the wire: JSON-RPC's own where it
// has one, outside the range that JSON-RPC and MCP reserve where it has not.
func code(kind fault.Kind) int {
	switch kind {
	case fault.ParseError:
		return -32700
	case fault.InvalidRequest:
		return -32600
	case fault.MethodNotFound:
		return -32601
	case fault.InvalidParams:
		return -32602
	case fault.Cancelled:
		return -32800
	case fault.GenerationConflict:
		return 1001
	case fault.InvalidConfig:
		return 1002
	case fault.ApprovalRequired:
		return 1003
	case fault.ReadOnly:
		return 1004
	case fault.LockTimeout:
		return 1005
	case fault.CorruptConfig:
		return 1006
	case fault.Storage:
		return 1007
	case fault.OutcomeUnknown:
		return 1008
	case fault.NotFound:
		return 1009
	case fault.TooLarge:
		return 1010
	case fault.WouldDrop:
		return 1011
	case fault.Busy:
		return 1012
	default: // fault.Internal
		return -32603
	}
}

// errorObject is any error as the wire has it.
func errorObject(err error) json.RawMessage {
	var numbered interface{ object() json.RawMessage } // one of MCP's own errors
	if errors.As(err, &numbered) {
		return numbered.object()
	}
	f := fault.Of(err)
	return tree.Append(nil, tree.Object{
		"code":    code(f.Kind),
		"data":    json.RawMessage(errorData(f)),
		"message": f.Message,
	})
}

// errorData is what a program reads of a fault: its kind and what goes with it.
func errorData(f *fault.Fault) []byte {
	return tree.Append(nil, f.With("kind", string(f.Kind)).Data)
}

// invalidParams is the refusal of parameters.
func invalidParams(format string, args ...any) *fault.Fault {
	return fault.New(fault.InvalidParams, format, args...)
}

// unknownName says that there is no such method or tool, and which there is.
func unknownName(kind fault.Kind, what, name string, known []string) *fault.Fault {
	if len(name) <= maxShown {
		if nearest, ok := tools.Meant(name, known); ok {
			return fault.New(kind, "no %s %q: did you mean %s?", what, name, nearest)
		}
	}
	return fault.New(kind, "no %s %s: there are %s", what, clip(name), list(known))
}

func list(names []string) string {
	text := ""
	for i, name := range names {
		switch {
		case i == 0:
		case i == len(names)-1:
			text += " and "
		default:
			text += ", "
		}
		text += name
	}
	return text
}

// maxShown is how many bytes of a client's word an error text repeats.
const maxShown = 64

// clip quotes a client's word for an error text or the log.
func clip(s string) string {
	if short := prefix(s, maxShown); short != s {
		return fmt.Sprintf("%q…", short)
	}
	return fmt.Sprintf("%q", s)
}

// prefix is the longest beginning of s that has at most n bytes and no half
// characters.
func prefix(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
