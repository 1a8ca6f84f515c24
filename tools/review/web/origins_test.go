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
	if got := p.text(`(() => { try { return String(document.querySelector("iframe").contentDocument?.title ?? "denied"); } catch { return "denied"; } })()`); got == "Review · realmconf" {
		t.Error("the page is shown in a frame")
	}
	// A page that knows the token can send requests, and is refused; it cannot read why.
	for _, script := range []string{
		`fetch("%s/key", { method: "POST", headers: { "Content-Type": "application/json" }, body: '{"token":"%s"}' }).then((r) => r.text(), () => "failed")`,
		`fetch("%s/key", { method: "POST", mode: "no-cors", body: '{"token":"%s"}' }).then((r) => r.text(), () => "failed")`,
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
