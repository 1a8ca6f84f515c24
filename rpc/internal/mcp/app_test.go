package mcp

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"realmconf/runtime/fault"
	"realmconf/schema/tree"
	"realmconf/tools"
	"realmconf/tools/policy"
	"realmconf/tools/review"
)

const apps = `"extensions":{"io.modelcontextprotocol/ui":{"mimeTypes":["text/html;profile=mcp-app"]}}`

// modernApps is the _meta of a request of a client that shows pages.
const modernApps = `"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{` + apps + `}`

// answers is Answers of a test.
type answers struct {
	mu    sync.Mutex // protects given
	given []string
}

func (a *answers) Answer(q policy.Fingerprint, isYes bool, c review.Consent, waited time.Duration) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if review.IsAutomatic(isYes, waited) {
		return review.TooSoon()
	}
	a.given = append(a.given, fmt.Sprintf("%x %t %s", q[:2], isYes, c.Way))
	return nil
}

// pageCatalog is a catalog with resources, whose write needs a person's yes.
func pageCatalog() *catalog { return pageCatalogOf(func(tools.Caller) {}) }

// pageCatalogOf is pageCatalog with a function that is called with the caller of a write.
func pageCatalogOf(called func(tools.Caller)) *catalog {
	c := catalogOf(echo, func(_ context.Context, caller tools.Caller, _ tree.Object) (json.RawMessage, error) {
		called(caller)
		if caller.OnHeld != nil {
			caller.OnHeld(policy.Question{Subject: policy.Fingerprint{0xab, 0xcd}, Proposal: policy.Proposal{Summary: "1 field, it runs code", Tool: "config_set"}})
		}
		return nil, fault.New(fault.ApprovalRequired, "/a needs a person's yes")
	})
	c.resources = new(tools.Resources)
	return c
}

// TestApps_declared shows the page to clients that declare the extension with its
// type, from 2025-06-18 on, and only to them.
func TestApps_declared(t *testing.T) {
	legacy := func(revision, capabilities string) string {
		return line("initialize", "", `"protocolVersion":"`+revision+`","capabilities":{`+capabilities+`}`) + "\n"
	}
	for _, tt := range []struct {
		name, before, meta string
		want               bool
	}{
		{"2026-07-28", "", modernApps, true},
		{"2025-11-25", legacy("2025-11-25", apps), "", true},
		{"2025-06-18", legacy("2025-06-18", apps), "", true},
		{"2025-03-26", legacy("2025-03-26", apps), "", false},
		{"2024-11-05", legacy("2024-11-05", apps), "", false},
		{"not declared", "", modernMeta, false},
		{"not declared, after one who did", legacy("2025-11-25", apps) + legacy("2025-11-25", ""), "", false},
		{"declared on another request", legacy("2025-11-25", apps), modernMeta, false},
		{"another type", "", strings.Replace(modernApps, "mcp-app", "other", 1), false},
		{"no types", "", strings.Replace(modernApps, `"text/html;profile=mcp-app"`, "", 1), false},
		{"types are text", "", strings.Replace(strings.Replace(modernApps, `["text`, `"text`, 1), `app"]`, `app"`, 1), false},
		{"experimental", legacy("2025-11-25", strings.Replace(apps, "extensions", "experimental", 1)), "", false},
	} {
		for _, mayAnswer := range []bool{false, true} {
			var o Options
			if mayAnswer {
				o.Answers = new(answers)
			}
			requests := line("tools/list", tt.meta, "") + "\n" + line("resources/list", tt.meta, "")
			if tt.meta != "" {
				requests = line("server/discover", tt.meta, "") + "\n" + requests
			}
			replies := talk(t, pageCatalog(), settings{Options: o}, tt.before+requests)
			last := replies[len(replies)-3:] // the reply to discover or the last initialize, then the lists
			got := strings.Join(last, "\n")
			for text, want := range map[string]bool{
				`"io.modelcontextprotocol/ui":{}`:                        tt.want,
				`"_meta":{"ui":{"resourceUri":"ui://realmconf/review"}}`: tt.want,
				`"name":"config_answer"`:                                 tt.want && mayAnswer,
				`"_meta":{"ui":{"visibility":["app"]}}`:                  tt.want && mayAnswer,
				`"uri":"ui://realmconf/review"`:                          tt.want,
			} {
				if strings.Contains(got, text) != want {
					t.Errorf("%s, may answer %t: %s is there: %t, want %t\n%s", tt.name, mayAnswer, text, !want, want, got)
				}
			}
			if strings.Count(got, `"resourceUri"`) > 1 {
				t.Errorf("%s: a tool that only reads has the page: %s", tt.name, got)
			}
		}
	}
}

