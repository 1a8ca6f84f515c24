package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"realmconf/schema"
	"realmconf/schema/tree"
	"realmconf/tools/policy"
)

// print writes a part of the result.
func (s *Session) print(format string, args ...any) {
	s.write(fmt.Appendf(nil, format, args...))
}

// write writes a part of the result. After the first error it writes nothing.
func (s *Session) write(text []byte) {
	if s.printErr == nil {
		_, s.printErr = s.Stdout.Write(text)
	}
}

// printJSON writes a JSON value: indented on a terminal, else on one line.
func (s *Session) printJSON(raw []byte) {
	if s.Terminal.Interactive {
		var b bytes.Buffer
		if json.Indent(&b, raw, "", "  ") == nil {
			raw = b.Bytes()
		}
	}
	s.writeSource(append(bytes.Clone(raw), '\n'), true)
}

// writeSource writes a JSON or TOML text, on a terminal without hidden characters.
func (s *Session) writeSource(text []byte, isJSON bool) {
	if s.Terminal.Interactive {
		text = escapeControls(text, isJSON)
	}
	s.write(text)
}

// printReply writes an operation's reply: with format on a terminal, else or with
// asJSON as JSON.
func (s *Session) printReply(raw json.RawMessage, asJSON bool, format func(reply tree.Object)) error {
	if asJSON || !s.Terminal.Interactive {
		s.printJSON(raw)
		return nil
	}
	reply, err := tree.DecodeObjectUnlimited(raw)
	if err != nil {
		return err
	}
	format(reply)
	return nil
}

// message writes a line to standard error.
func (s *Session) message(format string, args ...any) { message(s.Stderr, format, args...) }

// hint writes a hint line to standard error.
func (s *Session) hint(format string, args ...any) { hint(s.Stderr, format, args...) }

// warnReply reports on standard error the problems that a reply lists. A caller
// that prints the complete reply does not need it.
func (s *Session) warnReply(reply tree.Object) {
	if reply["reconcile_pending"] == true {
		s.message("warning: another program changed the file, and the change has no generation yet, so that the answer may be from before it; if it stays so, realmconf doctor says why")
	}
	warnings, _ := reply["warnings"].([]any)
	for _, w := range warnings {
		issue, _ := w.(tree.Object)
		if issue["kind"] == string(schema.NewRealm) {
			continue // announceNewRealm says more
		}
		text := fmt.Sprint(issue["message"])
		if issue["path"] != "" {
			text = fmt.Sprintf("%v: %s", issue["path"], text)
		}
		if line, ok := issue["line"]; ok {
			text = fmt.Sprintf("line %v: %s", line, text)
		}
		if hint, ok := issue["hint"]; ok {
			text += fmt.Sprintf("; %v", hint)
		}
		s.message("warning: %s", text)
	}
}

func message(stderr io.Writer, format string, args ...any) {
	fmt.Fprintf(stderr, "realmconf: %s\n", policy.EscapeHidden(fmt.Sprintf(format, args...)))
}

func hint(stderr io.Writer, format string, args ...any) {
	message(stderr, "hint: "+format, args...)
}
