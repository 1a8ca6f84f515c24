package web_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"realmconf/schema/tree"
)

// TestPage drives the page in a browser, by keyboard alone.
func TestPage(t *testing.T) {
	for _, path := range browserPaths() {
		browser := startBrowser(t, path)
		t.Run("answer", func(t *testing.T) { testAnswer(t, browser) })
		t.Run("hasty", func(t *testing.T) { testHasty(t, browser) })
		t.Run("prompt", func(t *testing.T) { testPrompt(t, browser) })
		t.Run("retry", func(t *testing.T) { testRetry(t, browser) })
		t.Run("servers", func(t *testing.T) { testServers(t, browser) })
		t.Run("many", func(t *testing.T) { testMany(t, browser) })
		t.Run("origins", func(t *testing.T) { testOrigins(t, browser) })
		t.Run("views", func(t *testing.T) { testViews(t, browser) })
		t.Run("looks", func(t *testing.T) { testLooks(t, browser) })
	}
}

func testAnswer(t *testing.T, browser *browser) {
	b := &backend{questions: []any{question("d1"), question("d2")}}
	s := serve(t, b)
	p := browser.open(t, s.Address())
	p.waitFor(`document.querySelectorAll("article").length === 2`)

	if got := p.text("location.href"); strings.Contains(got, "#") {
		t.Errorf("the address still has the token: %s", got)
	}
	if got := p.text("document.title"); got != "(2) Review · realmconf" {
		t.Errorf("title %q: a value was run as a script", got)
	}
	if got := p.evaluate(`document.querySelectorAll("article script, article img").length`); got != "0" {
		t.Errorf("%s elements were made of values", got)
	}
	article := p.text(`document.querySelector("article").textContent`)
	for _, want := range []string{hostileName, hostileValue, secretToken, "its own words", "runs code", "holds a secret", "the default is",
		"Always push", "for agents of web, api", "/home/user/.rkat/realms/team/config.toml", "generation 12", "config_patch", "shop"} {
		if !strings.Contains(article, want) {
			t.Errorf("the question does not show %q", want)
		}
	}
	if got := p.text(`[...document.querySelectorAll("article .unseen")].map((e) => e.textContent).join(" ")`); !strings.Contains(got, `\u202e`) || !strings.Contains(got, `\u0430`) {
		t.Errorf("shown as numbers: %s", got)
	}
	if got := p.text(`document.querySelector("article blockquote").textContent`); !strings.Contains(got, "it is safe.") {
		t.Errorf("the reason is not in a quotation: %s", got)
	}
	if got := p.text(`[...document.querySelectorAll("ins")].map((e) => e.textContent).join("|")`); !strings.Contains(got, "|Always|") {
		t.Errorf("marked as new: %q", got)
	}
	p.tabTo(`e.textContent === "Allow this change"`)
	p.waitFor(untilReady)
	p.press("Enter")
	p.waitFor(`document.querySelector("article").textContent.includes("You allowed this change.")`)
	if got := p.text("document.activeElement.textContent"); !strings.Contains(got, "You allowed") {
		t.Errorf("the focus is on %q", got)
	}
	p.tabTo(`e.textContent === "Do not allow"`)
	p.press(" ")
	p.waitFor(`document.querySelectorAll("article")[1].textContent.includes("You did not allow this change.")`)
	if got, want := b.answered(), []string{"d1 true", "d2 false"}; !slices.Equal(got, want) {
		t.Errorf("answers %q, want %q", got, want)
	}
	p.waitFor(`document.title === "Review · realmconf"`)
	checkClean(t, p, s.Address())
}

// untilReady is true when the buttons of the questions that are shown take answers.
const untilReady = `(document.querySelector("button.yes") && !document.querySelector('button[aria-disabled="true"]'))`

// testHasty clicks the buttons in the frame in which they are drawn, as a person would
// who meant something else, and until a yes counts: a second and a half later. A no counts
// earlier.
func testHasty(t *testing.T, browser *browser) {
	b := &backend{questions: []any{question("d1")}}
	p := browser.open(t, serve(t, b).Address(), `window.clicks = 0;
		const click = () => { window.clicks++; document.querySelector("button.yes").click(); };
		const observer = new MutationObserver(() => {
			if (!document.querySelector("button.yes")) return;
			observer.disconnect();
			click();
			requestAnimationFrame(() => requestAnimationFrame(() => {
				click();
				document.querySelector("button.no").click();
				setTimeout(click, 300);
				setTimeout(() => { window.dim = [...document.querySelectorAll("button")].filter((b) => b.ariaDisabled === "true").map((b) => b.className).join(); }, 900);
				setTimeout(click, 1450);
			}));
		});
		observer.observe(document, { childList: true, subtree: true });`)
	p.waitFor(`window.clicks === 4`)
	if got := p.text(`window.dim`); got != "yes" {
		t.Errorf("dim after 900 ms: %q, want the yes alone", got)
	}
	p.waitFor(untilReady)
	if got := b.answered(); len(got) > 0 {
		t.Errorf("answers %q", got)
	}
	p.evaluate(`document.querySelector("button.no").click()`)
	p.waitFor(`document.querySelector("article").textContent.includes("You did not allow this change.")`)
	if got := b.answered(); !slices.Equal(got, []string{"d1 false"}) {
		t.Errorf("answers %q", got)
	}
}

