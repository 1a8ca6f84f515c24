package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"realmconf/rpc"
	"realmconf/runtime"
	"realmconf/runtime/store"
	"realmconf/runtime/store/memory"
	"realmconf/schema/meerkat"
	"realmconf/tools"
	"realmconf/tools/policy"
	"realmconf/tools/review"
)

// host is an MCP host with one server, on a port of its own.
type host struct {
	address string

	mu  sync.Mutex // protects a request with its reply
	in  io.Writer
	out *bufio.Reader
}

// startHost starts a server of a configuration in memory and a host for it, whose
// page is testdata/host.html. bridge is the script that talks to the page.
func startHost(t *testing.T, bridge string, o rpc.Options) *host {
	t.Helper()
	rt := runtime.New(func(context.Context) (store.Store, error) { return memory.New(), nil }, meerkat.New())
	in, toServer := io.Pipe()
	fromServer, out := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- rpc.Serve(context.Background(), in, out, tools.New(rt, meerkat.New(), policy.Policy{}), o)
	}()
	h := &host{in: toServer, out: bufio.NewReader(fromServer)}
	h.send(t, `{"jsonrpc":"2.0","id":"start","method":"initialize","params":{"protocolVersion":"2025-11-25","clientInfo":{"name":"chat","version":"1"},`+
		`"capabilities":{"extensions":{"io.modelcontextprotocol/ui":{"mimeTypes":["text/html;profile=mcp-app"]}}}}}`)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.serve(t, w, r, bridge) }))
	h.address = s.URL
	t.Cleanup(func() {
		s.Close()
		toServer.Close()
		if err := <-done; err != nil {
			t.Errorf("the server: %v", err)
		}
		rt.Close()
	})
	return h
}

// send sends a request to the server and returns the reply.
func (h *host) send(t *testing.T, request string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, err := io.WriteString(h.in, request+"\n"); err != nil {
		t.Error(err)
	}
	reply, err := h.out.ReadString('\n')
	if err != nil {
		t.Error(err)
	}
	return reply
}

// serve answers a request of the browser. The page has the policy that the extension
// has for hosts.
func (h *host) serve(t *testing.T, w http.ResponseWriter, r *http.Request, bridge string) {
	switch r.URL.Path {
	case "/rpc":
		body, _ := io.ReadAll(r.Body)
		_, _ = io.WriteString(w, h.send(t, string(body)))
	case "/app":
		var reply struct {
			Result struct{ Contents []struct{ Text string } }
		}
		text := h.send(t, `{"jsonrpc":"2.0","id":"app","method":"resources/read","params":{"uri":"ui://realmconf/review"}}`)
		if err := json.Unmarshal([]byte(text), &reply); err != nil {
			t.Error(err)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; media-src 'self' data:; connect-src 'none'")
		_, _ = io.WriteString(w, reply.Result.Contents[0].Text)
	case "/bridge.js":
		http.ServeFile(w, r, bridge)
	case "/", "/host.js":
		name := map[string]string{"/": "host.html", "/host.js": "host.js"}[r.URL.Path]
		http.ServeFile(w, r, "testdata/"+name)
	default:
		http.NotFound(w, r)
	}
}

// call returns the address of the host's page for a call of a tool.
func (h *host) call(tool, arguments string) string {
	return h.address + "/#" + url.PathEscape(`{"name":"`+tool+`","arguments":`+arguments+`}`)
}

// TestApp shows the page in a host: one of the test's own, and the reference bridge, if
// REALMCONF_APP_BRIDGE names a script that defines its AppBridge and
// PostMessageTransport.
func TestApp(t *testing.T) {
	bridges := map[string]string{"own": "testdata/bridge.js"}
	if reference := os.Getenv("REALMCONF_APP_BRIDGE"); reference != "" {
		bridges["reference"] = reference
	}
	for _, path := range browserPaths() {
		browser := startBrowser(t, path)
		for name, bridge := range bridges {
			t.Run(name+"/view", func(t *testing.T) { testAppView(t, browser, bridge) })
			t.Run(name+"/answer", func(t *testing.T) { testAppAnswer(t, browser, bridge) })
		}
	}
}

const held = `{"expected_generation":0,"patch":{"shell":{"program":"sh"}},"reason":"it starts faster"}`

// testAppView shows the page of a server that takes no answers.
func testAppView(t *testing.T, browser *browser, bridge string) {
	h := startHost(t, bridge, rpc.Options{})
	p := browser.open(t, h.call("config_patch", held))
	p.waitFor(`window.isShown`)
	app := p.frame()
	app.waitFor(`document.querySelectorAll("article").length === 1`)
	text := app.text(`document.querySelector("article").innerText`)
	for _, want := range []string{"/shell/program", "runs code", `"nu"`, `"sh"`, "it starts faster", "chat", "realmconf review"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not show %q: %s", want, text)
		}
	}
	if got := app.evaluate(`document.querySelectorAll("article button").length`); got != "0" {
		t.Errorf("%s buttons", got)
	}
	if got := app.text(`document.documentElement.dataset.theme + getComputedStyle(document.documentElement).colorScheme`); got != "darkdark" {
		t.Errorf("theme %s", got)
	}
	p.evaluate(`bridge.sendHostContextChange({ theme: "light" })`)
	app.waitFor(`document.documentElement.dataset.theme === "light"`)
	p.waitFor(`sizes.some((size) => size.height > 300)`)

	app.evaluate(`document.getElementById("tab-configuration").click()`)
	app.waitFor(`document.getElementById("found").textContent.endsWith("values")`)
	app.evaluate(`document.getElementById("tab-history").click()`)
	app.waitFor(`document.getElementById("view-history").textContent === "Nothing was changed yet."`)
	if got := p.text(`calls.map((call) => call.name).join()`); got != "config_history" {
		t.Errorf("calls of %s", got)
	}
	if got := p.text(`bridge.teardownResource({}).then((result) => JSON.stringify(result))`); got != "{}" {
		t.Errorf("teardown: %s", got)
	}
	for _, problem := range p.errors() {
		t.Errorf("the browser says: %s", problem)
	}

	done := browser.open(t, h.call("config_patch", `{"expected_generation":0,"patch":{"agent":{"model":"gpt-5.5"}}}`))
	done.waitFor(`window.isShown`)
	done.frame().waitFor(`document.getElementById("view-questions").textContent.startsWith("Generation 1 was made.")`)
}

