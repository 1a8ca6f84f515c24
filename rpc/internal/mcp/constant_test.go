package mcp

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"realmconf/schema/tree"
	"realmconf/tools"
)

// constantReply is an environment variable with the name of a file that holds a
// JSON object. If it is set, this test binary is a server whose config/get and
// config_get answer with that object: the floor of the benchmarks at the top
// level.
const constantReply = "REALMCONF_CONSTANT_REPLY"

func TestMain(m *testing.M) {
	name := os.Getenv(constantReply)
	if name == "" {
		os.Exit(m.Run())
	}
	if err := serveConstant(name); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serveConstant(name string) error {
	reply, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	constant := func(context.Context, tools.Caller, tree.Object) (json.RawMessage, error) { return reply, nil }
	return serve(context.Background(), os.Stdin, os.Stdout, catalogOf(constant, constant), settings{})
}
