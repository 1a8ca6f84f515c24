package cli

import (
	"context"
	"encoding/json"

	"realmconf/runtime/fault"
	"realmconf/runtime/store"
	"realmconf/schema/tree"
	"realmconf/tools"
)

// call runs an operation as a client of the surface "cli".
func (s *Session) call(ctx context.Context, name tools.Name, params map[string]any) (json.RawMessage, error) {
	return s.callAs(ctx, s.caller(), name, params)
}

// callAs is call for a caller.
func (s *Session) callAs(ctx context.Context, caller tools.Caller, name tools.Name, params map[string]any) (json.RawMessage, error) {
	if o := s.Operations.Find(name); o != nil {
		return o.Call(ctx, caller, params)
	}
	return nil, fault.New(fault.MethodNotFound, "no operation %q: realmconf help call shows how to list them", name)
}

// show runs an operation and prints its reply, on a terminal with format.
func (s *Session) show(ctx context.Context, name tools.Name, params tree.Object, asJSON bool, format func(reply tree.Object)) error {
	raw, err := s.call(ctx, name, params)
	if err != nil {
		return err
	}
	return s.printReply(raw, asJSON, format)
}

// caller identifies the command line to the operations and in the history, which no
// command has its version in that only reads.
func (s *Session) caller() tools.Caller {
	c := tools.Caller{
		Name: programName, Surface: store.CLI, PathVisibility: s.PathVisibility,
		OnSuccess: func(generation uint64, _ json.RawMessage) { s.generation = &generation },
	}
	if s.command == nil || !s.command.onlyReads {
		c.Version = Version()
	}
	return c
}
