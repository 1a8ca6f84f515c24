package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// browserTime is the limit of one command to the browser.
const browserTime = 60 * time.Second

// browserPaths returns the browser to test with, or nothing if there is no Chromium and
// in a short run: a browser takes seconds to start.
func browserPaths() []string {
	if testing.Short() {
		return nil
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return []string{path}
		}
	}
	return nil
}

// browser is a Chromium without a window, driven by its DevTools protocol over a pair
// of pipes.
type browser struct {
	t  *testing.T
	in io.Writer

	mu      sync.Mutex // protects the fields below and writes to in
	nextID  int
	waiting map[int]chan message
	pages   map[string]*browserPage // by session
}

// message is a command, its reply or an event of the DevTools protocol.
type message struct {
	ID        int             `json:"id,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
	Method    string          `json:"method,omitempty"`
	Params    json.RawMessage `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// startBrowser starts the browser and ends it with the test.
func startBrowser(t *testing.T, path string) *browser {
	t.Helper()
	toBrowser, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, fromBrowser, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	profile, err := os.MkdirTemp("", "browser")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, path, "--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu",
		"--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--disable-component-update",
		"--disable-extensions", "--disable-site-isolation-trials", "--disable-features=IsolateSandboxedIframes", "--no-proxy-server",
		"--host-resolver-rules=MAP attacker.example 127.0.0.1", "--user-data-dir="+profile, "about:blank")
	command.Env = append(os.Environ(), "HOME="+profile, "XDG_CONFIG_HOME="+profile, "XDG_CACHE_HOME="+profile)
	command.ExtraFiles = []*os.File{toBrowser, fromBrowser} // its descriptors 3 and 4
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	toBrowser.Close()
	fromBrowser.Close()
	b := &browser{t: t, in: in, waiting: make(map[int]chan message), pages: make(map[string]*browserPage)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		b.read(out)
	}()
	t.Cleanup(func() {
		in.Close() // it ends by itself
		<-ended
		cancel()
		_ = command.Wait()
		out.Close()
		// A process of the browser may still write to its profile.
		for range 100 {
			if os.RemoveAll(profile) == nil {
				break
			}
		}
	})
	return b
}

// read passes replies and events on until the browser ends.
func (b *browser) read(out io.Reader) {
	lines := bufio.NewReaderSize(out, 1<<20)
	for {
		text, err := lines.ReadBytes(0)
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(text[:len(text)-1], &m) != nil {
			continue
		}
		b.mu.Lock()
		reply, page := b.waiting[m.ID], b.pages[m.SessionID]
		delete(b.waiting, m.ID)
		b.mu.Unlock()
		switch {
		case m.ID != 0 && reply != nil:
			reply <- m
		case page != nil:
			page.record(m)
		}
	}
}

// call sends a command to a session, or to the browser if session is empty, and decodes
// its result.
func (b *browser) call(session, method string, params, result any) error {
	encoded, err := json.Marshal(params)
	if err != nil {
		return err
	}
	reply := make(chan message, 1)
	b.mu.Lock()
	b.nextID++
	m := message{ID: b.nextID, SessionID: session, Method: method, Params: encoded}
	b.waiting[m.ID] = reply
	text, err := json.Marshal(m)
	if err == nil {
		_, err = b.in.Write(append(text, 0))
	}
	b.mu.Unlock()
	if err != nil {
		return err
	}
	timer := time.NewTimer(browserTime)
	defer timer.Stop()
	select {
	case r := <-reply:
		if r.Error != nil {
			return fmt.Errorf("%s: %s", method, r.Error.Message)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(r.Result, result)
	case <-timer.C:
		return errors.New(method + ": no reply")
	}
}

// browserPage is one page of the browser, with the events that it had.
type browserPage struct {
	browser *browser
	t       *testing.T
	session string

	context string // of the frame in which scripts are evaluated; empty for the page itself

	mu       sync.Mutex // protects the fields below
	frames   []string   // the contexts of the scripts of frames, the newest last
	requests []string   // their addresses
	problems []string   // errors of scripts, and what a policy forbade
}

// open opens a new page on an address. The scripts run before those of the page.
func (b *browser) open(t *testing.T, address string, scripts ...string) *browserPage {
	t.Helper()
	var target struct{ TargetID string }
	var attached struct{ SessionID string }
	if err := errors.Join(
		b.call("", "Target.createTarget", map[string]any{"url": "about:blank"}, &target),
		b.call("", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached),
	); err != nil {
		t.Fatal(err)
	}
	p := &browserPage{browser: b, t: t, session: attached.SessionID}
	b.mu.Lock()
	b.pages[p.session] = p
	b.mu.Unlock()
	for _, domain := range []string{"Page", "Runtime", "Network", "Log", "Accessibility"} {
		p.call(domain+".enable", map[string]any{}, nil)
	}
	for _, script := range scripts {
		p.call("Page.addScriptToEvaluateOnNewDocument", map[string]any{"source": script}, nil)
	}
	p.call("Page.navigate", map[string]any{"url": address}, nil)
	t.Cleanup(func() { _ = b.call("", "Target.closeTarget", map[string]any{"targetId": target.TargetID}, nil) })
	return p
}

// record keeps an event that a test may ask for.
func (p *browserPage) record(m message) {
	var e struct {
		Request          struct{ URL string }
		ExceptionDetails struct {
			Text      string
			Exception struct{ Description string }
		}
		Entry   struct{ Level, Text, URL string }
		Context struct {
			UniqueID string
			Origin   string
		}
	}
	if json.Unmarshal(m.Params, &e) != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch m.Method {
	case "Network.requestWillBeSent":
		p.requests = append(p.requests, e.Request.URL)
	case "Runtime.exceptionThrown":
		p.problems = append(p.problems, e.ExceptionDetails.Text+" "+e.ExceptionDetails.Exception.Description)
	case "Runtime.executionContextCreated":
		if e.Context.Origin == "://" || e.Context.Origin == "null" { // a frame in a sandbox
			p.frames = append(p.frames, e.Context.UniqueID)
		}
	case "Log.entryAdded":
		if e.Entry.Level == "error" {
			p.problems = append(p.problems, e.Entry.Text+" "+e.Entry.URL)
		}
	}
}

// call sends a command to the page.
func (p *browserPage) call(method string, params, result any) {
	p.t.Helper()
	if err := p.browser.call(p.session, method, params, result); err != nil {
		p.t.Fatal(err)
	}
}

// evaluate returns the value of an expression in the page, as JSON. It awaits
// promises.
func (p *browserPage) evaluate(expression string) string {
	p.t.Helper()
	value, err := p.tryEvaluate(expression)
	if err != nil {
		p.t.Fatal(err)
	}
	return value
}

// tryEvaluate is evaluate for a page that may just go to another address.
func (p *browserPage) tryEvaluate(expression string) (string, error) {
	var reply struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	params := map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true}
	if p.context != "" {
		params["uniqueContextId"] = p.context
	}
	if err := p.browser.call(p.session, "Runtime.evaluate", params, &reply); err != nil {
		return "", err
	}
	if e := reply.ExceptionDetails; e != nil {
		return "", fmt.Errorf("%s: %s %s", expression, e.Text, e.Exception.Description)
	}
	return string(reply.Result.Value), nil
}

