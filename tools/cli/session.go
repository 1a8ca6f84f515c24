// Package cli is the command line: what a person or a script does with the
// operations that the server offers to clients. One command stands in one
// file.
//
// Everything that is a result goes to standard output, and everything else to
// standard error behind "realmconf:", in lower case and without a period at the
// end. A hint line says what to do next. On a terminal results are made to be
// read; else they are JSON.
package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"syscall"

	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/realm"
	"realmconf/runtime/store"
	"realmconf/schema"
	"realmconf/schema/tree"
	"realmconf/tools"
	"realmconf/tools/policy"
)

// Session is what a command works with.
type Session struct {
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer

	Operations *tools.Operations
	Runtime    *runtime.Runtime
	Model      *schema.Model
	Realm      realm.Selection
	Policy     runtime.Policy
	Writes     policy.Policy // which writes may happen; the operations follow it, too

	// Terminal says how to show results. nil means that Stdout tells.
	Terminal *Terminal
	// Getenv is the environment. nil means the process's own.
	Getenv func(name string) string

	server  *flag.FlagSet // the server's flags
	given   []setting     // those of them that the command line has
	command *command      // the one that runs
	written error         // the first failure to write to Stdout
	kept    *uint64       // the generation that a write has made, or found to be as wanted
}

// Run carries out a command and returns the exit code. What goes wrong is told
// on standard error.
func (inv *Invocation) Run(ctx context.Context, s Session) int {
	s.server, s.given, s.command = inv.server, inv.given, inv.command
	if s.Getenv == nil {
		s.Getenv = os.Getenv
	}
	if s.Terminal == nil {
		t := Look(s.Stdout, s.Getenv)
		s.Terminal = &t
	}
	err := s.run(ctx, inv.args)
	if err == nil && s.written != nil && !errors.Is(s.written, syscall.EPIPE) {
		err = &outputError{s.kept, s.written}
	}
	return report(s.Stderr, err, s.given, s.Model)
}

// run runs the command, if the realm that it is about can be meant.
func (s *Session) run(ctx context.Context, args []string) error {
	if s.command.realm {
		if err := s.meant(ctx); err != nil {
			return err
		}
	}
	err := s.command.run(ctx, s, args)
	var own *hinted
	if fault.Is(err, fault.InvalidParams) && !errors.As(err, &own) {
		err = &hinted{err, howWritten(s.command)}
	}
	return err
}

// print writes a part of the result.
func (s *Session) print(format string, args ...any) {
	s.write(fmt.Appendf(nil, format, args...))
}

func (s *Session) write(text []byte) {
	if s.written == nil {
		_, s.written = s.Stdout.Write(text)
	}
}

// printJSON writes a JSON value: on one line for programs, indented for people.
func (s *Session) printJSON(raw []byte) {
	if s.Terminal.Is {
		var b bytes.Buffer
		if json.Indent(&b, raw, "", "  ") == nil {
			raw = b.Bytes()
		}
		raw = escaped(raw, true)
	}
	s.print("%s\n", raw)
}

// say writes a line to standard error.
func (s *Session) say(format string, args ...any) { say(s.Stderr, format, args...) }

func say(stderr io.Writer, format string, args ...any) {
	fmt.Fprintf(stderr, "realmconf: %s\n", line(fmt.Sprintf(format, args...)))
}

func hint(stderr io.Writer, format string, args ...any) {
	say(stderr, "hint: "+format, args...)
}

// readable reports whether a result is to be shown to a person.
func (s *Session) readable(asJSON bool) bool { return s.Terminal.Is && !asJSON }

// call runs an operation by its name, as the command line's own client.
func (s *Session) call(ctx context.Context, name string, params map[string]any) (json.RawMessage, error) {
	for _, o := range s.Operations.All() {
		if string(o.Name) == name {
			return o.Call(ctx, s.caller(), params)
		}
	}
	return nil, fault.New(fault.MethodNotFound, "there is no operation %q: realmconf help call lists them", name)
}

// show runs an operation and shows its reply: to a person by readably, to
// everybody else as JSON.
func (s *Session) show(ctx context.Context, name string, params tree.Object, asJSON bool, readably func(reply tree.Object)) error {
	raw, err := s.call(ctx, name, params)
	if err != nil {
		return err
	}
	return s.showReply(raw, asJSON, readably)
}

func (s *Session) showReply(raw json.RawMessage, asJSON bool, readably func(reply tree.Object)) error {
	if !s.readable(asJSON) {
		s.printJSON(raw)
		return nil
	}
	reply, err := tree.DecodeObject(raw)
	if err != nil {
		return err
	}
	readably(reply)
	return nil
}

func (s *Session) caller() tools.Caller {
	return tools.Caller{
		Name: "realmconf", Version: Version(), Surface: store.CLI, Policy: s.Policy,
		OnSuccess: func(generation uint64, _ json.RawMessage) { s.kept = &generation },
	}
}
