package rpc_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"realmconf/rpc"
	"realmconf/runtime"
	"realmconf/runtime/fault"
	"realmconf/runtime/realm"
	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
	"realmconf/schema/meerkat"
	"realmconf/schema/tree"
	"realmconf/tools"
	"realmconf/tools/policy"
)

// session is several connections to one configuration, with all their output:
// one for each protocol, and one whose tools need no person.
type session struct {
	t       *testing.T
	edit    func(text string) // changes the file, as a person would
	plain   *speaker
	modern  *speaker
	legacy  *speaker
	allowed *speaker

	guarded *tools.Operations
	output  transcript     // of all connections
	done    map[string]int // how often each method, notification and error came
	stride  int            // each place gets one of this many mistakes
}

// transcript is a text with several writers.
type transcript struct {
	mu   sync.Mutex // protects text
	text bytes.Buffer
}

func (t *transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(p)
}

func (t *transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

// inMemory returns a configuration in memory with text as its first generation,
// and a function that edits it.
func inMemory(t *testing.T, text string) (*runtime.Runtime, func(string)) {
	s := memory.New()
	rt := runtime.New(func(context.Context) (store.Store, error) { return realmStore{Store: s}, nil }, meerkat.New())
	t.Cleanup(rt.Close)
	edit := func(text string) { appendTo(t, s, text) }
	edit(text)
	return rt, edit
}

// onDisk returns a configuration on disk, like inMemory.
func onDisk(t *testing.T, text string) (*runtime.Runtime, func(string)) {
	root := t.TempDir()
	if err := os.CopyFS(filepath.Join(root, "team"), os.DirFS("../testdata/realm")); err != nil {
		t.Fatal(err)
	}
	rt := runtime.New(realm.Open(realm.Selection{Realm: "team", StateRoot: root, ContextRoot: root, UserConfigRoot: root}, 0), meerkat.New())
	t.Cleanup(rt.Close)
	edit := func(text string) {
		if err := os.WriteFile(filepath.Join(root, "team", "config.toml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		// On a busy machine a read may return the text before the edit, and says
		// so.
		for deadline := time.Now().Add(time.Minute); ; {
			snapshot, err := rt.Get(t.Context())
			switch {
			case fault.Is(err, fault.CorruptConfig):
				return
			case err != nil:
				t.Fatal(err)
			case !snapshot.Pending && string(snapshot.Text()) == text:
				return
			case !snapshot.Pending || time.Now().After(deadline):
				t.Fatalf("an edit is not seen: pending %v, generation %d", snapshot.Pending, snapshot.Version.Generation)
			}
		}
	}
	edit(text)
	return rt, edit
}

func newSession(t *testing.T, rt *runtime.Runtime, edit func(string)) *session {
	s := &session{t: t, edit: edit, done: map[string]int{}}
	var lifted policy.Policy
	if err := lifted.Allow.UnmarshalText([]byte("exec,secret,network,path,posture")); err != nil {
		t.Fatal(err)
	}
	s.guarded = tools.New(rt, meerkat.New(), policy.Policy{})
	s.plain = s.speaker("", s.guarded)
	s.modern = s.speaker(modernMeta, s.guarded)
	s.legacy = s.speaker("", s.guarded)
	s.allowed = s.speaker(modernMeta, tools.New(rt, meerkat.New(), lifted))
	s.legacy.call("initialize", `{"protocolVersion":"2025-03-26","capabilities":{"experimental":{"diagnostic":{}}},"clientInfo":{"name":"old","version":"1"}}`)
	s.plain.call("config/watch", `{}`)
	s.legacy.call("resources/subscribe", `{"uri":"realmconf://config"}`)
	s.modern.say(`{"jsonrpc":"2.0","id":"news","method":"subscriptions/listen","params":{` + modernMeta + `,"notifications":{"resourceSubscriptions":["realmconf://config","realmconf://config/realm/team"]}}}`)
	return s
}

// speaker is one connection, which sends one request at a time.
type speaker struct {
	wire
	s     *session
	meta  string
	lines chan string // closed at the end
	next  int
}

func (s *session) speaker(meta string, ops *tools.Operations) *speaker {
	log := slog.New(slog.NewTextHandler(&s.output, &slog.HandlerOptions{Level: slog.LevelDebug}))
	c := &speaker{wire: serveOnPipes(s.t.Context(), ops, rpc.Options{Log: log}), s: s, meta: meta, lines: make(chan string, 100_000)}
	go c.sendLines(c.lines, func(line string) { fmt.Fprintln(&s.output, line) })
	return c
}

func (c *speaker) say(line string) {
	c.s.t.Helper()
	if _, err := io.WriteString(c.in, line+"\n"); err != nil {
		c.s.t.Fatal(err)
	}
}

// receive reads messages until one is wanted, and returns it.
func (c *speaker) receive(wanted func(frame tree.Object) bool) tree.Object {
	c.s.t.Helper()
	for line := range c.lines {
		v, err := tree.Decode([]byte(line))
		if err != nil {
			c.s.t.Fatalf("%s: %v", line, err)
		}
		frame, ok := v.(tree.Object)
		if !ok {
			frame = tree.Object{"batch": v}
		}
		if method, ok := frame["method"].(string); ok {
			c.s.done[method]++
		}
		if kind, _, ok := (tree.Pointer{"error", "data", "kind"}).Get(frame); ok {
			c.s.done[kind.(string)]++
		}
		if wanted(frame) {
			return frame
		}
	}
	c.s.t.Fatal("the connection has ended")
	return nil
}

// call sends a request and returns its result, or the data and the message of
// its error.
func (c *speaker) call(method, params string) (result tree.Object, kind string) {
	c.s.t.Helper()
	if c.meta != "" {
		params = "{" + c.meta + "," + strings.TrimPrefix(params, "{")
		params = strings.Replace(params, ",}", "}", 1)
	}
	c.next++
	c.say(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`, c.next, method, params))
	frame := c.receive(func(f tree.Object) bool { return f["id"] == int64(c.next) })
	if e, ok := frame["error"].(tree.Object); ok {
		data, _ := e["data"].(tree.Object)
		kind, _ = data["kind"].(string)
		return data, kind
	}
	c.s.done[method]++
	return frame["result"].(tree.Object), ""
}

// tool calls a tool.
func (c *speaker) tool(name, arguments string) (reply tree.Object, kind string) {
	c.s.t.Helper()
	result, kind := c.call("tools/call", fmt.Sprintf(`{"name":%q,"arguments":%s}`, "config_"+name, arguments))
	if kind != "" {
		return result, kind
	}
	content := result["content"].([]any)
	text := content[len(content)-1].(tree.Object)["text"].(string)
	reply, err := tree.DecodeObject([]byte(text))
	if err != nil {
		c.s.t.Fatalf("%s: %v", text, err)
	}
	if result["isError"] == true {
		kind = reply["kind"].(string)
		c.s.done[kind]++
		return reply, kind
	}
	c.s.done["config_"+name]++
	return reply, ""
}

// generation returns the current generation.
func (s *session) generation() int64 {
	s.t.Helper()
	reply, kind := s.plain.call("config/get", `{"path":"/agent"}`)
	if kind != "" && kind != "corrupt_config" {
		s.t.Fatalf("get: %s", kind)
	}
	return reply["generation"].(int64)
}

// close ends all connections and reads the rest of their output.
func (s *session) close() {
	s.t.Helper()
	for _, c := range []*speaker{s.plain, s.modern, s.legacy, s.allowed} {
		_ = c.in.Close()
		for range c.lines {
			continue // it is in the transcript already
		}
		if err := <-c.done; err != nil {
			s.t.Errorf("serve: %v", err)
		}
	}
}
