package web_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"realmconf/tools/review/web"
)

// address splits the address of a server into its host, its origin and the token.
func address(s *web.Server) (host, origin, token string) {
	origin, token, _ = strings.Cut(s.Address(), "/#")
	return strings.TrimPrefix(origin, "http://"), origin, token
}

// send sends the bytes of a request and returns the response.
func send(t *testing.T, host, request string) (*http.Response, string) {
	t.Helper()
	c, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, string(body)
}

// post returns the bytes of a request as the page sends it; more are further headers.
func post(host, path, body string, more ...string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nOrigin: http://%s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n%s",
		path, host, host, len(body), strings.Join(more, ""), body)
}

// pageNumber is the number by which the page of a test is known.
const pageNumber = "0123456789abcdef0123456789abcdef"

// key spends the token of a server.
func key(t *testing.T, s *web.Server) string {
	t.Helper()
	host, _, token := address(s)
	r, body := send(t, host, post(host, "/key", `{"page":"`+pageNumber+`","token":"`+token+`"}`))
	if r.StatusCode != 200 {
		t.Fatalf("%s: %s", r.Status, body)
	}
	_, rest, _ := strings.Cut(body, `"key":"`)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

func TestServer_headers(t *testing.T) {
	s := serve(t, &backend{})
	host, _, _ := address(s)
	r, body := send(t, host, "GET / HTTP/1.1\r\nHost: "+host+"\r\n\r\n")
	if r.StatusCode != 200 || !strings.HasPrefix(body, "<!DOCTYPE html>") {
		t.Fatalf("%s: %.80s", r.Status, body)
	}
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
		"X-Frame-Options": "DENY", "Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
		"Content-Type": "text/html; charset=utf-8",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if !r.Close {
		t.Error("the connection is not said to end with the response")
	}
	policy := r.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy has no %s: %s", want, policy)
		}
	}
	if strings.Contains(policy, "unsafe") || len(r.Cookies()) > 0 {
		t.Errorf("policy %q, cookies %v", policy, r.Cookies())
	}
}

// TestServer_token spends the token: only as the body of one request of the page, and
// once.
func TestServer_token(t *testing.T) {
	s := serve(t, &backend{})
	host, origin, token := address(s)
	good := `{"page":"` + pageNumber + `","token":"` + token + `"}`
	for name, request := range map[string]string{
		"guessed":                  post(host, "/key", `{"token":"`+strings.Repeat("A", len(token))+`"}`),
		"absent":                   post(host, "/key", `{}`),
		"a part of it":             post(host, "/key", `{"token":"`+token[1:]+`"}`),
		"without a page":           post(host, "/key", `{"token":"`+token+`"}`),
		"a short page":             post(host, "/key", `{"page":"`+pageNumber[1:]+`","token":"`+token+`"}`),
		"another type":             post(host, "/key", `{"token":["`+token+`"]}`),
		"in the path":              post(host, "/key/"+token, `{}`),
		"in a query":               post(host, "/key?token="+token, `{}`),
		"as the key":               post(host, "/config", `{}`, "Realmconf-Key: "+token+"\r\n"),
		"as a cookie":              post(host, "/config", `{}`, "Cookie: key="+token+"\r\n"),
		"before it is spent":       post(host, "/config", `{}`, "Realmconf-Key: \r\n"),
		"of another origin":        strings.Replace(post(host, "/key", good), "Origin: "+origin, "Origin: http://example.com", 1),
		"of another port":          strings.Replace(post(host, "/key", good), "Origin: "+origin, "Origin: http://127.0.0.1:1", 1),
		"of a file":                strings.Replace(post(host, "/key", good), "Origin: "+origin, "Origin: null", 1),
		"without an origin":        strings.Replace(post(host, "/key", good), "Origin: "+origin+"\r\n", "", 1),
		"by another host's name":   strings.Replace(post(host, "/key", good), "Host: "+host, "Host: attacker.example:"+host[strings.Index(host, ":")+1:], 1),
		"by the name localhost":    strings.Replace(post(host, "/key", good), "Host: "+host, "Host: localhost:"+host[strings.Index(host, ":")+1:], 1),
		"without a host":           strings.Replace(post(host, "/key", good), "Host: "+host+"\r\n", "", 1),
		"as a form":                strings.Replace(post(host, "/key", good), "application/json", "text/plain", 1),
		"by GET":                   "GET /key HTTP/1.1\r\nHost: " + host + "\r\nOrigin: " + origin + "\r\n\r\n",
		"by a preflight":           "OPTIONS /key HTTP/1.1\r\nHost: " + host + "\r\nOrigin: http://example.com\r\nAccess-Control-Request-Method: POST\r\n\r\n",
		"the page by another name": "GET / HTTP/1.1\r\nHost: attacker.example\r\n\r\n",
	} {
		r, body := send(t, host, request)
		if r.StatusCode < 400 || strings.Contains(body, token) || strings.Contains(body, `"key"`) {
			t.Errorf("%s: %s: %s", name, r.Status, body)
		}
		for header := range r.Header {
			if strings.HasPrefix(header, "Access-Control-") {
				t.Errorf("%s: the response has %s", name, header)
			}
		}
	}
	select {
	case <-s.Arrived():
		t.Fatal("the token is spent")
	default:
	}

	k := key(t, s)
	<-s.Arrived()
	if again := key(t, s); again != k { // the page repeats a request whose reply was lost
		t.Errorf("the key is %s, and then %s", k, again)
	}
	for _, body := range []string{strings.Replace(good, "0123", "9876", 1), strings.Replace(good, "ef\"", "ee\"", 1), strings.Replace(good, pageNumber, pageNumber+"0", 1)} {
		if r, text := send(t, host, post(host, "/key", body)); r.StatusCode != 403 || !strings.Contains(text, "was used before") || strings.Contains(text, k) {
			t.Errorf("%s by another page: %s: %s", body, r.Status, text)
		}
	}
	if r, body := send(t, host, post(host, "/config", `{}`, "Realmconf-Key: "+k+"\r\n")); r.StatusCode != 200 {
		t.Errorf("with the key: %s: %s", r.Status, body)
	}
	for name, request := range map[string]string{
		"no key":             post(host, "/questions", `{}`),
		"a guessed key":      post(host, "/questions", `{}`, "Realmconf-Key: "+strings.Repeat("A", len(k))+"\r\n"),
		"the key in a body":  post(host, "/questions", `{"key":"`+k+`"}`),
		"the key as a token": post(host, "/key", `{"token":"`+k+`"}`),
		"another origin":     strings.Replace(post(host, "/questions", `{}`, "Realmconf-Key: "+k+"\r\n"), "Origin: "+origin, "Origin: http://example.com", 1),
		"another host":       strings.Replace(post(host, "/questions", `{}`, "Realmconf-Key: "+k+"\r\n"), "Host: "+host, "Host: attacker.example", 1),
	} {
		if r, body := send(t, host, request); r.StatusCode != 403 {
			t.Errorf("%s: %s: %s", name, r.Status, body)
		}
	}
}