func TestApps_page(t *testing.T) {
	for _, meta := range []string{modernApps, modernMeta} {
		got := ask(t, pageCatalog(), settings{}, line("resources/read", meta, `"uri":"ui://realmconf/review"`))
		var reply struct {
			Result struct {
				CacheScope string
				Contents   []struct {
					URI, MIMEType, Text string
					Meta                struct {
						UI map[string]any
					} `json:"_meta"`
				}
			}
		}
		if err := json.Unmarshal([]byte(got), &reply); err != nil {
			t.Fatal(err)
		}
		c := reply.Result.Contents[0]
		if c.URI != uriReview || c.MIMEType != "text/html;profile=mcp-app" || !strings.HasPrefix(c.Text, "<!DOCTYPE html>") || len(c.Meta.UI) != 1 || reply.Result.CacheScope != "public" {
			t.Errorf("%.300s", got)
		}
	}
}

// refuse calls config_set in a session and returns the question's id and the nonce in
// the result.
func refuse(t *testing.T, reply string) (id, nonce string) {
	t.Helper()
	var r struct {
		Result struct {
			Content []struct{ Text string }
			Meta    struct {
				Question map[string]any `json:"io.realmconf/question"`
				Nonce    string         `json:"io.realmconf/nonce"`
			} `json:"_meta"`
		}
	}
	if err := json.Unmarshal([]byte(reply), &r); err != nil {
		t.Fatalf("%v: %s", err, reply)
	}
	id, _ = r.Result.Meta.Question["digest"].(string)
	nonce = r.Result.Meta.Nonce
	if id == "" || r.Result.Meta.Question["summary"] != "1 field, it runs code" {
		t.Fatalf("no question in %s", reply)
	}
	if strings.Contains(reply, "abcd00") {
		t.Errorf("the digest is in %s", reply)
	}
	for _, c := range r.Result.Content {
		if nonce != "" && strings.Contains(c.Text, nonce) {
			t.Errorf("the nonce is in a text: %s", reply)
		}
	}
	return id, nonce
}

// TestApps_answer answers questions by the page, and tries without being it.
func TestApps_answer(t *testing.T) {
	for name, meta := range map[string]string{"2026-07-28": modernApps, "2025-11-25": ""} {
		synctest.Test(t, func(t *testing.T) { testAppAnswer(t, name, meta) })
	}
}

func testAppAnswer(t *testing.T, era, meta string) {
	given := new(answers)
	s := connect(t.Context(), pageCatalog(), settings{Options: Options{Answers: given}})
	out := bufio.NewReader(s.out)
	exchange := func(request string) string {
		s.send(t, request+"\n")
		reply, err := out.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		return reply
	}
	if meta == "" {
		exchange(line("initialize", "", `"protocolVersion":"2025-11-25","capabilities":{`+apps+`}`))
	}
	exchange(line("resources/read", meta, `"uri":"ui://realmconf/review"`))
	call := func(meta, arguments string) string {
		return exchange(line("tools/call", meta, `"name":"config_answer","arguments":`+arguments))
	}
	held := func() (string, string) {
		return refuse(t, exchange(line("tools/call", meta, `"name":"config_set","arguments":{}`)))
	}
	id, nonce := held()
	otherID, otherNonce := held()
	answer := func(id, decision, nonce string) string {
		return fmt.Sprintf(`{"question":%q,"decision":%q,"nonce":%q}`, id, decision, nonce)
	}
	for name, arguments := range map[string]string{
		"guessed nonce":       answer(id, "yes", strings.Repeat("A", 26)),
		"no nonce":            `{"question":"` + id + `","decision":"yes"}`,
		"empty nonce":         answer(id, "yes", ""),
		"another's nonce":     answer(id, "yes", otherNonce),
		"another's question":  answer(otherID, "yes", nonce),
		"nonce and id turned": answer(nonce, "yes", id),
		"neither yes nor no":  answer(id, "Yes", nonce),
		"a further member":    strings.Replace(answer(id, "yes", nonce), "{", `{"reason":"x",`, 1),
		"nothing":             `{}`,
	} {
		got := call(meta, arguments)
		if !strings.Contains(got, `"isError":true`) || strings.Contains(got, nonce) {
			t.Errorf("%s, %s: %s", era, name, got)
		}
	}
	if meta != "" {
		if got := call(modernMeta, answer(id, "yes", nonce)); !strings.Contains(got, "-32602") {
			t.Errorf("a client that shows no pages: %s", got)
		}
	}
	if len(given.given) > 0 {
		t.Fatalf("%s: answers %v", era, given.given)
	}
	for _, wait := range []time.Duration{0, review.LeastYesTime - time.Millisecond} { // no person's, and the nonce stays
		time.Sleep(wait)
		if got := call(meta, answer(id, "yes", nonce)); !strings.Contains(got, "is no person's: it does not count") {
			t.Errorf("%s: a yes at once: %s", era, got)
		}
	}
	time.Sleep(time.Millisecond)
	if got := call(meta, answer(id, "yes", nonce)); !strings.Contains(got, `"structuredContent":{"decision":"yes"}`) {
		t.Errorf("%s: %s", era, got)
	}
	if got := call(meta, answer(id, "yes", nonce)); !strings.Contains(got, "not_found") {
		t.Errorf("%s: repeated: %s", era, got)
	}
	call(meta, answer(otherID, "no", otherNonce))
	if want := []string{"abcd true page", "abcd false page"}; !slices.Equal(given.given, want) {
		t.Errorf("%s: answers %v, want %v", era, given.given, want)
	}
	_ = s.in.Close()
	if err := <-s.done; err != nil {
		t.Error(err)
	}
}

