package conn

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
)

// code returns the number of a fault's kind on the wire: JSON-RPC's own number
// if it has one, otherwise one outside the range that JSON-RPC and MCP reserve.
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

// errorObject returns the error object of a reply. An error may bring its own:
// a protocol has numbers that no fault has.
func errorObject(err error) json.RawMessage {
	var own interface{ ErrorObject() json.RawMessage }
	if errors.As(err, &own) {
		return own.ErrorObject()
	}
	f := fault.Of(err)
	message := f.Message
	if len(message) > maxMessage {
		message = Prefix(message, maxMessage) + "…"
	}
	return tree.Append(nil, tree.Object{
		"code":    code(f.Kind),
		"data":    ErrorData(f),
		"message": message,
	})
}

// ErrorData returns the data of an error object: the fault's data and kind.
func ErrorData(f *fault.Fault) json.RawMessage {
	return tree.Append(nil, f.With("kind", string(f.Kind)).Data)
}

// maxMessage is the limit of the text of an error, in bytes. A longer one repeats
// a text of the client in full.
const maxMessage = 4096

// decodeReason returns the text of an error of the decoder, which names members
// of any length.
func decodeReason(e *tree.DecodeError) string {
	if len(e.Path) == 0 {
		return fmt.Sprintf("byte %d: %s", e.Offset, fault.Clip(e.Reason))
	}
	return fmt.Sprintf("byte %d (%s): %s", e.Offset, fault.Clip(e.Path.String()), fault.Clip(e.Reason))
}

// MaxQuoted is the number of bytes of a client's text that an error repeats.
const MaxQuoted = 64

// QuoteShort quotes a client's text for an error or the log, and cuts it.
func QuoteShort(s string) string {
	if short := Prefix(s, MaxQuoted); short != s {
		return fmt.Sprintf("%q…", short)
	}
	return fmt.Sprintf("%q", s)
}

// Prefix returns the longest prefix of s of at most n bytes that ends between
// two characters.
func Prefix(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
