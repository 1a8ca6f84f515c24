// The increment program is an MCP client of realmconf, with the official SDK for Go: it
// starts the server, reads a number with the tool config_get, adds one to it, and writes
// it back with config_patch, without losing the changes of other programs.
//
// Usage: increment POINTER FLAG…       the flags choose the realm
//
//	go run ./testdata/clients/go /retry/max_retries --realm demo --state-root /tmp/realms
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

func main() {
	if len(os.Args) < 2 || !strings.HasPrefix(os.Args[1], "/") {
		fmt.Fprintln(os.Stderr, "usage: increment POINTER FLAG…, for example increment /retry/max_retries --realm demo --state-root /tmp/realms")
		os.Exit(2)
	}
	os.Exit(run(context.Background(), os.Args[1], os.Args[2:]))
}

func run(ctx context.Context, pointer string, flags []string) int {
	program := exec.Command("realmconf", flags...)
	program.Stderr = os.Stderr
	client := mcp.NewClient(&mcp.Implementation{Name: "increment", Version: "1"}, nil)
	session, err := client.Connect(ctx, &mcp.CommandTransport{Command: program}, nil)
	if err != nil {
		if program.ProcessState != nil && program.ProcessState.ExitCode() > 0 {
			return program.ProcessState.ExitCode() // it has printed the reason
		}
		fmt.Fprintln(os.Stderr, "increment:", err)
		return 1
	}
	defer session.Close()
	value, err := increment(ctx, session, pointer)
	if err != nil {
		fmt.Fprintln(os.Stderr, "increment:", err)
		return 1
	}
	fmt.Println(value)
	return 0
}

// increment adds one to the number at a JSON Pointer, and returns the new one.
func increment(ctx context.Context, session *mcp.ClientSession, pointer string) (int64, error) {
	for {
		var read struct {
			Generation int64           `json:"generation"`
			Value      json.RawMessage `json:"value"`
		}
		if err := call(ctx, session, "config_get", map[string]any{"path": pointer}, &read); err != nil {
			return 0, err
		}
		var value int64
		if err := json.Unmarshal(read.Value, &value); err != nil {
			return 0, fmt.Errorf("%s is not an integer", pointer)
		}
		err := call(ctx, session, "config_patch", map[string]any{
			"patch":               mergePatch(pointer, value+1),
			"expected_generation": read.Generation,
			"reason":              "increment",
		}, nil)
		// If another program was first, the new value, which depends on the old one,
		// must be computed again from the current one.
		if refusal := (*refusal)(nil); errors.As(err, &refusal) && refusal.Kind == "generation_conflict" {
			continue
		}
		return value + 1, err
	}
}

// refusal is the error of a tool. Programs branch on its kind.
type refusal struct {
	Kind    string `json:"kind"`
	message string
}

func (r *refusal) Error() string { return r.message }

// call calls a tool and decodes its result into out, unless that is nil.
func call(ctx context.Context, session *mcp.ClientSession, tool string, arguments map[string]any, out any) error {
	result, err := session.CallTool(ctx, &mcp.CallToolParams{Name: tool, Arguments: arguments})
	if err != nil {
		return err
	}
	var texts []string
	for _, content := range result.Content {
		if text, ok := content.(*mcp.TextContent); ok {
			texts = append(texts, text.Text)
		}
	}
	if len(texts) == 0 {
		return fmt.Errorf("%s answered without a text", tool)
	}
	last := []byte(texts[len(texts)-1]) // JSON; the first text of an error is for the model
	if result.IsError {
		r := &refusal{message: strings.TrimSpace(texts[0])}
		if err := json.Unmarshal(last, r); err != nil {
			return fmt.Errorf("%s: %s", tool, last)
		}
		return r
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(last, out)
}

// mergePatch returns the merge patch that sets the value at a JSON Pointer.
func mergePatch(pointer string, value any) any {
	unescape := strings.NewReplacer("~1", "/", "~0", "~")
	for _, token := range slices.Backward(strings.Split(pointer, "/")[1:]) {
		value = map[string]any{unescape.Replace(token): value}
	}
	return value
}