// testMany shows a question about 500 fields: all of them, before it can be answered.
func testMany(t *testing.T, browser *browser) {
	q := question("d1")
	fields := []any{}
	for i := range 500 {
		fields = append(fields, tree.Object{"op": "add", "path": fmt.Sprintf("/tools/mcp_servers/%d/env", i), "risk": []any{"exec", "secret"}, "new": tree.Object{"TOKEN": secretToken}})
	}
	q["fields"], q["others"] = fields, fields
	p := browser.open(t, serve(t, &backend{questions: []any{q}}).Address())
	p.waitFor(`document.querySelectorAll("article").length === 1`)
	if got := p.evaluate(`document.querySelectorAll("article > ul > li").length`); got != "501" { // and an effect
		t.Errorf("%s changes are shown", got)
	}
	if got := p.evaluate(`document.querySelector("article details").open`); got != "false" {
		t.Error("the long list of the other changes is open")
	}
}

// testViews visits all views with the arrow keys.
func testViews(t *testing.T, browser *browser) {
	s := serve(t, &backend{})
	p := browser.open(t, s.Address())
	p.waitFor(`document.querySelector(".empty").textContent.startsWith("No question waits")`)

	p.press("Tab")
	if got := p.text("document.activeElement.textContent"); got != "Skip to the content" {
		t.Errorf("the first element is %q", got)
	}
	p.press("Tab")
	p.press("ArrowRight")
	p.waitFor(`document.querySelectorAll("#view-history li h2").length === 2`)
	history := p.text(`document.getElementById("view-history").innerText`)
	for _, want := range []string{"Generation 12", "current", hostileName, "cheaper model </script>", "Allowed by a person on the review page, through editor", "and 23 more", "to generation 7"} {
		if !strings.Contains(history, want) {
			t.Errorf("the history does not show %q in %s", want, history)
		}
	}
	p.tabTo(`e.textContent === "Show earlier generations"`)
	p.press("Enter")
	p.waitFor(`document.activeElement.textContent.startsWith("Generation 10")`)
	p.evaluate(`document.querySelector("#view-history li button").focus()`)
	p.press("Enter")
	p.waitFor(`document.activeElement.textContent === "500 changes from generation 11 to 12"`)
	if got := p.text(`document.querySelector("#difference .short").textContent`); got != `Before: 0→After: "0"` {
		t.Errorf("the first change is shown as %q", got)
	}
	if got := p.evaluate(`document.querySelectorAll("#difference li").length`); got != "100" {
		t.Errorf("%s changes are shown at first", got)
	}
	p.tabTo(`e.textContent === "Show more: 400 changes left"`)
	p.press("Enter")
	p.waitFor(`document.querySelectorAll("#difference li").length === 200 && document.activeElement.textContent.includes("/models/m100")`)

	p.evaluate(`document.querySelector("#compare input").select()`)
	p.write("99")
	p.press("Enter")
	p.waitFor(`document.getElementById("problem").textContent === "generation 99 does not exist: the newest is 12"`)

	p.evaluate(`document.getElementById("tab-compare").focus()`)
	p.press("ArrowRight")
	p.waitFor(`document.getElementById("found").textContent === "8 values"`)
	p.tabTo(`e.name === "words"`)
	p.write("SECRET realm")
	p.waitFor(`document.getElementById("found").textContent === "1 of 8 values"`)
	if got := p.text(`document.querySelector("#values dd").textContent`); got != `"`+secretToken+`"` {
		t.Errorf("found %s", got)
	}
	checkClean(t, p, s.Address())
	checkNames(t, p)
}

// checkClean checks that the page sent requests to its own server only, and had no
// error.
func checkClean(t *testing.T, p *browserPage, address string) {
	t.Helper()
	origin, _, _ := strings.Cut(address, "#")
	sent := p.sent()
	if len(sent) < 2 {
		t.Errorf("requests %q: they were not recorded", sent)
	}
	for _, request := range sent {
		if !strings.HasPrefix(request, origin) && !strings.HasPrefix(request, "data:,") {
			t.Errorf("a request to %s", request)
		}
		if _, token, _ := strings.Cut(address, "#"); strings.Contains(request, token) {
			t.Errorf("a request with the token in its address: %s", request)
		}
	}
	for _, problem := range p.errors() {
		if !strings.Contains(problem, "409") { // the refusals that a test asks for
			t.Errorf("the browser says: %s", problem)
		}
	}
}