func TestServer_answer(t *testing.T) {
	b := &backend{questions: []any{question("d1")}}
	s := serve(t, b)
	host, _, _ := address(s)
	k := "Realmconf-Key: " + key(t, s) + "\r\n"
	for body, want := range map[string]int{
		`{"digest":"d1"}`:                                400,
		`{"digest":"d1","decision":true}`:                400,
		`{"digest":"d1","decision":"YES"}`:               400,
		`{"digest":"other","decision":"no"}`:             409,
		`{"decision":"no"}`:                              409,
		`["d1","yes"]`:                                   400,
		`{"decision":"yes","digest":"d1","digest":"d1"}`: 400,
	} {
		if r, text := send(t, host, post(host, "/answer", body, k)); r.StatusCode != want {
			t.Errorf("%s: %s: %s", body, r.Status, text)
		}
	}
	if got := b.answered(); len(got) > 0 {
		t.Fatalf("answers %q", got)
	}
	for _, want := range []int{200, 409} { // an answer counts once
		if r, text := send(t, host, post(host, "/answer", `{"digest":"d1","decision":"yes"}`, k)); r.StatusCode != want {
			t.Errorf("%s, want %d: %s", r.Status, want, text)
		}
	}
	if r, _ := send(t, host, post(host, "/other", `{}`, k)); r.StatusCode != 404 {
		t.Errorf("an unknown path: %s", r.Status)
	}
}

// TestServer_malformed sends requests that are not understood in full. Each gets one
// refusal, and the server goes on.
func TestServer_malformed(t *testing.T) {
	s := serve(t, &backend{})
	host, _, _ := address(s)
	line := "Host: " + host + "\r\n"
	for name, request := range map[string]string{
		"HTTP/1.0":               "GET / HTTP/1.0\r\n" + line + "\r\n",
		"HTTP/2":                 "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"an absolute address":    "GET http://" + host + "/ HTTP/1.1\r\n" + line + "\r\n",
		"bare line ends":         "GET / HTTP/1.1\n" + line + "\n",
		"two hosts":              "GET / HTTP/1.1\r\n" + line + line + "\r\n",
		"a folded header":        "GET / HTTP/1.1\r\n" + line + "X: 1\r\n 2\r\n\r\n",
		"a space before a colon": "GET / HTTP/1.1\r\nHost : " + host + "\r\n\r\n",
		"no colon":               "GET / HTTP/1.1\r\n" + line + "X\r\n\r\n",
		"a control character":    "GET / HTTP/1.1\r\n" + line + "X: \x00\r\n\r\n",
		"chunks":                 "POST / HTTP/1.1\r\n" + line + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"two lengths":            "POST / HTTP/1.1\r\n" + line + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
		"a signed length":        "POST / HTTP/1.1\r\n" + line + "Content-Length: +2\r\n\r\n{}",
		"a huge length":          "POST / HTTP/1.1\r\n" + line + "Content-Length: 99999999999\r\n\r\n",
		"a long body":            "POST / HTTP/1.1\r\n" + line + "Content-Length: 4097\r\n\r\n",
		"a long line":            "GET / HTTP/1.1\r\n" + strings.Repeat("x", 16<<10),
	} {
		if r, body := send(t, host, request); r.StatusCode != 400 {
			t.Errorf("%s: %s: %.100s", name, r.Status, body)
		}
	}
	if r, _ := send(t, host, "GET / HTTP/1.1\r\n"+line+"\r\n"); r.StatusCode != 200 {
		t.Errorf("afterwards: %s", r.Status)
	}
}
