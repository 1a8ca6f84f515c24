package web_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// testOrigins opens pages of other origins that try to use the server.
func testOrigins(t *testing.T, browser *browser) {
	b := &backend{questions: []any{question("d1")}}
	s := serve(t, b)
	_, origin, token := address(s)
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<!DOCTYPE html><title>other</title><iframe src="%s/#%s"></iframe>`, origin, token)
	}))
	defer other.Close()

	// The page in a frame of another origin shows nothing, and spends no token.
	p := browser.open(t, other.URL)
	p.waitFor(`document.readyState === "complete" && document.querySelector("iframe")`)
	var tree struct {
		FrameTree struct {
			ChildFrames []struct {
				Frame struct{ URL, UnreachableURL string }
			}
		}
	}
	p.call("Page.getFrameTree", map[string]any{}, &tree)
	if frames := tree.FrameTree.ChildFrames; len(frames) != 1 || frames[0].Frame.UnreachableURL == "" {
		t.Errorf("the page is shown in a frame: %+v", frames)
	}
	// A page that knows the token can send requests, and is refused; it cannot read why.
	for _, script := range []string{
		`fetch("%s/key", { method: "POST", headers: { "Content-Type": "application/json" }, body: '{"page":"` + pageNumber + `","token":"%s"}' }).then((r) => r.text(), () => "failed")`,
		`fetch("%s/key", { method: "POST", mode: "no-cors", body: '{"page":"` + pageNumber + `","token":"%s"}' }).then((r) => r.text(), () => "failed")`,
		`fetch("%s/", { mode: "no-cors" }).then((r) => r.text(), () => "failed")`,
	} {
		if strings.Count(script, "%s") == 2 {
			script = fmt.Sprintf(script, origin, token)
		} else {
			script = fmt.Sprintf(script, origin)
		}
		if got := p.text(script); got != "failed" && got != "" {
			t.Errorf("%s: %s", script, got)
		}
	}
	select {
	case <-s.Arrived():
		t.Fatal("another origin spent the token")
	default:
	}

	// A name that resolves to this machine gets neither the page nor the key.
	_, port, _ := strings.Cut(strings.TrimPrefix(origin, "http://"), ":")
	rebound := browser.open(t, "http://attacker.example:"+port+"/#"+token)
	rebound.waitFor(`document.body.textContent.includes("and by no other name")`)
	if got := rebound.text(fmt.Sprintf(`fetch("/key", { method: "POST", headers: { "Content-Type": "application/json" }, body: '{"page":"%s","token":"%s"}' }).then((r) => r.text())`, pageNumber, token)); !strings.Contains(got, "and by no other name") {
		t.Errorf("by another name: %s", got)
	}
	// A guessed token is refused, and spends nothing.
	guessed := browser.open(t, origin+"/#"+strings.Repeat("A", len(token)))
	guessed.waitFor(`document.getElementById("problem").textContent.includes("the address of this page is wrong: run realmconf review --web again")`)
	if got := guessed.evaluate(`document.querySelectorAll("article").length`); got != "0" {
		t.Errorf("a page with a guessed token shows %s questions", got)
	}

	// The person's own page goes on working, and a copy of its address does not.
	first := browser.open(t, s.Address())
	first.waitFor(`document.querySelectorAll("article").length === 1`)
	second := browser.open(t, s.Address())
	second.waitFor(`document.getElementById("problem").textContent.includes("was used before")`)
	if got := second.evaluate(`document.querySelectorAll("article").length`); got != "0" {
		t.Errorf("a page with a spent token shows %s questions", got)
	}
	third := browser.open(t, origin+"/")
	third.waitFor(`document.getElementById("problem").textContent.includes("has no token")`)

	r, err := http.Get(origin + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if text, err := io.ReadAll(r.Body); err != nil || strings.Contains(string(text), token) {
		t.Errorf("the document has the token, or %v", err)
	}
}
