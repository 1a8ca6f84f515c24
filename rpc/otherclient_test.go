package rpc_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"realmconf/rpc"
)

// connectSDK connects another implementation of MCP to a real server.
func connectSDK(t *testing.T, revision string, handlers *mcp.ClientOptions) *mcp.ClientSession {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	w := serveOnPipes(ctx, operations(t, "[agent]\nmodel = \"a\"\n"), rpc.Options{})
	var options *mcp.ClientSessionOptions
	if revision != "" {
		options = &mcp.ClientSessionOptions{ProtocolVersion: revision}
	}
	session, err := mcp.NewClient(&mcp.Implementation{Name: "sdk", Version: "1"}, handlers).
		Connect(ctx, &mcp.IOTransport{Reader: w.out, Writer: w.in}, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := session.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if err := <-w.done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return session
}

// everyRevision runs a test in every revision, the newest by the client's choice.
func everyRevision(t *testing.T, test func(t *testing.T, revision string)) {
	for _, revision := range []string{"", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"} {
		t.Run("revision "+revision, func(t *testing.T) { test(t, revision) })
	}
}

func patchCall(generation int, model string) *mcp.CallToolParams {
	return &mcp.CallToolParams{Name: "config_patch", Arguments: map[string]any{
		"expected_generation": generation, "patch": map[string]any{"agent": map[string]any{"model": model}},
	}}
}

// TestOtherClient_tools checks that another client can list and call tools, and gets
// the refusals of each.
func TestOtherClient_tools(t *testing.T) {
	everyRevision(t, func(t *testing.T, revision string) {
		ctx, session := t.Context(), connectSDK(t, revision, nil)
		want := revision
		if want == "" {
			want = "2026-07-28"
		}
		if got := session.InitializeResult().ProtocolVersion; got != want {
			t.Errorf("negotiated %s, want %s", got, want)
		}
		listed, err := session.ListTools(ctx, nil)
		if err != nil || len(listed.Tools) == 0 {
			t.Fatalf("tools: got %v, %v, want some", listed, err)
		}
		for model, isError := range map[string]bool{"b": false, "c": true} {
			generation := 1
			if isError {
				generation = 7
			}
			result, err := session.CallTool(ctx, patchCall(generation, model))
			if err != nil || result.IsError != isError || len(result.Content) == 0 {
				t.Errorf("%s: got %+v, %v, want isError %t", model, result, err, isError)
			}
		}
		if _, err := session.CallTool(ctx, &mcp.CallToolParams{Name: "config_fetch"}); err == nil {
			t.Error("unknown tool: got no error")
		}
	})
}

// TestOtherClient_resources reads every listed resource and completes every
// template.
func TestOtherClient_resources(t *testing.T) {
	everyRevision(t, func(t *testing.T, revision string) {
		ctx, session := t.Context(), connectSDK(t, revision, nil)
		listed, err := session.ListResources(ctx, nil)
		if err != nil || len(listed.Resources) != 3 {
			t.Fatalf("resources: got %v, %v, want 3", listed, err)
		}
		for _, r := range listed.Resources {
			if _, err := session.ReadResource(ctx, &mcp.ReadResourceParams{URI: r.URI}); err != nil {
				t.Errorf("%s: %v", r.URI, err)
			}
		}
		templates, err := session.ListResourceTemplates(ctx, nil)
		if err != nil || len(templates.ResourceTemplates) != 3 {
			t.Fatalf("templates: got %v, %v, want 3", templates, err)
		}
		completed, err := session.Complete(ctx, &mcp.CompleteParams{
			Ref:      &mcp.CompleteReference{Type: "ref/resource", URI: templates.ResourceTemplates[0].URITemplate},
			Argument: mcp.CompleteParamsArgument{Name: "path", Value: "agent/mod"},
		})
		if err != nil || len(completed.Completion.Values) != 1 {
			t.Fatalf("completion: got %v, %v, want 1", completed, err)
		}
		// The client caches as far as it may: after a write it must ask again.
		for generation, model := range []string{"a", "b"} {
			read, err := session.ReadResource(ctx, &mcp.ReadResourceParams{URI: "realmconf://config/" + completed.Completion.Values[0]})
			if err != nil || len(read.Contents) != 1 || read.Contents[0].Text != `"`+model+`"` {
				t.Fatalf("read: got %+v, %v, want %q", read, err, model)
			}
			if result, err := session.CallTool(ctx, patchCall(generation+1, "b")); err != nil || result.IsError {
				t.Fatalf("patch: got %+v, %v", result, err)
			}
		}
		if _, err := session.ReadResource(ctx, &mcp.ReadResourceParams{URI: "realmconf://nope"}); err == nil {
			t.Error("unknown resource: got no error")
		}
	})
}

// TestOtherClient_subscriptions subscribes to two resources and ends one of the
// subscriptions. This client does not wait until a subscription has begun, so
// the first change is repeated until it is notified.
func TestOtherClient_subscriptions(t *testing.T) {
	const all, rest, agent = "realmconf://config", "realmconf://config/rest", "realmconf://config/agent"
	everyRevision(t, func(t *testing.T, revision string) {
		notified := make(chan string, 1000)
		ctx, session := t.Context(), connectSDK(t, revision, &mcp.ClientOptions{
			ResourceUpdatedHandler: func(_ context.Context, r *mcp.ResourceUpdatedNotificationRequest) { notified <- r.Params.URI },
		})
		generation := 1
		change := func() {
			t.Helper()
			if result, err := session.CallTool(ctx, patchCall(generation, fmt.Sprint("m", generation))); err != nil || result.IsError {
				t.Fatalf("patch: got %+v, %v", result, err)
			}
			generation++
		}
		hear := func(uri string) {
			t.Helper()
			for deadline := time.After(20 * time.Second); ; {
				change()
				select {
				case got := <-notified:
					if got == uri {
						return
					}
					if got == rest {
						t.Fatalf("notified of %s, which was not changed", rest)
					}
				case <-time.After(100 * time.Millisecond):
				case <-deadline:
					t.Fatalf("not notified of %s", uri)
				}
			}
		}
		for _, uri := range []string{rest, all, agent} {
			if err := session.Subscribe(ctx, &mcp.SubscribeParams{URI: uri}); err != nil {
				t.Fatal(err)
			}
		}
		hear(all)
		hear(agent)
		if err := session.Unsubscribe(ctx, &mcp.UnsubscribeParams{URI: all}); err != nil {
			t.Fatal(err)
		}
		hear(agent)
	})
}