// TestApps_pageRead expects a nonce only after the connection has read the page as a
// client that shows pages: in the first result if it was read before, else in that of the
// repeated call. The caller of the tool says which of the two it is.
func TestApps_pageRead(t *testing.T) {
	const (
		set = `"name":"config_set","arguments":{}`
		uri = `"uri":"ui://realmconf/review"`
	)
	for _, era := range []struct{ name, before, meta string }{
		{"2026-07-28", "", modernApps},
		{"2025-11-25", line("initialize", "", `"protocolVersion":"2025-11-25","capabilities":{`+apps+`}`) + "\n", ""},
	} {
		call, read := line("tools/call", era.meta, set), line("resources/read", era.meta, uri)
		for _, tt := range []struct {
			name     string
			requests []string
			want     []bool // whether the results of the calls have a nonce
		}{
			{"never read", []string{call, call}, []bool{false, false}},
			{"read before", []string{read, call, call}, []bool{true, true}},
			{"read after the refusal", []string{call, read, call}, []bool{false, true}},
			{"listed only", []string{line("resources/list", era.meta, ""), call}, []bool{false}},
			{"read by a client without pages", []string{line("resources/read", modernMeta, uri), call}, []bool{false}},
		} {
			var hasPage []bool
			s := connect(t.Context(), pageCatalogOf(func(caller tools.Caller) { hasPage = append(hasPage, caller.HasPage) }), settings{Options: Options{Answers: new(answers)}})
			out := bufio.NewReader(s.out)
			var got []bool
			for _, request := range append(strings.SplitAfter(era.before, "\n"), tt.requests...) {
				if request == "" {
					continue
				}
				s.send(t, strings.TrimSuffix(request, "\n")+"\n")
				reply, err := out.ReadString('\n')
				if err != nil {
					t.Fatal(err)
				}
				if request == call {
					_, nonce := refuse(t, reply)
					got = append(got, nonce != "")
				}
			}
			if !slices.Equal(got, tt.want) || !slices.Equal(hasPage, tt.want) {
				t.Errorf("%s, %s: nonces %v, HasPage %v, want %v", era.name, tt.name, got, hasPage, tt.want)
			}
			_ = s.in.Close()
			if err := <-s.done; err != nil {
				t.Error(err)
			}
		}
	}
}

// TestApps_viewOnly expects no nonce where the page may not answer, and no question for
// a client without pages.
func TestApps_viewOnly(t *testing.T) {
	request := `"name":"config_set","arguments":{}`
	if _, nonce := refuse(t, ask(t, pageCatalog(), settings{}, line("tools/call", modernApps, request))); nonce != "" {
		t.Errorf("nonce %s", nonce)
	}
	got := ask(t, pageCatalog(), settings{Options: Options{Answers: new(answers)}}, line("tools/call", modernMeta, request))
	if strings.Contains(got, "io.realmconf/") {
		t.Error(got)
	}
	got = ask(t, pageCatalog(), settings{}, line("tools/call", modernApps, `"name":"config_answer","arguments":{}`))
	if !strings.Contains(got, "-32602") || !strings.Contains(got, "no tool") {
		t.Error(got)
	}
}

func TestAppQuestions_limits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a appQuestions
		clock := review.NewClock()
		nonces := map[string]string{} // by id
		var ids []string
		for range review.MaxQuestions + 1 {
			meta := a.offer(policy.Question{}, true, clock())
			id := meta[keyQuestion].(tree.Object)["digest"].(string)
			nonces[id], ids = meta[keyNonce].(string), append(ids, id)
		}
		if _, err := a.take(ids[0], nonces[ids[0]], clock()); !fault.Is(err, fault.NotFound) {
			t.Errorf("the oldest of too many: %v", err)
		}
		time.Sleep(review.Lifetime - time.Second)
		if _, err := a.take(ids[1], nonces[ids[1]], clock()); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Second)
		if _, err := a.take(ids[2], nonces[ids[2]], clock()); !fault.Is(err, fault.NotFound) {
			t.Errorf("after ten minutes: %v", err)
		}
	})
}
