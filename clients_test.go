package main

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"realmconf/schema/tree"
)

// patchedLine is what the one change of these tests makes of one line of the
// fixture.
const patchedLine = "max_retries = 7\n"

// TestSDKClient does get → patch → conflict → get through the official MCP
// client, in both eras.
func TestSDKClient(t *testing.T) {
	for _, revision := range []string{"", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"} {
		t.Run("revision "+revision, func(t *testing.T) {
			stateRoot, dir := copyRealm(t)
			ctx := context.Background()
			client := mcp.NewClient(&mcp.Implementation{Name: "sdk", Version: "1"}, nil)
			session, err := client.Connect(ctx,
				&mcp.CommandTransport{Command: exec.Command("realmconf", "--realm", "team", "--state-root", stateRoot)},
				&mcp.ClientSessionOptions{ProtocolVersion: revision})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := session.InitializeResult().ProtocolVersion, revision; want != "" && got != want {
				t.Errorf("negotiated %s, want %s", got, want)
			}
			tools, err := session.ListTools(ctx, nil)
			if err != nil || len(tools.Tools) != 7 {
				t.Fatalf("tools: got %v, %v, want 7", tools, err)
			}

			call := func(name string, arguments map[string]any) (tree.Object, bool) {
				t.Helper()
				result, err := session.CallTool(ctx, &mcp.CallToolParams{Name: name, Arguments: arguments})
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				content := result.Content[len(result.Content)-1].(*mcp.TextContent)
				reply, err := tree.DecodeObject([]byte(content.Text))
				if err != nil {
					t.Fatalf("%s: %v\n%s", name, err, content.Text)
				}
				return reply, result.IsError
			}
			readPatchConflictRead(t, call)
			if err := session.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
			wantOneLineChanged(t, dir, patchedLine)
		})
	}
}

// TestSDKClientDiscovers makes sure that the client of today speaks the
// stateless revision with us, and not an older one by way of an error.
func TestSDKClientDiscovers(t *testing.T) {
	stateRoot, _ := copyRealm(t)
	client := mcp.NewClient(&mcp.Implementation{Name: "sdk", Version: "1"}, nil)
	session, err := client.Connect(context.Background(),
		&mcp.CommandTransport{Command: exec.Command("realmconf", "--realm", "team", "--state-root", stateRoot)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	if got, want := session.InitializeResult().ProtocolVersion, "2026-07-28"; got != want {
		t.Errorf("negotiated %s, want %s", got, want)
	}
}

// TestLineClient does the same with plain requests, a line each, and no
// handshake.
func TestLineClient(t *testing.T) {
	stateRoot, dir := copyRealm(t)
	server := startPeer(t, exec.Command("realmconf", "--realm", "team", "--state-root", stateRoot))
	id := 0
	call := func(tool string, params map[string]any) (tree.Object, bool) {
		t.Helper()
		id++
		method := "config/" + tool[len("config_"):]
		request := tree.Append(nil, tree.Object{"jsonrpc": "2.0", "id": id, "method": method, "params": params})
		if _, err := fmt.Fprintf(server.in, "%s\n", request); err != nil {
			t.Fatal(err)
		}
		line, err := server.out.ReadBytes('\n')
		if err != nil {
			t.Fatal(err)
		}
		reply, err := tree.DecodeObject(line)
		if err != nil {
			t.Fatalf("%v\n%s", err, line)
		}
		if reply["id"] != int64(id) {
			t.Fatalf("id: got %v, want %d", reply["id"], id)
		}
		if fault, failed := reply["error"].(tree.Object); failed {
			return fault["data"].(tree.Object), true
		}
		return reply["result"].(tree.Object), false
	}
	readPatchConflictRead(t, call)
	server.in.Close()
	if rest, err := io.ReadAll(server.out); err != nil || len(rest) > 0 {
		t.Errorf("after the last reply: %q, %v, want nothing", rest, err)
	}
	if err := server.command.Wait(); err != nil {
		t.Errorf("exit: %v, want 0", err)
	}
	wantOneLineChanged(t, dir, patchedLine)
}

// readPatchConflictRead is what every client does: read, change one key,
// repeat the change under the generation that is now stale, read again.
func readPatchConflictRead(t *testing.T, call func(tool string, arguments map[string]any) (reply tree.Object, failed bool)) {
	t.Helper()
	before, failed := call("config_get", map[string]any{"path": "/retry/max_retries"})
	if failed || before["value"] != int64(3) || before["generation"] != int64(1) {
		t.Fatalf("get: got %v", before)
	}
	patch := map[string]any{
		"patch":               map[string]any{"retry": map[string]any{"max_retries": int64(7)}},
		"expected_generation": int64(1),
	}
	patched, failed := call("config_patch", patch)
	if failed || patched["generation"] != int64(2) || patched["previous_generation"] != int64(1) || patched["changed"] != true {
		t.Fatalf("patch: got %v", patched)
	}
	stale, failed := call("config_patch", patch)
	if !failed || stale["kind"] != "generation_conflict" || stale["expected"] != int64(1) || stale["current"] != int64(2) {
		t.Fatalf("stale patch: got %v", stale)
	}
	after, failed := call("config_get", map[string]any{})
	config, _ := after["config"].(tree.Object)
	retry, _ := config["retry"].(tree.Object)
	if failed || after["generation"] != int64(2) || retry["max_retries"] != int64(7) {
		t.Fatalf("second get: got %v", after)
	}
}
