package rpc_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"realmconf/rpc"
	"realmconf/tools/review"
)

const appClient = `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"chat","version":"1"},` +
	`"io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/ui":{"mimeTypes":["text/html;profile=mcp-app"]}}}}`

// TestApps_length lists the tools for a client that shows pages: a host may put all of
// the list into the model's context.
func TestApps_length(t *testing.T) {
	var out bytes.Buffer
	request := `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{` + appClient + `}}`
	if err := rpc.Serve(t.Context(), strings.NewReader(request), &out, operations(t, ""), rpc.Options{Questions: review.New(review.Options{}), ApproveInApp: true}); err != nil {
		t.Fatal(err)
	}
	var reply struct {
		Result struct{ Tools json.RawMessage }
	}
	if err := json.Unmarshal(out.Bytes(), &reply); err != nil {
		t.Fatal(err)
	}
	if n := len(reply.Result.Tools); n > 16<<10 || !bytes.Contains(reply.Result.Tools, []byte(`"config_answer"`)) {
		t.Errorf("the tools take %d bytes, want at most 16 KB, with config_answer", n)
	}
}

// TestApps_question has the proposal of a real change for the page.
func TestApps_question(t *testing.T) {
	var out bytes.Buffer
	request := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{` + appClient + `,"name":"config_patch","arguments":{"expected_generation":0,"patch":{"shell":{"program":"sh"}},"reason":"it starts faster"}}}`
	if err := rpc.Serve(t.Context(), strings.NewReader(request), &out, operations(t, ""), rpc.Options{}); err != nil {
		t.Fatal(err)
	}
	var reply struct {
		Result struct {
			IsError bool
			Meta    struct {
				Question struct {
					Client, Tool, Reason, Realm string
					Fields                      []struct {
						Path string
						New  any
						Risk []string
					}
				} `json:"io.realmconf/question"`
				Nonce string `json:"io.realmconf/nonce"`
			} `json:"_meta"`
		}
	}
	if err := json.Unmarshal(out.Bytes(), &reply); err != nil {
		t.Fatal(err)
	}
	q := reply.Result.Meta.Question
	if !reply.Result.IsError || reply.Result.Meta.Nonce != "" || q.Client != "chat" || q.Tool != "config_patch" || q.Reason != "it starts faster" || q.Realm != "team" ||
		len(q.Fields) != 1 || q.Fields[0].Path != "/shell/program" || q.Fields[0].New != "sh" {
		t.Errorf("%s", out.String())
	}
}
