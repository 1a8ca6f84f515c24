package schema

import "testing"

// AddressTexts are addresses of every shape, valid and invalid.
var AddressTexts = []string{
	"", "u", "https://h", "https://u@h", "https://u:p@h:1/p?q#f", "//u:p@h", "u:p@h", "git@h:o/r.git", "https://a@b@h/", "https://h/#f?x", "https://h#?x",
	"https://h?", "https://@h", "https://u:a/b@h", "https://u:a#b@h", "https://u:a?b@h", "https:u:p@h", "https:\\\\u:p@h", " https://u:p@h", "https:///u:p@h",
	"https://u:p@h/?a=b@c", "https://[::1]:8/?q", "https://%zz@h?%zz", "?q", "#f", "https://h/a@b", "https://h:1/a@b", "localhost:8080/p", "\x00//u@h",
}

func TestCutAddress(t *testing.T) {
	for _, tt := range []struct{ text, userinfo, query string }{
		{"https://example.org/v1", "", ""},
		{"https://example.org/v1/models/m@20241022", "", ""},
		{"https://example.org:8443/v1#top?x=1", "", ""},
		{"https://example.org:8443/v1?a=1?b=2#top?x=1", "", "a=1?b=2"},
		{"https://example.org/v1?mail=a@b", "", "mail=a@b"},
		{"https://example.org:8443/v1?mail=a@b", "", "mail=a@b"},
		{"https://user@example.org", "user", ""},
		{"https://user:p@example.org:1/p?q#f", "user:p", "q"},
		{"https://user:p:p@[::1]:1/", "user:p:p", ""},
		{"https://user:@example.org", "user:", ""},
		{"https://:p@example.org", ":p", ""},
		{"https://@example.org?", "", ""},
		{"https://a@b@example.org/", "a@b", ""},
		{"https://%zz:%@example.org?%zz", "%zz:%", "%zz"},
		{"//user:p@example.org?q", "user:p", "q"},
		{"//example.org", "", ""},
		{"git@example.org:a/b.git", "git", ""},
		{"user:p@example.org/p", "?", ""},
		{"ssh://git@example.org/a/b.git", "git", ""},
		{"example.org/a?q", "", "q"},
		{"/a?q#f", "", "q"},
		{"?q", "", "q"},
		{"#f?q", "", ""},
		{"", "", ""},
		{"unix:/run/a.sock", "", ""},
		// Some programs find a userinfo in these, or the author meant one.
		{"https://user:pa/ss@example.org", "?", ""},
		{"https://user:pa#ss@example.org", "?", ""},
		{"https://user:pa?ss@example.org", "?", ""},
		{"https://user:12/34@example.org", "?", ""},
		{"https://user:12#34@example.org", "?", ""},
		{"https://user:12?34@example.org", "?", ""},
		{"https://token#a@example.org", "?", ""},
		{"https://tok_en/a@example.org", "?", ""},
		{"https://user:p@ss/word@example.org", "?", ""},
		{"https://user:p@ss?word@example.org", "?", ""},
		{"https:user:p@example.org", "?", ""},
		{"https:/user:p@example.org", "?", ""},
		{"https:///user:p@example.org", "?", ""},
		{`https:\\user:p@example.org`, "?", ""},
		{`https://user:p\@example.org`, "?", ""},
		{" https://user:p@example.org", "?", ""},
		{"ht\ntps://user:p@example.org", "?", ""},
		{"to/ken@example.org", "?", ""},
	} {
		a := cutAddress(tt.text)
		if got := a.String(); got != tt.text {
			t.Errorf("%q: the parts together are %q", tt.text, got)
		}
		if a.opaque != (tt.userinfo == "?") {
			t.Errorf("%q: got opaque %t", tt.text, a.opaque)
			continue
		}
		if !a.opaque && (a.userinfo != tt.userinfo || a.query != tt.query) {
			t.Errorf("%q: got userinfo %q and query %q, want %q and %q", tt.text, a.userinfo, a.query, tt.userinfo, tt.query)
		}
	}
}

func FuzzAddress(f *testing.F) {
	for _, text := range AddressTexts {
		f.Add(text)
	}
	token := encoded(Token{generation, []string{"a", "b@/?#"}}.String())
	f.Fuzz(func(t *testing.T, text string) {
		a := cutAddress(text)
		if got := a.String(); got != text {
			t.Fatalf("%q: the parts together are %q", text, got)
		}
		if a.opaque {
			return
		}
		// With a token in each place it is cut at the same places.
		masked := a
		if a.userinfo != "" {
			masked.userinfo = token
		}
		if a.query != "" {
			masked.query = token
		}
		if got := cutAddress(masked.String()); got != masked {
			t.Fatalf("%q: got %+v, want %+v", text, got, masked)
		}
	})
}