// testAppAnswer answers on the page of a server that takes answers there.
func testAppAnswer(t *testing.T, browser *browser, bridge string) {
	directory, err := os.MkdirTemp("", "realmconf") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(directory)
	questions := review.New(review.Options{Directory: filepath.Join(directory, "questions")})
	defer questions.Close()
	h := startHost(t, bridge, rpc.Options{Questions: questions, ApproveInApp: true})

	p := browser.open(t, h.call("config_patch", held))
	p.waitFor(`window.isShown`)
	if got := p.text(`result.content.map((block) => block.text).join("")`); !strings.Contains(got, "do not repeat this call") || strings.Contains(got, p.text(`result._meta["io.realmconf/nonce"]`)) {
		t.Errorf("the model reads %s", got)
	}
	app := p.frame()
	app.waitFor(`document.querySelector("button.no") && ` + untilReady)
	app.evaluate(`document.querySelector("button.no").focus()`)
	p.evaluate(`document.querySelector("iframe").focus()`)
	p.press("Tab")
	if got := app.text(`document.activeElement.textContent`); got != "Allow this change" {
		t.Errorf("the focus is on %q", got)
	}
	p.press("Enter")
	app.waitFor(`document.querySelector("article").textContent.includes("You allowed this change. Generation 1 was made.")`)
	if got := p.text(`calls.map((call) => call.name).join()`); got != "config_answer,config_patch" {
		t.Errorf("calls of %s", got)
	}
	p.waitFor(`contexts.join() === "The person allowed the change, and it was made: generation 1. Do not repeat the call."`)
	app.evaluate(`document.getElementById("tab-history").click()`)
	app.waitFor(`document.getElementById("view-history").innerText.includes("Allowed by a person on the review page, through chat")`)
	for _, problem := range p.errors() {
		t.Errorf("the browser says: %s", problem)
	}

	// A no, and the same call again.
	const call = `{"expected_generation":1,"patch":{"shell":{"program":"bash"}}}`
	p = browser.open(t, h.call("config_patch", call))
	p.waitFor(`window.isShown`)
	app = p.frame()
	app.waitFor(`document.querySelector("button.no") && ` + untilReady)
	app.evaluate(`document.querySelector("button.no").click()`)
	app.waitFor(`document.querySelector("article").textContent.includes("You did not allow this change.")`)
	p = browser.open(t, h.call("config_patch", call))
	p.waitFor(`window.isShown`)
	if got := p.text(`result.content.map((block) => block.text).join("")`); !strings.Contains(got, `"state":"declined"`) {
		t.Errorf("after a no: %s", got)
	}
	p.frame().waitFor(`document.querySelectorAll("article").length === 0 && document.getElementById("view-questions").textContent.includes("said no")`)
}