// checkNames checks that assistive technology has a name for each control.
func checkNames(t *testing.T, p *browserPage) {
	t.Helper()
	var all struct {
		Nodes []struct {
			Ignored    bool
			Role, Name struct{ Value any }
			Properties []struct {
				Name  string
				Value struct{ Value any }
			}
		}
	}
	p.call("Accessibility.getFullAXTree", map[string]any{}, &all)
	controls, roles := 0, map[any]bool{}
	for _, n := range all.Nodes {
		roles[n.Role.Value] = true
		isFocusable := slices.ContainsFunc(n.Properties, func(property struct {
			Name  string
			Value struct{ Value any }
		}) bool {
			return property.Name == "focusable" && property.Value.Value == true
		})
		if n.Ignored || !isFocusable || n.Role.Value == "main" {
			continue
		}
		if controls++; n.Name.Value == nil || n.Name.Value == "" {
			t.Errorf("a %v has no name", n.Role.Value)
		}
	}
	if controls < 5 {
		t.Errorf("%d controls", controls)
	}
	for _, role := range []string{"tablist", "tab", "tabpanel", "main", "heading", "status", "alert"} {
		if !roles[role] {
			t.Errorf("no %s in the accessibility tree", role)
		}
	}
}

// testLooks checks both themes, a narrow window, and reduced motion. With
// REALMCONF_SCREENSHOTS it leaves pictures in that directory.
func testLooks(t *testing.T, browser *browser) {
	s := serve(t, &backend{questions: []any{question("d1")}})
	p := browser.open(t, s.Address())
	p.waitFor(`document.querySelectorAll("article").length === 1`)
	checkNames(t, p)
	backgrounds := map[string]string{}
	for _, theme := range []string{"light", "dark"} {
		p.call("Emulation.setEmulatedMedia", map[string]any{"features": []any{
			map[string]any{"name": "prefers-color-scheme", "value": theme}, map[string]any{"name": "prefers-reduced-motion", "value": "reduce"},
		}}, nil)
		backgrounds[theme] = p.text(`getComputedStyle(document.body).backgroundColor`)
		if got := p.text(`getComputedStyle(document.querySelector("button.yes")).transitionDuration`); got != "0s" {
			t.Errorf("a transition of %s for a reader who wants no motion", got)
		}
		for _, view := range []string{"history", "compare", "configuration", "questions"} {
			p.evaluate(`document.getElementById("tab-` + view + `").click()`)
			switch view {
			case "history":
				p.waitFor(`document.querySelectorAll("#view-history li h2").length === 2`)
			case "compare":
				p.evaluate(`document.querySelector("#compare [name=from]").value = 11, document.querySelector("#compare [name=to]").value = 12, document.querySelector("#compare button").click()`)
				p.waitFor(`document.querySelectorAll("#difference li").length === 100`)
			case "configuration":
				p.waitFor(`document.querySelectorAll("#values dt").length === 8`)
			}
			if got := p.text(contrast); got != "" {
				t.Errorf("%s, %s: too little contrast: %s", view, theme, got)
			}
			for width, name := range map[int]string{1100: "wide", 360: "narrow"} {
				p.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false}, nil)
				if got := p.evaluate(`document.documentElement.scrollWidth <= innerWidth`); got != "true" {
					t.Errorf("%s, %s, %d wide: the page must be scrolled sideways", view, theme, width)
				}
				picture(t, p, view+"-"+theme+"-"+name, width)
			}
		}
	}
	if backgrounds["light"] == backgrounds["dark"] {
		t.Errorf("both themes have the background %s", backgrounds["light"])
	}
	p.evaluate(`document.querySelector("button.yes").focus({ focusVisible: true })`)
	if got := p.text(`getComputedStyle(document.querySelector("button.yes")).outlineStyle`); got != "solid" {
		t.Errorf("the focus has the outline %q", got)
	}
}

// contrast is the script that returns the texts with a contrast below 4.5 (WCAG 2.2,
// 1.4.3).
const contrast = `(() => {
	const parse = (color) => color.match(/[\d.]+/g).map(Number);
	const luminance = ([r, g, b]) => [r, g, b].map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
		.reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
	const behind = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] !== 0) return c; } return [255, 255, 255]; };
	const low = [];
	for (const e of document.querySelectorAll("body *")) {
		if (!e.checkVisibility() || e.disabled || ![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
		const [a, b] = [luminance(parse(getComputedStyle(e).color)), luminance(behind(e))];
		const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		if (ratio < 4.5) low.push(e.tagName + "." + e.className + " " + ratio.toFixed(2));
	}
	return [...new Set(low)].join(", ");
})()`

// picture saves what the page looks like.
func picture(t *testing.T, p *browserPage, name string, width int) {
	directory := os.Getenv("REALMCONF_SCREENSHOTS")
	if directory == "" {
		return
	}
	var shot struct{ Data string }
	p.call("Page.captureScreenshot", map[string]any{"captureBeyondViewport": true, "clip": map[string]any{"x": 0, "y": 0, "width": width, "height": json.Number(p.evaluate("Math.min(document.documentElement.scrollHeight, 1500)")), "scale": 1}}, &shot)
	data, err := base64.StdEncoding.DecodeString(shot.Data)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(directory, name+".png"), data, 0o600); err != nil {
		t.Fatal(err)
	}
}
