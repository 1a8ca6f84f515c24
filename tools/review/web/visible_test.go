package web_test

import (
	"encoding/json"
	"os"
	"testing"
)

// TestVisible shows the cases of the terminal in a browser: the page escapes the same
// characters.
func TestVisible(t *testing.T) {
	for _, path := range browserPaths() {
		script, err := os.ReadFile("../page/js/visible.js")
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile("../../policy/testdata/visible.json")
		if err != nil {
			t.Fatal(err)
		}
		p := startBrowser(t, path).open(t, "about:blank")
		got := p.text(`(() => {
			const element = (tag, attributes, text) => document.createTextNode(text);
			` + string(script) + `
			return JSON.stringify(` + string(data) + `.map((c) => visible(c.text).map((node) => node.textContent).join("")));
		})()`)
		var cases []struct{ Name, Shown string }
		var shown []string
		if err := json.Unmarshal(data, &cases); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(got), &shown); err != nil || len(shown) != len(cases) {
			t.Fatalf("got %d texts, %v, want %d", len(shown), err, len(cases))
		}
		for i, c := range cases {
			if shown[i] != c.Shown {
				t.Errorf("%s: got  %+q\nwant %+q", c.Name, shown[i], c.Shown)
			}
		}
	}
}