// frame returns the page's frame, in which its scripts are then evaluated.
func (p *browserPage) frame() *browserPage {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.frames) == 0 {
		p.t.Fatal("the page has no frame")
	}
	return &browserPage{browser: p.browser, t: p.t, session: p.session, context: p.frames[len(p.frames)-1]}
}

// text returns a text that an expression has as its value.
func (p *browserPage) text(expression string) string {
	p.t.Helper()
	var s string
	if err := json.Unmarshal([]byte(p.evaluate(expression)), &s); err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return s
}

// waitFor waits until an expression is true in the page.
func (p *browserPage) waitFor(expression string) {
	p.t.Helper()
	wait := fmt.Sprintf(`new Promise((resolve) => {
		const start = performance.now();
		const look = () => {
			let holds = false;
			try { holds = Boolean(%s); } catch {}
			if (holds || performance.now() - start > 30000) resolve(holds);
			else setTimeout(look, 15);
		};
		look();
	})`, expression)
	got, err := p.tryEvaluate(wait)
	for redirects := 0; err != nil && redirects < 5; redirects++ {
		got, err = p.tryEvaluate(wait)
	}
	if got != "true" {
		p.t.Fatalf("never true (%v): %s\nthe page: %s", err, expression, p.evaluate("document.body?.innerText"))
	}
}

// press presses a key, with its modifiers in the order Alt, Control, Meta, Shift.
func (p *browserPage) press(key string, isShifted ...bool) {
	p.t.Helper()
	codes := map[string]int{"Tab": 9, "Enter": 13, " ": 32, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowRight": 39}
	params := map[string]any{"type": "keyDown", "key": key, "windowsVirtualKeyCode": codes[key], "code": strings.Replace(key, " ", "Space", 1)}
	if text := map[string]string{"Enter": "\r", " ": " "}[key]; text != "" {
		params["text"] = text
	}
	if len(isShifted) > 0 {
		params["modifiers"] = 8
	}
	p.call("Input.dispatchKeyEvent", params, nil)
	params["type"] = "keyUp"
	delete(params, "text")
	p.call("Input.dispatchKeyEvent", params, nil)
}

// write types a text.
func (p *browserPage) write(text string) {
	p.t.Helper()
	p.call("Input.insertText", map[string]any{"text": text}, nil)
}

// tabTo presses Tab until an expression about the focused element e is true. It fails
// when the focus has been everywhere.
func (p *browserPage) tabTo(about string) {
	p.t.Helper()
	for range 200 {
		p.press("Tab")
		if p.evaluate("((e) => Boolean("+about+"))(document.activeElement)") == "true" {
			return
		}
	}
	p.t.Fatalf("no element in the order of the focus: %s", about)
}

// sent returns the addresses of the requests so far.
func (p *browserPage) sent() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.requests...)
}

// errors returns the errors of scripts so far, and what a policy forbade.
func (p *browserPage) errors() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.problems...)
}
