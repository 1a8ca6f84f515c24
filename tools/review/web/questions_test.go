package web_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"realmconf/schema/tree"
)

// testPrompt shows a prompt of 14 KB: a new one whole, and of one that replaces another
// all lines that differ, wherever they are.
func testPrompt(t *testing.T, browser *browser) {
	lines := strings.SplitAfter(longPrompt, "\n")
	for i := range 220 {
		lines[i] = fmt.Sprintf("%d. %s", i, lines[i])
	}
	before := strings.Join(lines, "")
	for _, i := range []int{0, 100, 219} {
		lines[i] = fmt.Sprintf("Line %d is another one.\n", i)
	}
	q := question("d1")
	q["others"], q["effects"] = []any{}, []any{}
	q["fields"] = []any{
		tree.Object{"op": "add", "path": "/agent/tool_instructions", "risk": []any{"posture"}, "new": longPrompt},
		tree.Object{"op": "replace", "path": "/agent/system_prompt", "risk": []any{"posture"}, "old": before, "new": strings.Join(lines, "")},
	}
	p := browser.open(t, serve(t, &backend{questions: []any{q}}).Address())
	p.waitFor(`document.querySelectorAll("article > ul > li").length === 2`)
	if got := p.evaluate(`(() => { const e = document.querySelector("li .after pre"); return e.textContent.length > 14000 && e.tabIndex === 0 && e.scrollHeight > e.clientHeight; })()`); got != "true" {
		t.Error("the new prompt is not whole, or cannot be scrolled by keyboard")
	}
	if got := p.text(`document.querySelector("li .after").textContent.slice(0, 40)`); !strings.HasPrefix(got, "After, 220 lines: scroll to read all") {
		t.Errorf("the new prompt is introduced by %q", got)
	}
	const difference = `document.querySelectorAll("li .text-difference > .minus, li .text-difference > .plus")`
	var want []string
	for _, i := range []int{0, 100, 219} {
		want = append(want, fmt.Sprintf("-%d. You are a careful assistant. Never push to main without a review.", i), fmt.Sprintf("+Line %d is another one.", i))
	}
	var got []string
	if err := json.Unmarshal([]byte(p.evaluate(`[...`+difference+`].map((e) => e.textContent)`)), &got); err != nil || !slices.Equal(got, want) {
		t.Errorf("the lines that differ are %q, %v, want %q", got, err, want)
	}
	if got := p.text(`document.querySelector("li .text-difference").lastChild.textContent`); got != want[5] {
		t.Errorf("the last line is %q: the end of the text makes one of its own", got)
	}
	if got := p.evaluate(`[...` + difference + `].every((e) => { const f = e.closest("pre").getBoundingClientRect(), m = e.getBoundingClientRect(); return m.top >= f.top && m.bottom <= f.bottom; })`); got != "true" {
		t.Error("a line that differs is out of sight in its frame")
	}
	if got := p.text(`[...document.querySelectorAll("li .range")].map((e) => e.textContent).join("|")`); got != "… 93 lines as before …|… 112 lines as before …" {
		t.Errorf("left out: %s", got)
	}
}

// testRetry loses requests and replies: the page goes on, also if the reply with the key
// is lost, and says what to do while the command does not answer.
func testRetry(t *testing.T, browser *browser) {
	broken := question("d0")
	broken["fields"] = int64(7) // of a server of another version
	b := &backend{questions: []any{broken, question("d1")}}
	s := serve(t, b)
	p := browser.open(t, s.Address(), `(() => {
		const real = window.fetch;
		window.left = { "/key": 2, "/subject": 1, "/questions": 3, "/answer": 1 };
		window.sent = [];
		window.fetch = async (path, options) => {
			window.sent.push(path);
			if (!(window.left[path] > 0)) return real(path, options);
			const kind = ["reset", "cut off", "lost"][--window.left[path] % 3];
			if (kind === "cut off") return new Response("{", { headers: { "Content-Type": "application/json" } });
			if (kind === "lost") await real(path, options); // the server has done it
			throw new TypeError("Failed to fetch");
		};
	})();`)
	p.waitFor(`document.getElementById("problem").textContent.includes("does not answer") && document.getElementById("problem").textContent.includes("run realmconf review --web again")`)
	p.waitFor(`document.querySelectorAll("article").length === 2 && ` + untilReady)
	if got := p.text(`document.getElementById("problem").textContent`); got != "" {
		t.Errorf("the page still complains: %s", got)
	}
	p.waitFor(`document.getElementById("subject").textContent === "realm team in /home/user/.rkat/realms/team"`)
	if got := p.text(`document.querySelector("article").textContent`); !strings.Contains(got, "cannot show") || !strings.Contains(got, "realmconf review") {
		t.Errorf("the question that cannot be shown: %s", got)
	}
	p.evaluate(`document.querySelector("button.yes").click()`)
	p.waitFor(`document.getElementById("problem").textContent.startsWith("It is not known whether the answer arrived.")`)
	p.evaluate(`document.querySelector("button.yes").click()`)
	p.waitFor(`document.querySelectorAll("article")[1].textContent.includes("You allowed this change.")`)
	if got := b.answered(); !slices.Equal(got, []string{"d1 true"}) {
		t.Errorf("answers %q", got)
	}
}

// testServers shows the same question of two servers, and one of another realm: each is
// told from the others, and is answered on its own.
func testServers(t *testing.T, browser *browser) {
	other := question("d3")
	other["directory"], other["reason"] = "/srv/realms/team", "" // the same id
	twins := []tree.Object{question("d1"), question("d2")}
	twins[0]["server"], twins[1]["server"] = "process 4711", "process 4712"
	b := &backend{questions: []any{twins[0], twins[1], other}}
	p := browser.open(t, serve(t, b).Address())
	p.waitFor(`document.querySelectorAll("article .notice:not([hidden])").length === 3 && ` + untilReady)
	const twin, elsewhere = "Another server asks the same. Each is answered on its own.", "History, Compare and Configuration are of another file or realm than this question."
	notices := func() []string {
		var all []string
		if err := json.Unmarshal([]byte(p.evaluate(`[...document.querySelectorAll("article .notice")].map((e) => e.textContent)`)), &all); err != nil {
			t.Fatal(err)
		}
		return all
	}
	if got, want := notices(), []string{twin, twin, elsewhere}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := p.text(`[...document.querySelectorAll("article .facts")].map((e) => e.innerText.replace(/\s+/g, " ").match(/(File.*config.toml)( Server process \d+)?/)[0]).join("|")`); got !=
		"File /home/user/.rkat/realms/team/config.toml Server process 4711|File /home/user/.rkat/realms/team/config.toml Server process 4712|File /srv/realms/team/config.toml" {
		t.Errorf("the questions are told apart by %s", got)
	}
	p.evaluate(`document.querySelectorAll("button.no")[1].click()`)
	p.waitFor(`document.querySelectorAll("article .notice:not([hidden])").length === 2`)
	if got, want := notices(), []string{"", twin, elsewhere}; !slices.Equal(got, want) { // that of a closed one stays
		t.Errorf("after an answer: got %q, want %q", got, want)
	}
	if got := b.answered(); !slices.Equal(got, []string{"d2 false"}) {
		t.Errorf("answers %q", got)
	}
}
