package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"realmconf/tools/review"
)

// TestAsk_otherImplementation asks by another implementation of MCP, in both
// eras.
func TestAsk_otherImplementation(t *testing.T) {
	for _, revision := range []string{"", "2025-11-25", "2025-06-18"} {
		for _, tt := range []struct {
			name, want string
			answer     func(context.Context, *mcp.ElicitRequest) (*mcp.ElicitResult, error)
		}{
			{"yes", "done", func(context.Context, *mcp.ElicitRequest) (*mcp.ElicitResult, error) {
				return &mcp.ElicitResult{Action: "accept", Content: map[string]any{"decision": "yes"}}, nil
			}},
			{"the choice of no", "declined", func(context.Context, *mcp.ElicitRequest) (*mcp.ElicitResult, error) {
				return &mcp.ElicitResult{Action: "accept", Content: map[string]any{"decision": "no"}}, nil
			}},
			{"no", "declined", func(context.Context, *mcp.ElicitRequest) (*mcp.ElicitResult, error) {
				return &mcp.ElicitResult{Action: "decline"}, nil
			}},
			{"closed", "cancelled", func(context.Context, *mcp.ElicitRequest) (*mcp.ElicitResult, error) {
				return &mcp.ElicitResult{Action: "cancel"}, nil
			}},
			{"broken", "cancelled", func(context.Context, *mcp.ElicitRequest) (*mcp.ElicitResult, error) {
				return nil, errors.New("no screen")
			}},
			{"no handler", "no_person", nil},
		} {
			test := func(t *testing.T) {
				asked := ""
				handler := tt.answer
				if handler != nil {
					handler = func(ctx context.Context, r *mcp.ElicitRequest) (*mcp.ElicitResult, error) {
						asked += r.Params.Message
						time.Sleep(review.LeastYesTime)
						return tt.answer(ctx, r)
					}
				}
				session := connectSDK(t, revision, &mcp.ClientOptions{ElicitationHandler: handler})
				result, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: "config_set", Arguments: map[string]any{"n": "a"}})
				if tt.name == "broken" && revision == "" {
					if err == nil || !strings.Contains(err.Error(), "no screen") {
						t.Errorf("got %v, want the client's own error: it asks itself", err)
					}
					return
				}
				if err != nil || len(result.Content) == 0 {
					t.Fatalf("got %+v, %v", result, err)
				}
				var reply struct{ Done, State string }
				text := result.Content[len(result.Content)-1].(*mcp.TextContent).Text
				if err := json.Unmarshal([]byte(text), &reply); err != nil {
					t.Fatal(err)
				}
				if reply.State != tt.want && (reply.Done != "a" || tt.want != "done") {
					t.Errorf("got %s, want %s", text, tt.want)
				}
				if want := map[bool]string{true: "change a?"}[handler != nil]; asked != want {
					t.Errorf("asked %q, want %q", asked, want)
				}
			}
			t.Run("revision "+revision+" "+tt.name, func(t *testing.T) { synctest.Test(t, test) })
		}
	}
}

// TestAsk_otherImplementationCancels ends the context of a call: the question is
// closed on the client's side, too.
func TestAsk_otherImplementationCancels(t *testing.T) {
	closed := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	session := connectSDK(t, "2025-11-25", &mcp.ClientOptions{
		ElicitationHandler: func(asking context.Context, _ *mcp.ElicitRequest) (*mcp.ElicitResult, error) {
			cancel()
			<-asking.Done()
			close(closed)
			return nil, asking.Err()
		},
	})
	if _, err := session.CallTool(ctx, &mcp.CallToolParams{Name: "config_set", Arguments: map[string]any{"n": "a"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	<-closed
}

// connectSDK connects another implementation of MCP to the operation held.
func connectSDK(t *testing.T, revision string, handlers *mcp.ClientOptions) *mcp.ClientSession {
	t.Helper()
	conn := connect(context.WithoutCancel(t.Context()), catalogOf(echo, held), settings{})
	var options *mcp.ClientSessionOptions
	if revision != "" {
		options = &mcp.ClientSessionOptions{ProtocolVersion: revision}
	}
	session, err := mcp.NewClient(&mcp.Implementation{Name: "sdk", Version: "1"}, handlers).
		Connect(context.WithoutCancel(t.Context()), &mcp.IOTransport{Reader: io.NopCloser(conn.out), Writer: conn.in}, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := session.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if err := <-conn.done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return session
}
